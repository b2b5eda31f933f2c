/** `serve`: opens the browser door and stays until Ctrl-C. */
import { spawn } from 'node:child_process'
import { openWeb } from '../web.ts'
import type { Command } from './command.ts'

export const serve: Command = {
  name: 'serve',
  about: 'serve the page on 127.0.0.1 and print its address',
  standalone: true,
  flags: {
    port: { type: 'string', value: 'N', about: 'port; 0 picks a free one', default: '0' },
    open: { type: 'boolean', about: 'open the address in the default browser' },
  },
  run: async (scene, values) => {
    const web = await openWeb({
      port: values.integer('port'),
      home: scene.home,
      models: scene.models,
      device: scene.device,
      weights: scene.weights,
      log: (text) => process.stderr.write(text),
    })
    process.stdout.write(scene.json ? `${JSON.stringify({ url: web.url })}\n` : `${web.url}\n`)
    if (values.flag('open')) openBrowser(web.url)
    await new Promise<void>((resolve) => {
      if (scene.signal.aborted) resolve()
      else scene.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await web.close()
    scene.signal.throwIfAborted()
    return undefined
  },
}

const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
}

/** Opens `url` with whatever the system has; a system without one is no error, the address is printed. */
function openBrowser(url: string): void {
  const [command, ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

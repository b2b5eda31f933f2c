/**
 * A stand-in for the `electron` module, enough to run the unmodified built main process on plain Node with a Chromium page. Where
 * Electron's documentation says what is refused, granted or asked, it does the same. It checks our code, not Electron: the same
 * journeys run on real Electron where its binary is present.
 */
import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { runInThisContext } from 'node:vm'
import { app } from './app.ts'
import { ipcMain } from './ipc.ts'
import { mustFollowReady } from './life.ts'
import { carrier, MessageChannelMain, type Carried, type PortMain } from './ports.ts'
import { protocol, session } from './session.ts'
import {
  crashReporter,
  dialog,
  Menu,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  safeStorage,
  screen,
  shell,
} from './system.ts'
import { BrowserWindow } from './window.ts'

export {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
}

const utilities = new Set<ReturnType<typeof fork>>()

export const utilityProcess = {
  fork: (script: string, args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv }) => {
    mustFollowReady('utilityProcess.fork')
    const child = fork(script, [...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: ['--import', new URL('./utility.ts', import.meta.url).href],
      ...(options.env === undefined ? {} : { env: options.env }),
    })
    utilities.add(child)
    const carried = carrier((message) => void (child.connected && child.send(message)))
    const utility = Object.assign(new EventEmitter(), {
      stdout: child.stdout,
      stderr: child.stderr,
      kill: () => child.kill(),
      postMessage: (data: unknown, ports: readonly PortMain[] = []): void => {
        if (!child.connected) return
        // Frames may come out of a port as soon as it is given: the message that names it goes first.
        const ids = ports.map((port) => carried.give(port))
        child.send({ type: 'message', data, ports: ids } satisfies Carried)
      },
    })
    child.on('message', (message: Carried) => {
      if (message.type === 'message') utility.emit('message', message.data)
      else carried.deliver(message)
    })
    child.on('exit', (code) => {
      utilities.delete(child)
      carried.closeAll()
      utility.emit('exit', code ?? 1)
    })
    return utility
  },
}

/** What a test may use of the module, as Playwright's `evaluate` gives it on real Electron. */
const electron = {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerSaveBlocker,
  safeStorage,
  session,
  shell,
}
export type StandIn = typeof electron

type Asked =
  | { readonly type: 'evaluate'; readonly id: number; readonly source: string; readonly argument: unknown }
  | { readonly type: 'kill-engine' | 'quit' }

/** The test's own channel: a function to run here, the engine to kill, the end. */
process.on('message', (message: Asked) => {
  if (message.type === 'evaluate') void evaluate(message.id, message.source, message.argument)
  if (message.type === 'kill-engine') for (const child of utilities) child.kill('SIGKILL')
  // A test that ends asks nobody.
  if (message.type === 'quit') app.exit(0)
})
process.on('disconnect', () => app.exit(0))

async function evaluate(id: number, source: string, argument: unknown): Promise<void> {
  try {
    // The function comes as text from the test's process, as it does to real Electron.
    const work: (module: StandIn, argument: unknown) => unknown = runInThisContext(`(${source})`)
    process.send?.({ type: 'evaluated', id, value: await work(electron, argument) })
  } catch (error) {
    process.send?.({ type: 'evaluated', id, error: error instanceof Error ? error.message : String(error) })
  }
}

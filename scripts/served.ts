/** The browser door as a process of its own, for journeys that end it and for measurements. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from './checks.ts'

export type Served = {
  readonly url: string
  readonly pid: number
  /** The engine's process now; null while there is none. */
  readonly enginePid: () => number | null
  /** Ends it in order. */
  readonly stop: () => Promise<void>
  /** Ends it at once, as a crash of the machine would. */
  readonly kill: () => Promise<void>
}

export type ServeOptions = { readonly home: string; readonly models?: string; readonly port?: number }

/** Starts the door and waits for its address. */
export async function serve({ home, models, port = 0 }: ServeOptions): Promise<Served> {
  const bundle = models === undefined ? [] : ['--bundle', models]
  const server = spawn(
    process.execPath,
    [join(root, 'src/main/cli.ts'), 'serve', '--json', '--home', home, '--port', String(port), ...bundle],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const exit = once(server, 'exit')
  const [line] = await Promise.race([
    once(server.stdout, 'data'),
    exit.then(([code]) => Promise.reject(new Error(`serve ended with code ${code}`))),
  ])
  const { url }: { readonly url: string } = JSON.parse(String(line))
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server.kill(signal)
    await exit
  }
  const pid = server.pid ?? 0
  return { url, pid, enginePid: () => childOf(pid), stop: () => end('SIGINT'), kill: () => end('SIGKILL') }
}

/** The engine host that the process `pid` started. */
function childOf(pid: number): number | null {
  try {
    const found = execFileSync('pgrep', ['-f', '-P', String(pid), 'host\\.(ts|js)'], { encoding: 'utf8' })
    return Number(found.trim().split('\n')[0])
  } catch {
    return null
  }
}

/** The engine host as a plain Node process: what the web door and the desktop's safe-allocator mode start. */
import { fork } from 'node:child_process'
import type { EngineProcess } from './supervise.ts'

export type ForkOptions = {
  readonly script: string
  readonly env: Readonly<Record<string, string>>
  /** The Node to run it with; the one of this process by default. */
  readonly node?: string
  readonly log: (text: string) => void
}

/** Starts `script` as an engine host under plain Node. */
export function forkEngine({ script, env, node, log }: ForkOptions): EngineProcess {
  const child = fork(script, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, ...env },
    ...(node === undefined ? {} : { execPath: node }),
  })
  child.stdout?.on('data', (data) => log(String(data)))
  child.stderr?.on('data', (data) => log(String(data)))
  return {
    send: (message) => {
      // The last frames of a page may arrive while the process ends.
      if (child.connected) child.send(message as object)
    },
    onMessage: (callback) => child.on('message', callback),
    onExit: (callback) => {
      let told = false
      const once = (reason: string): void => {
        if (!told) callback(reason)
        told = true
      }
      child.on('error', (error) => once(error.message))
      child.on('exit', (code, signal) => once(signal ?? `exit code ${code}`))
    },
    kill: () => child.kill(),
  }
}

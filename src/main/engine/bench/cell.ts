/** Cells: measurements that need a process of their own, because a peak of memory is that of all a process did before. */
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'

/** The path of `program`, a file of this folder; Fault bad-input where the workbench is packed and carries none. */
export function findCell(program: string): string {
  const path = join(import.meta.dirname, program)
  if (existsSync(path)) return path
  throw new Fault('bad-input', 'Memory is measured in processes that the packed workbench does not carry.', {
    remedy: 'Run from the sources: npm run refrag -- bench train --memory, or bench ttft --memory',
  })
}

/**
 * Runs `program`, a file of this folder, over `input`, and hands its messages to `onMessage`. Resolves to whether it ended
 * by itself: a process that runs out of memory is killed, or aborts, or is refused by the system.
 */
export function runCell<Input, Message>(
  program: string,
  input: Input,
  onMessage: (message: Message) => void,
  signal?: AbortSignal,
): Promise<boolean> {
  const path = findCell(program)
  return new Promise((resolve, reject) => {
    const child = fork(path, [JSON.stringify(input)], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      ...(signal ? { signal } : {}),
    })
    let said = ''
    child.stderr?.on('data', (text: Buffer) => (said += String(text)))
    child.on('message', (message) => onMessage(message as Message))
    child.on('error', (error) => reject(signal?.aborted ? (signal.reason as Error) : error))
    child.on('close', (code, ended) => {
      const refused = ended !== null || /bad_alloc|allocate memory/i.test(said)
      if (code === 0 || refused) resolve(code === 0)
      else reject(new Error(`internal: ${program} ended with ${code}: ${said.trim()}`))
    })
  })
}

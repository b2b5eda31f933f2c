/** Whether another process still runs: what it held is free once it does not. */
import { readFileSync } from 'node:fs'

/** Whether the process `pid` runs. One that ended and that nobody has reaped yet, as in a container without an init, does not. */
export function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks.
    process.kill(pid, 0)
  } catch (error) {
    // A process of another user exists, and may not be asked.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return !isZombie(pid)
}

function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    // `pid (name) state …`; the name may hold anything, parentheses too.
    return /^ [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, ''))
  } catch {
    return false
  }
}

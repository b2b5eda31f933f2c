/** The log on disk: a line of JSON an entry, written before anything else happens, so that a kill loses none. */
import { appendFileSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LogEntry, mostLogged, type LogLevel, type LogSource } from '../../../shared/log.ts'

export type Log = {
  readonly write: (level: LogLevel, message: string, detail?: string) => void
  /** An entry that another process made. */
  readonly add: (entry: LogEntry) => void
  /** The latest, oldest first. */
  readonly read: (limit: number) => LogEntry[]
  /** Calls `listener` with each entry from now on; returns the way to stop. */
  readonly watch: (listener: (entry: LogEntry) => void) => () => void
}

/** The files of the log: the one written to, and the one before it. */
export const logFiles = ['log.jsonl', 'log.old.jsonl'] as const
/** Above this the file begins anew; the one before it is kept. */
const longestBytes = 4_000_000

/** Opens the log of `home`; a disk that takes no line costs the line, never the work. */
export function openLog(home: string, source: LogSource): Log {
  const [path, old] = logFiles.map((name) => join(home, name)) as [string, string]
  if (existsSync(path) && statSync(path).size > longestBytes) renameSync(path, old)
  const kept = [...readEntries(old), ...readEntries(path)].slice(-mostLogged)
  const listeners = new Set<(entry: LogEntry) => void>()
  function add(entry: LogEntry): void {
    kept.push(entry)
    if (kept.length > 2 * mostLogged) kept.splice(0, kept.length - mostLogged)
    try {
      appendFileSync(path, `${JSON.stringify(entry)}\n`)
    } catch {
      // It is still told to those who follow.
    }
    for (const listen of listeners) listen(entry)
  }
  return {
    add,
    write: (level, message, detail) =>
      add({ time: new Date().toISOString(), level, source, message, ...(detail === undefined ? {} : { detail }) }),
    read: (limit) => (limit === 0 ? [] : kept.slice(-limit)),
    watch: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The entries of a file; a line cut short by a kill is left out. */
function readEntries(path: string): LogEntry[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(-mostLogged - 1)
    .flatMap((line) => {
      try {
        const entry = LogEntry.safeParse(JSON.parse(line))
        return entry.success ? [entry.data] : []
      } catch {
        return []
      }
    })
}

/** What a door has to say in the log: kept while no engine runs, and handed to the next one, which writes it down. */
import type { LogEntry, LogLevel, LogSource } from '../shared/log.ts'
import type { EngineProcess } from './supervise.ts'

export type DoorLog = {
  readonly note: (level: LogLevel, message: string, detail?: string) => void
  /** What the engine's process printed: its last words are told when it dies. */
  readonly printed: (text: string) => void
  /** Hands over what was kept, to an engine that is ready. */
  readonly ready: (engine: EngineProcess) => void
  /** Notes that the engine's process ended, with its last words. */
  readonly gone: (reason: string) => void
}

const lastWords = 2000
const mostKept = 200

/** The log of a door that is called `source`. */
export function openDoorLog(source: LogSource): DoorLog {
  let kept: LogEntry[] = []
  let engine: EngineProcess | null = null
  let words = ''
  const note: DoorLog['note'] = (level, message, detail) => {
    const entry = {
      time: new Date().toISOString(),
      level,
      source,
      message,
      ...(detail === undefined ? {} : { detail }),
    }
    if (engine === null) kept = [...kept, entry].slice(-mostKept)
    else engine.send({ type: 'log', entry })
  }
  return {
    note,
    printed: (text) => {
      words = (words + text).slice(-lastWords)
    },
    ready: (process) => {
      for (const entry of kept) process.send({ type: 'log', entry })
      kept = []
      engine = process
      words = ''
    },
    gone: (reason) => {
      engine = null
      // An engine that was asked to end is no error.
      const asked = reason === 'exit code 0'
      const said = words.trim()
      if (asked) note('info', 'the engine ended and is started again')
      else note('error', `the engine stopped (${reason}) and is started again`, said === '' ? undefined : said)
    },
  }
}

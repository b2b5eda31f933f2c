/** The log as a stream, and what the settings screen asks of the engine's own house. */
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { LogEntry } from '../../../shared/log.ts'
import type { Log } from '../store/log.ts'
import { bytesOf } from '../store/places.ts'
import type { Asking } from './asking.ts'

const betweenMs = 100

/** The latest `limit` lines, then those that come, a few at a time. */
export async function* followLog(log: Log, limit: number, signal?: AbortSignal): AsyncGenerator<LogEntry[]> {
  const waiting: LogEntry[] = []
  let wake = Promise.withResolvers<void>()
  const stop = log.watch((entry) => {
    waiting.push(entry)
    wake.resolve()
  })
  const leave = (): void => wake.resolve()
  const isLeft = (): boolean => signal?.aborted === true
  signal?.addEventListener('abort', leave)
  try {
    yield log.read(limit)
    while (!isLeft()) {
      await wake.promise
      await new Promise((resolve) => setTimeout(resolve, betweenMs).unref())
      wake = Promise.withResolvers<void>()
      if (waiting.length > 0 && !isLeft()) yield waiting.splice(0)
    }
  } finally {
    stop()
    signal?.removeEventListener('abort', leave)
  }
}

/** Forgets every chunk embedding, between two runs. Gives the bytes that the disk has back. */
export async function clearCache(home: string, { loader, lock }: Asking): Promise<{ bytes: number }> {
  const size = async (): Promise<number> => {
    const parts = ['', '-wal', '-shm'].map((end) => bytesOf(join(home, `embeddings.sqlite${end}`)))
    return (await Promise.all(parts)).reduce((sum, bytes) => sum + bytes, 0)
  }
  const release = await lock.take()
  try {
    const before = await size()
    const { clearCache: clear } = await loader.light()
    clear()
    return { bytes: Math.max(0, before - (await size())) }
  } finally {
    release()
  }
}

/** Ends the process once the answer is on its way. Fault bad-input where nothing would start another. */
export function restartBy(restart: (() => void) | undefined): void {
  if (restart === undefined) {
    throw new Fault('bad-input', 'This engine runs inside its caller.', { remedy: 'Start the command again.' })
  }
  setTimeout(restart, betweenMs)
}

/** Sessions opened on first use and kept by what they are for. */
import type { Session } from './run.ts'

export type Sessions<Key> = {
  /** The session of `key`; one that failed to open is forgotten, so that the next use tries again. */
  readonly get: (key: Key) => Promise<Session>
  readonly close: () => Promise<void>
}

/** Keeps what `open` opens. */
export function keepSessions<Key>(open: (key: Key) => Promise<Session>): Sessions<Key> {
  const kept = new Map<Key, Promise<Session>>()
  return {
    get(key) {
      const known = kept.get(key)
      if (known) return known
      const opening = open(key)
      kept.set(key, opening)
      opening.catch(() => kept.delete(key))
      return opening
    },
    async close() {
      const all = await Promise.allSettled(kept.values())
      kept.clear()
      for (const each of all) if (each.status === 'fulfilled') await each.value.close()
    },
  }
}

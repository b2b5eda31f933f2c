/** The embedding cache: vectors by key, the recent ones in memory, all of them on disk. */
import { openOrSetAside, transact, type Database } from '../store/database.ts'

export type VectorCache = {
  readonly get: (key: string) => Float32Array | null
  readonly set: (key: string, vector: Float32Array) => void
  /** Writes what is new to disk; called when a run is over, so that no run waits for it. */
  readonly flush: () => void
  readonly clear: () => void
  readonly close: () => void
}

const migrations = ['CREATE TABLE vectors (key TEXT PRIMARY KEY, numbers BLOB NOT NULL) WITHOUT ROWID']
/** About 200 MB of vectors of 768 numbers. */
const inMemory = 65_536

/** A cache in memory alone. */
export function memoryCache(): VectorCache {
  const recent = new Map<string, Float32Array>()
  return {
    get: (key) => recent.get(key) ?? null,
    set(key, vector) {
      if (recent.size >= inMemory) recent.delete(recent.keys().next().value as string)
      recent.set(key, vector)
    },
    flush: () => {},
    clear: () => recent.clear(),
    close: () => recent.clear(),
  }
}

/** A cache that also lives in the database at `path`. A database that fails costs time, never an answer. */
export function diskCache(path: string, log: (line: string) => void): VectorCache {
  const memory = memoryCache()
  const tell = (error: unknown): void =>
    log(`embedding cache ${path}: ${error instanceof Error ? error.message : String(error)}`)
  let database: Database
  try {
    database = openOrSetAside(path, migrations, log)
  } catch (error) {
    tell(error)
    return memory
  }
  const select = database.prepare('SELECT numbers FROM vectors WHERE key = ?')
  const insert = database.prepare('INSERT OR REPLACE INTO vectors VALUES (?, ?)')
  const fresh = new Map<string, Float32Array>()
  function flush(): void {
    if (fresh.size === 0) return
    try {
      transact(database, () => {
        for (const [key, vector] of fresh)
          insert.run(key, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))
      })
    } catch (error) {
      tell(error)
    }
    fresh.clear()
  }
  function read(key: string): Float32Array | null {
    try {
      const row = select.get(key) as { readonly numbers: Uint8Array } | undefined
      return row ? new Float32Array(row.numbers.slice().buffer) : null
    } catch (error) {
      tell(error)
      return null
    }
  }
  return {
    get(key) {
      const known = memory.get(key)
      if (known) return known
      const vector = read(key)
      if (vector) memory.set(key, vector)
      return vector
    },
    set(key, vector) {
      memory.set(key, vector)
      fresh.set(key, vector)
    },
    flush,
    clear() {
      memory.clear()
      fresh.clear()
      // Deleted rows alone would leave the file as long as it was.
      database.exec('DELETE FROM vectors; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    },
    close() {
      flush()
      database.close()
    },
  }
}

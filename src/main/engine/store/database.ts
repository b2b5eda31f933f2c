/** SQLite databases: the only door to node:sqlite. */
import { existsSync, renameSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Fault, isDiskFull } from '../../../shared/fault.ts'

export type Database = DatabaseSync

/** Steps of a schema, oldest first; a database remembers how many it has taken, so steps are only ever added. */
export type Migrations = readonly string[]

/** Opens (and makes) a database that is written in place: write-ahead log, brought up to the last migration. */
export function openDatabase(path: string, migrations: Migrations): Database {
  return guarded(path, () => {
    const database = new DatabaseSync(path)
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000')
      migrate(database, migrations)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** Makes a database in a staged folder, where a failure discards the whole file: no journal, one file when closed. */
export function makeDatabase(path: string, migrations: Migrations): Database {
  return guarded(path, () => {
    const database = new DatabaseSync(path)
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF')
    migrate(database, migrations)
    return database
  })
}

/** Opens a finished database for reading only; nothing is written beside it. */
export function readDatabase(path: string): Database {
  return new DatabaseSync(path, { readOnly: true })
}

/** SQLite's own codes for a file that is damaged, or is no database at all. */
const damaged: ReadonlySet<unknown> = new Set([11, 26])

/**
 * Opens a database, and where its file is damaged sets that aside under another name and begins anew: a workbench
 * starts all the same, and nothing is thrown away.
 */
export function openOrSetAside(path: string, migrations: Migrations, log: (line: string) => void): Database {
  try {
    return openDatabase(path, migrations)
  } catch (error) {
    if (!damaged.has((error as { errcode?: unknown }).errcode)) throw error
    const aside = `${path}.damaged-${Date.now()}`
    renameSync(path, aside)
    // What the log and the index beside it hold belongs to the damaged file.
    for (const end of ['-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, aside + end)
    log(`${path} is damaged (${(error as Error).message}); it was set aside as ${aside}.`)
    return openDatabase(path, migrations)
  }
}

/** Runs `work` in one transaction, rolled back when it throws. */
export function transact<T>(database: Database, work: () => T): T {
  database.exec('BEGIN')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function migrate(database: Database, migrations: Migrations): void {
  const row = database.prepare('PRAGMA user_version').get()
  const taken = Number(row?.['user_version'] ?? 0)
  if (taken > migrations.length) {
    throw new Fault('bad-input', 'This database was made by a newer version of the workbench.', {
      remedy: 'Update the workbench, or use another home folder.',
    })
  }
  for (let step = taken; step < migrations.length; step++) {
    transact(database, () => {
      database.exec(migrations[step] ?? '')
      database.exec(`PRAGMA user_version = ${step + 1}`)
    })
  }
}

function guarded<T>(path: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (isDiskFull(error)) throw new Fault('disk-full', `No room on the disk to write ${path}.`, { cause: error })
    throw error
  }
}

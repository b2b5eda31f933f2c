/** The sessions kept here, each change as it comes, and which window may write each. */
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import * as z from 'zod'
import { Session, SessionCorpus, SessionInfo, type ChangeSession, type SessionBody } from '../../../shared/session.ts'
import { openOrSetAside, transact } from './database.ts'
import { isRunning } from './process.ts'

export type SessionStore = {
  /** The pinned ones first, then the latest changed. */
  readonly list: () => SessionInfo[]
  /** Throws Fault session-missing. */
  readonly open: (id: string) => Session
  /** Throws Fault bad-input where the id is taken. */
  readonly add: (session: Omit<Session, 'revision'>, corpora?: readonly SessionCorpus[]) => Session
  /** What the file that a session came in said of its corpora; nothing of one that was made here. */
  readonly corpora: (id: string) => SessionCorpus[]
  readonly has: (id: string) => boolean
  /** Writes the parts given, if `window` holds the session or nobody does. Throws Faults session-missing, session-read-only. */
  readonly save: (id: string, window: string, parts: Partial<SessionBody>) => { revision: number; changed: string }
  readonly change: (change: ChangeSession) => SessionInfo
  /** Takes sessions out of the list; they can be restored for 30 days. */
  readonly remove: (ids: readonly string[]) => void
  readonly restore: (ids: readonly string[]) => void
  /** The number that grows with each change; null for a session that is not there. */
  readonly revision: (id: string) => number | null
  /** Takes or keeps the lease of a session for a window; false where another window holds it. Throws Fault session-missing. */
  readonly hold: (id: string, window: string) => boolean
  /** The window that holds a session; null where none does. */
  readonly holder: (id: string) => string | null
  /** Gives the lease back, if the window has it. */
  readonly release: (id: string, window: string) => void
  readonly close: () => void
}

const keptAside = 30
/** A window that is not heard of for so long is gone. */
export const leaseMs = 8000

const parts = ['history', 'snapshots', 'runs', 'comparisons', 'notes', 'view'] as const

const migrations = [
  `CREATE TABLE sessions (
     id TEXT PRIMARY KEY, name TEXT NOT NULL, made TEXT NOT NULL, changed TEXT NOT NULL, pinned INTEGER NOT NULL DEFAULT 0,
     revision INTEGER NOT NULL DEFAULT 1, removed TEXT,
     history TEXT NOT NULL, snapshots TEXT NOT NULL, runs TEXT NOT NULL, comparisons TEXT NOT NULL, view TEXT NOT NULL,
     corpora TEXT NOT NULL DEFAULT '[]', holder TEXT, holder_process INTEGER, held_until INTEGER)`,
  `ALTER TABLE sessions ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'`,
]

const listed = `id, name, made, changed, pinned, history ->> '$.present.question' AS question, history ->> '$.present.index' AS "index",
  json_array_length(runs) AS runs, json_array_length(snapshots) AS snapshots, json_array_length(comparisons) AS comparisons,
  holder, holder_process, held_until`

type Row = Readonly<Record<string, unknown>>

/** Opens the sessions kept in `home`; those in a damaged file are set aside. */
export function openSessionStore(home: string, log: (line: string) => void): SessionStore {
  const database = openOrSetAside(join(home, 'sessions.sqlite'), migrations, log)
  database.prepare(`DELETE FROM sessions WHERE removed < datetime('now', '-${keptAside} days')`).run()

  const missing = (id: string): Fault => new Fault('session-missing', `There is no session ${id} here.`)

  function rowOf(id: string, columns: string): Row {
    const row = database.prepare(`SELECT ${columns} FROM sessions WHERE id = ? AND removed IS NULL`).get(id)
    if (row === undefined) throw missing(id)
    return row
  }

  /** What is read after this in the transaction cannot be changed by another process before it is written. */
  function lock(id: string): void {
    database.prepare('UPDATE sessions SET revision = revision WHERE id = ?').run(id)
  }

  function toInfo(row: Row): SessionInfo {
    const { holder: _holder, holder_process: _process, held_until: _until, ...rest } = row
    return SessionInfo.parse({ ...rest, pinned: row['pinned'] === 1, open: isHeld(row) })
  }

  function setEach(ids: readonly string[], set: string): void {
    const statement = database.prepare(`UPDATE sessions SET ${set} WHERE id = ?`)
    transact(database, () => {
      for (const id of ids) if (statement.run(id).changes === 0) throw missing(id)
    })
  }

  const open = (id: string): Session => {
    const row = rowOf(id, `id, name, made, changed, pinned, revision, ${parts.join(', ')}`)
    const read = Object.fromEntries(parts.map((part) => [part, JSON.parse(String(row[part]))]))
    return Session.parse({ ...row, ...read, pinned: row['pinned'] === 1 })
  }

  return {
    list: () =>
      database
        .prepare(`SELECT ${listed} FROM sessions WHERE removed IS NULL ORDER BY pinned DESC, changed DESC, id`)
        .all()
        .map(toInfo),
    open,
    has: (id) => database.prepare('SELECT 1 FROM sessions WHERE id = ?').get(id) !== undefined,
    add: (session, corpora = []) => {
      const { id, name, made, changed, pinned } = session
      const body = parts.map((part) => JSON.stringify(session[part]))
      const added = database
        .prepare(
          `INSERT OR IGNORE INTO sessions (id, name, made, changed, pinned, corpora, ${parts.join(', ')})
           VALUES (${Array.from({ length: 6 + parts.length }, () => '?').join(', ')})`,
        )
        .run(id, name, made, changed, pinned ? 1 : 0, JSON.stringify(corpora), ...body)
      if (added.changes === 0) throw new Fault('bad-input', `There is a session ${id} already.`)
      return open(id)
    },
    corpora: (id) => z.array(SessionCorpus).parse(JSON.parse(String(rowOf(id, 'corpora')['corpora']))),
    save: (id, window, change) =>
      transact(database, () => {
        lock(id)
        const row = rowOf(id, 'revision, holder, holder_process, held_until')
        if (isHeld(row) && row['holder'] !== window)
          throw new Fault('session-read-only', 'Another window writes this session.')
        const given = parts.filter((part) => change[part] !== undefined)
        const changed = new Date().toISOString()
        const set = [...given.map((part) => `${part} = ?`), 'changed = ?', 'revision = revision + 1'].join(', ')
        const values = given.map((part) => JSON.stringify(change[part]))
        database.prepare(`UPDATE sessions SET ${set} WHERE id = ?`).run(...values, changed, id)
        return { revision: Number(row['revision']) + 1, changed }
      }),
    change: ({ id, name, pinned }) => {
      rowOf(id, 'id')
      if (name !== undefined)
        database.prepare('UPDATE sessions SET name = ?, revision = revision + 1 WHERE id = ?').run(name, id)
      if (pinned !== undefined) database.prepare('UPDATE sessions SET pinned = ? WHERE id = ?').run(pinned ? 1 : 0, id)
      return toInfo(rowOf(id, listed))
    },
    remove: (ids) => setEach(ids, `removed = datetime('now')`),
    restore: (ids) => setEach(ids, 'removed = NULL'),
    revision: (id) => {
      const row = database.prepare('SELECT revision FROM sessions WHERE id = ? AND removed IS NULL').get(id)
      return row === undefined ? null : Number(row['revision'])
    },
    hold: (id, window) =>
      transact(database, () => {
        lock(id)
        const row = rowOf(id, 'holder, holder_process, held_until')
        if (isHeld(row) && row['holder'] !== window) return false
        database
          .prepare('UPDATE sessions SET holder = ?, holder_process = ?, held_until = ? WHERE id = ?')
          .run(window, process.pid, Date.now() + leaseMs, id)
        return true
      }),
    holder: (id) => {
      const row = rowOf(id, 'holder, holder_process, held_until')
      return isHeld(row) ? String(row['holder']) : null
    },
    release: (id, window) => {
      database
        .prepare('UPDATE sessions SET holder = NULL, held_until = NULL WHERE id = ? AND holder = ?')
        .run(id, window)
    },
    close: () => database.close(),
  }
}

/** Whether a window holds the session of a row: heard of lately, by an engine that still runs. */
function isHeld(row: Row): boolean {
  return row['holder'] !== null && Number(row['held_until']) > Date.now() && isRunning(Number(row['holder_process']))
}

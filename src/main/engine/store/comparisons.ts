/** The comparisons made here: what was measured and voted survives the process, each round from the moment it ends. */
import { join } from 'node:path'
import { Comparison, ComparisonInfo, type Round, type Sitting } from '../../../shared/comparison.ts'
import { Fault } from '../../../shared/fault.ts'
import { openOrSetAside, transact } from './database.ts'

export type ComparisonStore = {
  /** Writes a comparison, the one of its id in place of what was there; its rounds stand beside it and are only ever added. */
  readonly save: (comparison: Comparison) => void
  /** Adds a round, with its sitting as that stands now. */
  readonly addRound: (id: string, round: Round, sitting: Sitting) => void
  /** The latest first. */
  readonly list: () => ComparisonInfo[]
  /** Throws Fault comparison-missing. */
  readonly open: (id: string) => Comparison
  /** The comparison of just these runs, in whatever order; null where there is none. */
  readonly find: (runs: readonly string[]) => Comparison | null
  readonly remove: (id: string) => void
  readonly close: () => void
}

const migrations = [
  `CREATE TABLE comparisons (id TEXT PRIMARY KEY, made TEXT NOT NULL, runs TEXT NOT NULL, comparison TEXT NOT NULL);
   CREATE INDEX comparisons_by_runs ON comparisons (runs);
   CREATE TABLE rounds (at INTEGER PRIMARY KEY, comparison TEXT NOT NULL, round TEXT NOT NULL);
   CREATE INDEX rounds_by_comparison ON rounds (comparison, at)`,
]

/** What is listed, as SQLite reads it out of a comparison: its rounds need not be. */
const info = `json_object(
  'id', id, 'made', made, 'question', comparison -> '$.question', 'runs', comparison -> '$.runs',
  'settings', comparison -> '$.settings', 'note', comparison -> '$.note',
  'rounds', (SELECT count(*) FROM rounds WHERE rounds.comparison = comparisons.id),
  'scored', json(iif(json_type(comparison, '$.scores') = 'object', 'true', 'false')),
  'votes', (SELECT count(*) FROM json_each(comparison, '$.blind.ballots') WHERE value ->> 'vote' IS NOT NULL))`

/** Opens the comparisons kept in `home`; those in a damaged file are set aside. */
export function openComparisonStore(home: string, log: (line: string) => void): ComparisonStore {
  const database = openOrSetAside(join(home, 'comparisons.sqlite'), migrations, log)
  const roundsOf = database.prepare('SELECT round FROM rounds WHERE comparison = ? ORDER BY at')
  const read = (row: Readonly<Record<string, unknown>>): Comparison =>
    Comparison.parse({
      ...JSON.parse(String(row['comparison'])),
      rounds: roundsOf.all(String(row['id'])).map(({ round }) => JSON.parse(String(round))),
    })
  const setOf = (runs: readonly string[]): string => runs.toSorted().join(' ')
  return {
    save: (comparison) => {
      const { id, made, runs } = comparison
      database
        .prepare('INSERT OR REPLACE INTO comparisons (id, made, runs, comparison) VALUES (?, ?, ?, ?)')
        .run(id, made, setOf(runs), JSON.stringify({ ...comparison, rounds: [] }))
    },
    addRound: (id, round, sitting) =>
      transact(database, () => {
        database
          .prepare(`UPDATE comparisons SET comparison = json_set(comparison, ?, json(?)) WHERE id = ?`)
          .run(`$.sittings[${round.sitting}]`, JSON.stringify(sitting), id)
        database.prepare('INSERT INTO rounds (comparison, round) VALUES (?, ?)').run(id, JSON.stringify(round))
      }),
    list: () =>
      database
        .prepare(`SELECT ${info} AS info FROM comparisons ORDER BY made DESC, id DESC`)
        .all()
        .map((row) => ComparisonInfo.parse(JSON.parse(String(row['info'])))),
    open: (id) => {
      const row = database.prepare('SELECT id, comparison FROM comparisons WHERE id = ?').get(id)
      if (row === undefined) throw new Fault('comparison-missing', `There is no comparison ${id} here.`)
      return read(row)
    },
    find: (runs) => {
      const row = database.prepare('SELECT id, comparison FROM comparisons WHERE runs = ?').get(setOf(runs))
      return row === undefined ? null : read(row)
    },
    remove: (id) =>
      transact(database, () => {
        database.prepare('DELETE FROM rounds WHERE comparison = ?').run(id)
        database.prepare('DELETE FROM comparisons WHERE id = ?').run(id)
      }),
    close: () => database.close(),
  }
}

/** The comparisons made here: each written whole at every change, so that what was measured survives the process. */
import { join } from 'node:path'
import { Comparison, ComparisonInfo } from '../../../shared/comparison.ts'
import { Fault } from '../../../shared/fault.ts'
import { openOrSetAside } from './database.ts'

export type ComparisonStore = {
  /** Writes a comparison, the one of its id in place of what was there. Throws Fault disk-full by way of SQLite. */
  readonly save: (comparison: Comparison) => void
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
   CREATE INDEX comparisons_by_runs ON comparisons (runs)`,
]

/** What is listed, as SQLite reads it out of a comparison: its rounds need not be. */
const info = `json_object(
  'id', id, 'made', made, 'question', comparison -> '$.question', 'runs', comparison -> '$.runs',
  'settings', comparison -> '$.settings', 'note', comparison -> '$.note',
  'rounds', json_array_length(comparison, '$.rounds'),
  'scored', json(iif(json_type(comparison, '$.scores') = 'object', 'true', 'false')),
  'votes', (SELECT count(*) FROM json_each(comparison, '$.blind.ballots') WHERE value ->> 'vote' IS NOT NULL))`

/** Opens the comparisons kept in `home`; those in a damaged file are set aside. */
export function openComparisonStore(home: string, log: (line: string) => void): ComparisonStore {
  const database = openOrSetAside(join(home, 'comparisons.sqlite'), migrations, log)
  const read = (row: Readonly<Record<string, unknown>>): Comparison =>
    Comparison.parse(JSON.parse(String(row['comparison'])))
  const setOf = (runs: readonly string[]): string => runs.toSorted().join(' ')
  return {
    save: (comparison) => {
      const { id, made, runs } = comparison
      database
        .prepare('INSERT OR REPLACE INTO comparisons (id, made, runs, comparison) VALUES (?, ?, ?, ?)')
        .run(id, made, setOf(runs), JSON.stringify(comparison))
    },
    list: () =>
      database
        .prepare(`SELECT ${info} AS info FROM comparisons ORDER BY made DESC, id DESC`)
        .all()
        .map((row) => ComparisonInfo.parse(JSON.parse(String(row['info'])))),
    open: (id) => {
      const row = database.prepare('SELECT comparison FROM comparisons WHERE id = ?').get(id)
      if (row === undefined) throw new Fault('comparison-missing', `There is no comparison ${id} here.`)
      return read(row)
    },
    find: (runs) => {
      const row = database.prepare('SELECT comparison FROM comparisons WHERE runs = ?').get(setOf(runs))
      return row === undefined ? null : read(row)
    },
    remove: (id) => void database.prepare('DELETE FROM comparisons WHERE id = ?').run(id),
    close: () => database.close(),
  }
}

/** The runs made here: each immutable and whole, found again by its id, with what a person wrote on it beside it. */
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../../../shared/fault.ts'
import { Run } from '../../../shared/run.ts'
import type { KeptRun, MarksChange, RunMarks, RunSummary } from '../../../shared/runs.ts'
import { openOrSetAside, transact } from './database.ts'

export type Runs = {
  /** Throws Fault disk-full. */
  readonly save: (run: Run) => void
  /**
   * Takes in runs that another workbench made, all or none; one that is here stays as it is, and comes back where it was deleted.
   * Gives how many are new. Throws Fault session-other-run where another run bears the id of one.
   */
  readonly takeIn: (kept: readonly KeptRun[]) => number
  /** The latest first. */
  readonly list: (limit: number) => RunSummary[]
  /** Throws Fault run-missing. */
  readonly open: (id: string) => Run
  /** In the order asked for. Throws Fault run-missing. */
  readonly openAll: (ids: readonly string[]) => KeptRun[]
  /** Writes the marks given on each run; those left out stay. Throws Fault run-missing and then writes none. */
  readonly mark: (ids: readonly string[], marks: MarksChange) => void
  /** Takes runs out of every list; `restore` brings them back until they are swept out (see `keptAside`). */
  readonly remove: (ids: readonly string[]) => void
  readonly restore: (ids: readonly string[]) => void
  readonly close: () => void
}

/** Days for which a deleted run can still be brought back. */
const keptAside = 30

/** The summary of a run as SQLite reads it out of the run's own text, so that runs of earlier versions get one too. */
const summaryOfRun = `json_object(
  'id', run -> '$.id', 'time', run -> '$.manifest.time', 'question', run -> '$.plan.question', 'answer', run -> '$.answer',
  'gold', run -> '$.plan.target', 'index', run -> '$.plan.index', 'bundle', run -> '$.manifest.bundle.name',
  'decoder', run ->> '$.manifest.decoder.name'
    || CASE run ->> '$.manifest.decoder.sends' WHEN 'text' THEN ' (text only)' ELSE '' END,
  'passages', run -> '$.plan.passages', 'k', run -> '$.plan.k', 'p', run -> '$.plan.p', 'policy', run -> '$.plan.policy',
  'overrides', coalesce(json_array_length(run, '$.plan.forced.expand'), 0)
    + coalesce(json_array_length(run, '$.plan.forced.compress'), 0),
  'seed', run -> '$.plan.seed', 'chunks', run -> '$.counts.chunks', 'expanded', run -> '$.counts.expanded',
  'contextTokens', run -> '$.counts.contextTokens', 'positions', run -> '$.counts.positions',
  'reusedPositions', coalesce(run -> '$.counts.reusedPositions', 0),
  'ttftMs', run -> '$.timings.ttftMs', 'ttitMs', run -> '$.timings.ttitMs', 'totalMs', run -> '$.timings.totalMs',
  'logPerplexity', run -> '$.quality.logPerplexity', 'exactMatch', run -> '$.quality.exactMatch', 'f1', run -> '$.quality.f1')`

const migrations = [
  `CREATE TABLE runs (id TEXT PRIMARY KEY, time TEXT NOT NULL, summary TEXT NOT NULL, run TEXT NOT NULL);
   CREATE INDEX runs_by_time ON runs (time)`,
  `ALTER TABLE runs ADD COLUMN star INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
   ALTER TABLE runs ADD COLUMN removed TEXT;
   UPDATE runs SET summary = ${summaryOfRun}`,
]

/** Opens the runs kept in `home`; those in a damaged file are set aside. */
export function openRuns(home: string, log: (line: string) => void): Runs {
  const database = openOrSetAside(join(home, 'runs.sqlite'), migrations, log)
  database.prepare(`DELETE FROM runs WHERE removed < datetime('now', '-${keptAside} days')`).run()
  const missing = (id: string): Fault => new Fault('run-missing', `There is no run ${id} here.`)
  const rowOf = (id: string) => {
    const row = database.prepare('SELECT run, star, tags, note FROM runs WHERE id = ? AND removed IS NULL').get(id)
    if (row === undefined) throw missing(id)
    return row
  }
  const open = (id: string): KeptRun => {
    const row = rowOf(id)
    return { run: Run.parse(JSON.parse(String(row['run']))), marks: marksOf(row) }
  }
  const writeEach = (sql: string, ids: readonly string[], values: readonly (string | number)[]): void => {
    const statement = database.prepare(sql)
    transact(database, () => {
      for (const id of ids) if (statement.run(...values, id).changes === 0) throw missing(id)
    })
  }
  const save = ({ id, manifest, ...rest }: Run): void => {
    const run = JSON.stringify({ id, ...rest, manifest })
    database
      .prepare(`INSERT INTO runs (id, time, summary, run) SELECT ?, ?, ${summaryOfRun}, run FROM (SELECT ? AS run)`)
      .run(id, manifest.time, run)
  }
  const takeIn = ({ run, marks }: KeptRun): boolean => {
    const row = database.prepare('SELECT run FROM runs WHERE id = ?').get(run.id)
    if (row !== undefined) {
      if (!isDeepStrictEqual(Run.parse(JSON.parse(String(row['run']))), run))
        throw new Fault('session-other-run', `Another run than the file's bears the id ${run.id} here.`)
      database.prepare('UPDATE runs SET removed = NULL WHERE id = ?').run(run.id)
      return false
    }
    save(run)
    database
      .prepare('UPDATE runs SET star = ?, tags = ?, note = ? WHERE id = ?')
      .run(marks.star ? 1 : 0, JSON.stringify(marks.tags), marks.note, run.id)
    return true
  }
  return {
    save,
    takeIn: (kept) => transact(database, () => kept.filter(takeIn).length),
    list: (limit) =>
      database
        .prepare('SELECT summary, star, tags, note FROM runs WHERE removed IS NULL ORDER BY time DESC, id DESC LIMIT ?')
        .all(limit)
        .map((row) => ({ ...JSON.parse(String(row['summary'])), ...marksOf(row) })),
    open: (id) => open(id).run,
    openAll: (ids) => ids.map(open),
    mark: (ids, { star, tags, note }) => {
      const fields = [
        ...(star === undefined ? [] : [['star', star ? 1 : 0] as const]),
        ...(tags === undefined ? [] : [['tags', JSON.stringify(tags)] as const]),
        ...(note === undefined ? [] : [['note', note] as const]),
      ]
      if (fields.length === 0) return
      const set = fields.map(([name]) => `${name} = ?`).join(', ')
      writeEach(
        `UPDATE runs SET ${set} WHERE id = ? AND removed IS NULL`,
        ids,
        fields.map(([, value]) => value),
      )
    },
    remove: (ids) => writeEach(`UPDATE runs SET removed = datetime('now') WHERE id = ?`, ids, []),
    restore: (ids) => writeEach('UPDATE runs SET removed = NULL WHERE id = ?', ids, []),
    close: () => database.close(),
  }
}

function marksOf(row: Readonly<Record<string, unknown>>): RunMarks {
  return { star: row['star'] === 1, tags: JSON.parse(String(row['tags'])), note: String(row['note']) }
}

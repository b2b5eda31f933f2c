/** The runs made here: each immutable and whole, found again by its id. */
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import { Run } from '../../../shared/run.ts'
import { openOrSetAside } from './database.ts'

/** A run as listed. */
export type RunSummary = Pick<Run, 'id' | 'answer'> &
  Pick<Run['plan'], 'question' | 'k' | 'p' | 'policy'> & { readonly time: string; readonly ttftMs: number }

export type Runs = {
  /** Throws Fault disk-full. */
  readonly save: (run: Run) => void
  /** The latest first. */
  readonly list: (limit: number) => RunSummary[]
  /** Throws Fault run-missing. */
  readonly open: (id: string) => Run
  readonly close: () => void
}

const migrations = [
  `CREATE TABLE runs (id TEXT PRIMARY KEY, time TEXT NOT NULL, summary TEXT NOT NULL, run TEXT NOT NULL);
   CREATE INDEX runs_by_time ON runs (time)`,
]

/** Opens the runs kept in `home`; those in a damaged file are set aside. */
export function openRuns(home: string, log: (line: string) => void): Runs {
  const database = openOrSetAside(join(home, 'runs.sqlite'), migrations, log)
  return {
    save: (run) => {
      const { id, answer, manifest, timings, plan } = run
      const { question, k, p, policy } = plan
      const summary: RunSummary = { id, time: manifest.time, question, answer, k, p, policy, ttftMs: timings.ttftMs }
      const insert = database.prepare('INSERT INTO runs VALUES (?, ?, ?, ?)')
      insert.run(id, manifest.time, JSON.stringify(summary), JSON.stringify(run))
    },
    list: (limit) => {
      const rows = database.prepare('SELECT summary FROM runs ORDER BY time DESC, id DESC LIMIT ?').all(limit)
      return rows.map((row) => JSON.parse(String(row['summary'])))
    },
    open: (id) => {
      const row = database.prepare('SELECT run FROM runs WHERE id = ?').get(id)
      if (row === undefined) throw new Fault('run-missing', `There is no run ${id} here.`)
      return Run.parse(JSON.parse(String(row['run'])))
    },
    close: () => database.close(),
  }
}

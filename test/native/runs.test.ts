/** Kept runs: those of earlier versions are listed in full, marks stand beside a run, and a deleted one can come back. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/main/engine/store/database.ts'
import { openRuns } from '../../src/main/engine/store/runs.ts'
import type { Run } from '../../src/shared/run.ts'
import { RunSummary } from '../../src/shared/runs.ts'
import { folderWith } from '../helpers/folder.ts'
import { run } from '../page/sample.ts'

/** The schema with which runs were kept before they had marks. */
const firstSchema = `CREATE TABLE runs (id TEXT PRIMARY KEY, time TEXT NOT NULL, summary TEXT NOT NULL, run TEXT NOT NULL);
   CREATE INDEX runs_by_time ON runs (time)`

const forced: Run = {
  ...run,
  id: 'r2',
  plan: { ...run.plan, forced: { expand: [1, 3], compress: [0] }, target: 'River 741' },
  quality: { logPerplexity: null, exactMatch: false, f1: 0.5 },
  manifest: { ...run.manifest, time: '2026-11-21T08:00:00.000Z' },
}
const log = (): void => {}

test('runs kept by the first version are listed in full and open as they were', async () => {
  const home = await folderWith()
  const old = openDatabase(join(home, 'runs.sqlite'), [firstSchema])
  const insert = old.prepare('INSERT INTO runs VALUES (?, ?, ?, ?)')
  for (const each of [run, forced]) {
    const summary = { id: each.id, time: each.manifest.time, question: each.plan.question }
    insert.run(each.id, each.manifest.time, JSON.stringify(summary), JSON.stringify(each))
  }
  old.close()
  const runs = openRuns(home, log)
  const listed = runs.list(10)
  expect(listed.map((each) => RunSummary.parse(each))).toEqual(listed)
  expect(listed).toMatchObject([
    { id: 'r2', overrides: 3, gold: 'River 741', logPerplexity: null, exactMatch: false, f1: 0.5, star: false },
    { id: 'r1', overrides: 0, gold: null, k: 8, p: 0.4, bundle: 'mini', ttftMs: 40, ttitMs: 9, exactMatch: true },
  ])
  expect(runs.open('r1')).toEqual(run)
  runs.close()
})

test('marks stand beside a run, each on its own, and survive a restart', async () => {
  const home = await folderWith()
  const first = openRuns(home, log)
  first.save(run)
  first.save(forced)
  first.mark(['r1', 'r2'], { star: true })
  first.mark(['r1'], { tags: ['baseline', 'river'], note: 'a "quoted" note' })
  // None is written where one is unknown.
  expect(() => first.mark(['r2', 'nobody'], { note: 'lost' })).toThrow('There is no run nobody here.')
  first.close()
  const again = openRuns(home, log)
  expect(again.list(10).map(({ id, star, tags, note }) => ({ id, star, tags, note }))).toEqual([
    { id: 'r2', star: true, tags: [], note: '' },
    { id: 'r1', star: true, tags: ['baseline', 'river'], note: 'a "quoted" note' },
  ])
  expect(again.openAll(['r1'])).toEqual([
    { run, marks: { star: true, tags: ['baseline', 'river'], note: 'a "quoted" note' } },
  ])
  again.close()
})

test('a deleted run is gone from every list until it is restored, and swept out after its time', async () => {
  const home = await folderWith()
  const runs = openRuns(home, log)
  runs.save(run)
  runs.save(forced)
  runs.remove(['r1'])
  expect(runs.list(10).map(({ id }) => id)).toEqual(['r2'])
  expect(() => runs.open('r1')).toThrow('There is no run r1 here.')
  runs.restore(['r1'])
  expect(runs.open('r1')).toEqual(run)
  runs.remove(['r1', 'r2'])
  runs.close()
  const database = new DatabaseSync(join(home, 'runs.sqlite'))
  database.exec("UPDATE runs SET removed = datetime('now', '-31 days') WHERE id = 'r1'")
  database.close()
  const later = openRuns(home, log)
  later.restore(['r2'])
  expect(() => later.restore(['r1'])).toThrow('There is no run r1 here.')
  later.close()
})

/** A timing killed as a power cut would: every round that was told of is kept, and the same command adds to them. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openComparisonStore } from '../../src/main/engine/store/comparisons.ts'
import { openRuns } from '../../src/main/engine/store/runs.ts'
import { sweepScene, type SweepScene } from '../helpers/sweepScene.ts'

let scene: SweepScene
beforeAll(async () => {
  scene = await sweepScene()
})
afterAll(() => scene.close())

const words = (repeats: number, runs: readonly string[]): string[] => [
  'src/main/cli.ts',
  'compare',
  ...runs,
  '--home',
  scene.home,
  '--bundle',
  scene.models,
  '--repeats',
  String(repeats),
  '--json',
]

/** The rounds kept now, as another process sees them. */
function keptRounds(): number {
  const store = openComparisonStore(scene.home, () => {})
  const rounds = store.list()[0]?.rounds ?? 0
  store.close()
  return rounds
}

test('killed in the middle, the rounds that ended are kept with their scores, and more are added', async () => {
  for (const k of [4, 8]) {
    const plan = { question: 'Which alloy?', index: scene.index, passages: 2, k, maxTokens: 4 }
    for await (const _ of await scene.client.ask(plan));
  }
  const store = openRuns(scene.home, () => {})
  const runs = store.list(2).map(({ id }) => id)
  store.close()
  const child = spawn(process.execPath, words(1000, runs), { stdio: 'ignore' })
  await expect.poll(keptRounds, { timeout: 60_000, interval: 50 }).toBeGreaterThanOrEqual(3)
  const seen = keptRounds()
  child.kill('SIGKILL')
  expect((await once(child, 'exit'))[1]).toBe('SIGKILL')
  const kept = keptRounds()
  expect(kept).toBeGreaterThanOrEqual(seen)
  const { status, stdout } = spawnSync(process.execPath, words(2, runs), { encoding: 'utf8' })
  expect(status).toBe(0)
  const { comparison, figures } = JSON.parse(stdout)
  expect(comparison.rounds).toHaveLength(kept + 2)
  expect(comparison.scores.rows).toHaveLength(4)
  expect(comparison.sittings).toHaveLength(2)
  expect(figures[0]).toMatchObject({ name: 'ttft', cells: [{ n: kept + 2 }, { n: kept + 2 }] })
}, 120_000)

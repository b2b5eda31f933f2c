/** Comparisons through the contract: scores equal what the runs themselves gave, times are taken in turn, all of it is kept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRouterClient } from '@orpc/server'
import { timeRuns } from '../../src/main/engine/bench/compare/time.ts'
import { createEngine } from '../../src/main/engine/engine.ts'
import { openParts, type Parts } from '../../src/main/engine/parts.ts'
import { openBundle } from '../../src/main/engine/store/bundle.ts'
import { openRuns } from '../../src/main/engine/store/runs.ts'
import type { ComparisonView, Figure } from '../../src/shared/comparison.ts'
import type { PlanInput } from '../../src/shared/plan.ts'
import type { Run } from '../../src/shared/run.ts'
import { finish } from '../helpers/jobs.ts'
import { sweepScene, type SweepScene } from '../helpers/sweepScene.ts'

let scene: SweepScene
let runs: readonly Run[]
let parts: Parts
const ids = (): string[] => runs.map(({ id }) => id)

async function ask(change: Partial<PlanInput>): Promise<Run> {
  const plan = { question: 'Which alloy melts first?', index: scene.index, passages: 2, maxTokens: 8, target: 'tin' }
  for await (const event of await scene.client.ask({ ...plan, ...change })) if (event.type === 'done') return event.run
  throw new Error('no run')
}

beforeAll(async () => {
  scene = await sweepScene()
  runs = [
    await ask({ k: 4, p: 0.5 }),
    await ask({ k: 8, policy: 'none', forced: { expand: [1], compress: [] } }),
    await ask({ policy: 'all', p: 1, temperature: 1, seed: 3 }),
  ]
  parts = await openParts(await openBundle(scene.models), { threads: 1 })
})
afterAll(async () => {
  await parts.close()
  await scene.close()
})

const figure = ({ figures }: ComparisonView, name: string): Figure => {
  const found = figures.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no figure ${name}`)
  return found
}
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no fault',
    (error: { readonly data?: { readonly code?: string } }) => error.data?.code,
  )

describe('teacher-forced log-probabilities', () => {
  let view: ComparisonView
  beforeAll(async () => {
    const { comparison } = await scene.client.compare.make({ runs: ids() })
    view = (await finish(await scene.client.compare.score({ id: comparison.id }))).result
  })

  test("every run's own text has the log-probabilities that the run itself gave", () => {
    const { texts, rows, left } = view.comparison.scores!
    expect(left).toEqual([])
    for (const run of runs) {
      const text = texts.findIndex(({ of }) => of === run.id)
      expect(texts[text]!.tokens.map(({ id }) => id)).toEqual(run.tokens.map(({ id }) => id))
      const own = rows.find((row) => row.run === run.id && row.text === text)!.logProbs
      expect(own).toHaveLength(run.tokens.length)
      own.forEach((logProb, at) => expect(Math.abs(logProb - (run.tokens[at]!.logProb ?? NaN))).toBeLessThan(1e-4))
    }
  })

  test('under another plan the same text has others, and the gold answer the log-perplexity that each run gave', () => {
    const { texts, rows } = view.comparison.scores!
    const [own, other] = [0, 1].map((at) => rows.find((row) => row.run === runs[at]!.id && row.text === 0)!.logProbs)
    expect(Math.max(...own!.map((logProb, at) => Math.abs(logProb - other![at]!)))).toBeGreaterThan(1e-3)
    expect(texts.at(-1)!.of).toBeNull()
    const gold = figure(view, 'gold')
    expect(gold.of).toBe('tokens')
    gold.cells.forEach(({ value }, at) => expect(value).toBeCloseTo(runs[at]!.quality.logPerplexity!, 4))
  })

  test('differences are taken from the baseline, token by token, and turn with it', async () => {
    const { id } = view.comparison
    const answer = figure(view, 'answer')
    expect(answer.cells[0]!.delta).toBeNull()
    const turned = await scene.client.compare.change({ id, baseline: runs[1]!.id })
    const [gold, before] = [figure(turned, 'gold'), figure(view, 'gold')]
    expect(gold.cells[1]!.delta).toBeNull()
    expect(gold.cells[0]!.delta!.value).toBeCloseTo(-before.cells[1]!.delta!.value, 9)
    expect(figure(turned, 'answer').cells[1]!.value).not.toBeCloseTo(answer.cells[1]!.value!, 6)
    const { interval, noise } = gold.cells[0]!.delta!
    if (interval !== null) expect(noise).toBe(interval[0] <= 0 && 0 <= interval[1])
    await scene.client.compare.change({ id, baseline: runs[0]!.id })
  })

  test('a run of another bundle is left out with its reason, and the others are scored', async () => {
    const store = openRuns(scene.home, () => {})
    const foreign: Run = {
      ...runs[0]!,
      id: 'foreign',
      manifest: { ...runs[0]!.manifest, bundle: { name: 'elsewhere', hash: 'ff' } },
    }
    store.save(foreign)
    store.close()
    const { comparison } = await scene.client.compare.make({ runs: [runs[1]!.id, 'foreign'] })
    const { result } = await finish(await scene.client.compare.score({ id: comparison.id }))
    expect(result.comparison.scores).toMatchObject({
      left: [{ run: 'foreign', reason: expect.stringContaining('elsewhere') }],
      rows: [{ run: runs[1]!.id }, { run: runs[1]!.id }],
    })
    expect(await code(finish(await scene.client.compare.time({ id: comparison.id })))).toBe('bad-input')
  })
})

describe('interleaved repeats', () => {
  test('plans are asked A B A B, and what warms up is in no round', async () => {
    const [a, b] = runs
    const asked: string[] = []
    const rounds: string[][] = []
    for await (const event of timeRuns(parts, [a!, b!], { repeats: 3, warmups: 2 })) {
      if (event.type === 'ask') asked.push(`${event.round} ${event.ask.run === a!.id ? 'A' : 'B'}`)
      else rounds.push(event.asks.map(({ run }) => (run === a!.id ? 'A' : 'B')))
    }
    expect(asked).toEqual(['-2 A', '-2 B', '-1 A', '-1 B', '0 A', '0 B', '1 A', '1 B', '2 A', '2 B'])
    expect(rounds).toEqual([
      ['A', 'B'],
      ['A', 'B'],
      ['A', 'B'],
    ])
  })

  test('every ask finds its embeddings cached, reuses no prefix and expands what its run expanded', async () => {
    const [one] = runs
    for await (const event of timeRuns(parts, [one!, runs[2]!], { repeats: 2, warmups: 1 })) {
      if (event.type !== 'ask') continue
      const of = runs.find(({ id }) => id === event.ask.run)!
      const { chunks, expanded, positions } = of.counts
      expect(event.counts).toMatchObject({ chunks, expanded, positions, reusedPositions: 0 })
      // Full context needs no embedding and looks none up.
      expect(event.counts.cachedChunks).toBe(of === one ? chunks : 0)
    }
  })

  test('rounds are told as they end, kept, added to, and come to medians, quartiles and ratios with their intervals', async () => {
    const { comparison } = await scene.client.compare.make({ runs: ids() })
    const { id } = comparison
    const first = await finish(await scene.client.compare.time({ id, repeats: 3, warmups: 1 }))
    expect(first.partials).toHaveLength(3)
    expect(first.progress.at(-1)).toMatchObject({ stage: 'time', done: 12, total: 12, unit: 'asks' })
    expect(first.progress.some(({ secondsLeft, perSecond }) => secondsLeft !== null && perSecond !== null)).toBe(true)
    const { result } = await finish(await scene.client.compare.time({ id, repeats: 2, warmups: 0 }))
    expect(result.comparison.rounds.map(({ sitting }) => sitting)).toEqual([0, 0, 0, 1, 1])
    expect(result.comparison.sittings.map(({ warmups }) => warmups)).toEqual([1, 0])
    const ttft = figure(result, 'ttft')
    expect(ttft).toMatchObject({ of: 'rounds', unit: 'ms', better: 'lower' })
    for (const [at, cell] of ttft.cells.entries()) {
      const times = result.comparison.rounds.map(({ asks }) => asks[at]!.timings.ttftMs).toSorted((x, y) => x - y)
      expect(cell).toMatchObject({ run: runs[at]!.id, n: 5, value: times[2], quartiles: [times[1], times[3]] })
      expect(cell.interval![0]).toBeLessThanOrEqual(cell.value!)
      expect(cell.interval![1]).toBeGreaterThanOrEqual(cell.value!)
      if (at === 0) continue
      expect(cell.delta).toMatchObject({ kind: 'ratio', value: cell.value! / ttft.cells[0]!.value! })
      const [low, high] = cell.delta!.interval!
      expect(cell.delta!.noise).toBe(low <= 1 && 1 <= high)
    }
  })

  test('what was cancelled keeps the rounds that had ended, and more can be added', async () => {
    const { comparison } = await scene.client.compare.make({ runs: [runs[0]!.id, runs[2]!.id] })
    const { id } = comparison
    const stop = new AbortController()
    let told = 0
    try {
      for await (const event of await scene.client.compare.time({ id, repeats: 500 }, { signal: stop.signal }))
        if (event.type === 'partial' && ++told === 2) stop.abort()
    } catch {
      // An abort may end the stream with an error, or without one.
    }
    const { comparison: kept } = await scene.client.compare.open({ id })
    expect(kept.rounds.length).toBeGreaterThanOrEqual(2)
    expect(kept.rounds.length).toBeLessThan(500)
    expect((await finish(await scene.client.compare.time({ id, repeats: 1 }))).result.comparison.rounds).toHaveLength(
      kept.rounds.length + 1,
    )
  })
})

describe('comparisons as objects', () => {
  test('the same runs are one comparison whatever their order; the order asked for stands', async () => {
    const one = await scene.client.compare.make({ runs: ids() })
    const other = await scene.client.compare.make({ runs: ids().toReversed() })
    expect(other.comparison.id).toBe(one.comparison.id)
    expect(other.runs.map(({ id }) => id)).toEqual(ids().toReversed())
    expect(other.comparison.rounds).toEqual(one.comparison.rounds)
    await scene.client.compare.make({ runs: ids() })
  })

  test('a blind vote is drawn from its seed, stored, and over once the names are shown', async () => {
    const { comparison } = await scene.client.compare.make({ runs: ids() })
    const { id } = comparison
    const [one, again, other] = [5, 5, 6].map((seed) => scene.client.compare.blind({ id, seed }))
    const ballots = (await one!).comparison.blind!.ballots
    expect(ballots).toHaveLength(3)
    expect(ballots.map(({ left, right }) => [left, right].toSorted().join()).toSorted()).toEqual(
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ]
        .map((pair) =>
          pair
            .map((at) => runs[at]!.id)
            .toSorted()
            .join(),
        )
        .toSorted(),
    )
    expect((await again!).comparison.blind).toEqual((await one!).comparison.blind)
    expect((await other!).comparison.blind!.ballots).not.toEqual(ballots)
    await scene.client.compare.vote({ id, at: 1, vote: 'tie' })
    await scene.client.compare.vote({ id, at: 1, vote: 'left' })
    expect(await code(scene.client.compare.vote({ id, at: 3, vote: 'left' }))).toBe('bad-input')
    const { comparison: opened } = await scene.client.compare.unblind({ id })
    expect(opened.blind).toMatchObject({ opened: true, ballots: [{ vote: null }, { vote: 'left' }, { vote: null }] })
    expect(await code(scene.client.compare.vote({ id, at: 0, vote: 'left' }))).toBe('bad-input')
    expect((await scene.client.compare.list()).find((each) => each.id === id)).toMatchObject({ votes: 1, scored: true })
  })

  test('they are listed and whole after a restart; a deleted run leaves a gap', async () => {
    const { comparison } = await scene.client.compare.make({ runs: [runs[0]!.id, runs[1]!.id] })
    const { id } = comparison
    await scene.client.compare.change({ id, note: 'k 4 reads better' })
    const engine = await createEngine({ home: scene.home, models: scene.models, log: () => {} })
    try {
      const client = createRouterClient(engine.router)
      const listed = (await client.compare.list()).find((each) => each.id === id)
      expect(listed).toMatchObject({ note: 'k 4 reads better', scored: false, rounds: 0, votes: 0 })
      expect(listed!.runs.map((run) => listed!.settings[run])).toEqual([
        'k 4, p 0.5, learned',
        'k 8, p 0.25, none, 1 by hand',
      ])
      await client.runs.remove({ ids: [runs[1]!.id] })
      const view = await client.compare.open({ id })
      expect(view).toMatchObject({ missing: [runs[1]!.id], runs: [{ id: runs[0]!.id }] })
      expect(await code(finish(await client.compare.time({ id })))).toBe('run-missing')
      await client.runs.restore({ ids: [runs[1]!.id] })
      expect((await client.compare.open({ id })).missing).toEqual([])
    } finally {
      await engine.close()
    }
  })

  test('a report holds its tables; without text no passage is in it', async () => {
    const { comparison } = await scene.client.compare.make({ runs: ids() })
    const { id } = comparison
    const { name, content } = await scene.client.compare.report({ id, format: 'md' })
    expect(name).toBe('Comparison-Which-alloy-melts-first.md')
    for (const words of [
      'Settings in which the plans differ',
      'Figures of every run against A',
      'teacher-forced',
      'TTFT of every round',
    ])
      expect(content).toContain(words)
    const json = JSON.parse((await scene.client.compare.report({ id, format: 'json' })).content)
    expect(json).toMatchObject({ comparison: { id }, runs: runs.map((run) => ({ id: run.id })) })
    const passage = runs[0]!.passages[0]!.text.slice(0, 40)
    expect((await scene.client.compare.report({ id, format: 'html' })).content).toContain(passage)
    expect((await scene.client.compare.report({ id, format: 'html', text: false })).content).not.toContain(passage)
    expect((await scene.client.compare.report({ id, format: 'json', text: false })).content).not.toContain(passage)
  })

  test('what cannot be compared says why', async () => {
    const [a] = ids()
    expect(await code(scene.client.compare.make({ runs: [a!, a!] }))).toBe('bad-input')
    expect(await code(scene.client.compare.make({ runs: [a!, 'nobody'] }))).toBe('run-missing')
    expect(await code(scene.client.compare.make({ runs: [a!] }))).toBe('bad-input')
    expect(await code(scene.client.compare.open({ id: 'nobody' }))).toBe('comparison-missing')
    const { comparison } = await scene.client.compare.make({ runs: ids() })
    const { id } = comparison
    expect(await code(scene.client.compare.change({ id, baseline: 'nobody' }))).toBe('bad-input')
    expect(await code(scene.client.compare.change({ id, runs: [a!, 'nobody'] }))).toBe('bad-input')
    await scene.client.compare.remove({ id })
    expect(await code(scene.client.compare.open({ id }))).toBe('comparison-missing')
  })
})

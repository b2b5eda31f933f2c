/** What-if as the page keeps it: results of one run and one target, work that is cancelled and goes on, and none of it lost. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { advance, ask, beginShown } from '../../src/renderer/state/ask.ts'
import { computeContribution, contribution, setLayer } from '../../src/renderer/state/contribution.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { plan, undoStep } from '../../src/renderer/state/plan.ts'
import {
  cancelWhatIf,
  flipAll,
  flipChunks,
  sampleShapley,
  searchBest,
  setTarget,
  setWhatIf,
  takeBest,
  whatIf,
} from '../../src/renderer/state/whatIf.ts'
import type { BestStep, ContributionInput, Flip, FlipsInput } from '../../src/shared/whatif.ts'
import { connectWhatIf, type WhatIfScript } from '../helpers/pageEngine.ts'
import { draft, run } from './sample.ts'
import { baseOf, contributionOf, flipOf } from './whatIfSample.ts'

const initial = { whatIf: whatIf.getState(), contribution: contribution.getState() }
const asked: FlipsInput[] = []
const nothing = async function* (): AsyncGenerator<never> {}
const script: WhatIfScript = { flips: nothing, best: nothing, shapley: nothing, contribution: nothing }

/** Tells base and flips, from the last chunk to the first; before each flip it waits for `gate`. */
function flipping(gate: (index: number) => Promise<void> = async () => {}): WhatIfScript['flips'] {
  return async function* (input, signal) {
    asked.push(input)
    const base = baseOf(input)
    yield { type: 'partial', partial: { type: 'base', base } }
    const flips: Flip[] = []
    for (const index of input.chunks!.toReversed()) {
      await gate(index)
      signal?.throwIfAborted()
      const flip = flipOf(index, input.repeats > 0 ? 'measured' : 'estimate')
      flips.push(flip)
      yield { type: 'partial', partial: { type: 'flips', flips: [flip] } }
      yield {
        type: 'progress',
        stage: 'flip',
        done: flips.length,
        total: 5,
        unit: 'chunks',
        perSecond: 9,
        secondsLeft: 1,
      }
    }
    yield { type: 'done', result: { base, flips, left: [] } }
  }
}

const shownAs = (id: string, target?: string) => {
  const made = { ...run, id, plan: { ...run.plan, ...(target === undefined ? {} : { target }) } }
  ask.setState({ phase: 'done', fault: null, shown: advance(beginShown(draft, null), { type: 'done', run: made }) })
}

beforeAll(() => connectWhatIf(script))
beforeEach(() => {
  cancelWhatIf()
  asked.length = 0
  whatIf.setState(initial.whatIf, true)
  contribution.setState(initial.contribution, true)
  plan.setState(begin(draft), true)
  shownAs('r1', 'River')
  script.flips = flipping()
})
afterEach(() => vi.useRealTimers())

describe('flips', () => {
  test('of one chunk are timed in pairs; of all, estimated', async () => {
    await flipChunks([3])
    expect(asked).toEqual([{ run: 'r1', chunks: [3], repeats: 5 }])
    expect(whatIf.getState()).toMatchObject({ run: 'r1', base: { target: 'gold' }, asked: [3] })
    expect(whatIf.getState().flips.get(3)).toEqual(flipOf(3, 'measured'))
    expect(whatIf.getState().jobs.chunk.phase).toBe('done')
  })

  test('of all leave out those that are known, and a measured TTFT is not overwritten by an estimate', async () => {
    await flipChunks([3])
    await flipAll()
    expect(asked[1]).toEqual({ run: 'r1', chunks: [0, 1, 2, 4], repeats: 0 })
    expect(new Set(whatIf.getState().flips.keys())).toEqual(new Set([0, 1, 2, 3, 4]))
    await flipChunks([3])
    expect(whatIf.getState().flips.get(3)?.deltaTtft.kind).toBe('measured')
    await flipAll()
    expect(asked).toHaveLength(3)
  })

  test('cancelled in the middle keep what has come, and go on with the rest', async () => {
    const reached = Promise.withResolvers<void>()
    const opened = Promise.withResolvers<void>()
    script.flips = flipping(async (index) => {
      if (index !== 2) return
      reached.resolve()
      await opened.promise
    })
    const going = flipAll()
    await reached.promise
    await vi.waitFor(() => expect(whatIf.getState().flips.size).toBe(2))
    expect(whatIf.getState().jobs.all).toMatchObject({ phase: 'running', progress: { done: 2, total: 5 } })
    cancelWhatIf('all')
    expect(whatIf.getState().jobs.all.phase).toBe('cancelling')
    opened.resolve()
    await going
    expect(whatIf.getState().jobs.all.phase).toBe('cancelled')
    expect([...whatIf.getState().flips.keys()]).toEqual([4, 3])
    script.flips = flipping()
    await flipAll()
    expect(asked.at(-1)?.chunks).toEqual([0, 1, 2])
    expect(whatIf.getState().flips.size).toBe(5)
  })

  test('of another run or target begin with nothing: results belong to one of each', async () => {
    await flipAll()
    shownAs('r2', 'River')
    expect(whatIf.getState().run).toBe('r1')
    await flipChunks([0])
    expect(whatIf.getState().run).toBe('r2')
    expect([...whatIf.getState().flips.keys()]).toEqual([0])
    setTarget('answer')
    expect(whatIf.getState().flips.size).toBe(0)
    await flipChunks([1])
    expect(asked.at(-1)).toMatchObject({ run: 'r2', target: 'answer' })
  })

  test('a gold answer asked for is let go with a run that has none', async () => {
    setTarget('gold')
    await flipChunks([0])
    expect(asked.at(-1)?.target).toBe('gold')
    shownAs('r3')
    await flipChunks([0])
    expect(asked.at(-1)).toEqual({ run: 'r3', chunks: [0], repeats: 5 })
  })

  test('what a run told after another took its place is not taken', async () => {
    const reached = Promise.withResolvers<void>()
    const opened = Promise.withResolvers<void>()
    script.flips = flipping(async (index) => {
      if (index !== 4 || asked.length > 1) return
      reached.resolve()
      await opened.promise
    })
    const late = flipAll()
    await reached.promise
    shownAs('r2', 'River')
    await flipChunks([0])
    opened.resolve()
    await late
    expect(whatIf.getState()).toMatchObject({ run: 'r2', base: { run: 'r2' } })
    expect([...whatIf.getState().flips.keys()]).toEqual([0])
  })

  test('a fault ends the job with what it was', async () => {
    script.flips = async function* () {
      yield { type: 'partial', partial: { type: 'base', base: baseOf({ run: 'r1' }) } }
      throw new Error('no such run')
    }
    await flipAll()
    expect(whatIf.getState().jobs.all).toMatchObject({ phase: 'failed', fault: { code: 'internal' } })
  })

  test('without a whole run nothing is asked', async () => {
    ask.setState({ shown: null })
    await flipAll()
    await flipChunks([0])
    await searchBest()
    await sampleShapley()
    await computeContribution()
    expect(asked).toEqual([])
    expect(whatIf.getState().run).toBeNull()
  })
})

describe('the best set', () => {
  const steps: readonly BestStep[] = [
    { index: 4, to: 'expand', nll: 1, gain: 0.5, deltaNll: -0.5, answer: 'River', positions: 34 },
    { index: 1, to: 'compress', nll: 0.9, gain: 0.1, deltaNll: -0.6, answer: 'River', positions: 27 },
  ]
  beforeEach(() => {
    script.best = async function* (input) {
      yield { type: 'partial', partial: { type: 'base', base: baseOf(input) } }
      for (const step of steps) yield { type: 'partial', partial: { type: 'step', step } }
      yield { type: 'done', result: { base: baseOf(input), steps: [...steps], ended: 'no-gain' } }
    }
  })

  test('comes a step at a time, and is taken into the plan as one step that undo takes back', async () => {
    setWhatIf({ most: 3 })
    await searchBest()
    expect(whatIf.getState()).toMatchObject({ steps, ended: 'no-gain', jobs: { best: { phase: 'done' } } })
    takeBest(2)
    expect(plan.getState().present.forced).toEqual({ expand: [4], compress: [1] })
    expect(undoStep()).toBe('Take the best set of 2 flips')
    expect(plan.getState().present.forced).toEqual({ expand: [], compress: [] })
  })
})

test('Shapley values are drawn from the seed of the run, and the last round stands', async () => {
  const inputs: unknown[] = []
  script.shapley = async function* (input) {
    inputs.push(input)
    yield { type: 'partial', partial: { type: 'base', base: baseOf(input) } }
    const round = (permutations: number) => ({
      permutations,
      together: 0.1,
      values: [{ index: 0, mean: 0.1, ci: null }],
    })
    yield { type: 'partial', partial: { type: 'round', round: round(1) } }
    yield { type: 'done', result: { base: baseOf(input), round: round(20) } }
  }
  setWhatIf({ permutations: 20 })
  await sampleShapley()
  expect(inputs).toEqual([{ run: 'r1', permutations: 20, seed: 7 }])
  expect(whatIf.getState().round?.permutations).toBe(20)
})

test('contribution is asked once for each chunk; another layer asks for its attention alone', async () => {
  const inputs: ContributionInput[] = []
  script.contribution = async function* (input) {
    inputs.push(input)
    yield* contributionOf(input)
  }
  await computeContribution()
  expect(inputs).toEqual([{ run: 'r1', target: 'answer', chunks: [0, 1, 2, 3, 4] }])
  expect(contribution.getState()).toMatchObject({ run: 'r1', deepest: 4, job: { phase: 'done' } })
  expect(contribution.getState().leftOut.size).toBe(5)
  setLayer(2)
  await vi.waitFor(() => expect(contribution.getState().attention?.layers).toEqual([2]))
  expect(inputs.at(-1)).toEqual({ run: 'r1', target: 'answer', chunks: [0], layers: [2] })
  expect(contribution.getState()).toMatchObject({ deepest: 4 })
  shownAs('r2')
  await computeContribution()
  expect(inputs.at(-1)).toMatchObject({ run: 'r2', chunks: [0, 1, 2, 3, 4], layers: [2] })
})

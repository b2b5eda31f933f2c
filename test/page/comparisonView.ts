/** A comparison of two small runs, as the engine gives it: other answers, other decisions, scores and rounds. */
import { figuresOf } from '../../src/main/engine/bench/compare/figures.ts'
import type { Comparison, ComparisonView } from '../../src/shared/comparison.ts'
import type { Run } from '../../src/shared/run.ts'
import { run } from './sample.ts'

const flipped = [true, true, false, false, false]
export const sides: readonly [Run, Run] = [
  { ...run, id: 'one' },
  {
    ...run,
    id: 'two',
    plan: { ...run.plan, p: 0.2 },
    answer: 'River 714',
    tokens: run.tokens.slice(0, 2),
    chunks: run.chunks.map((chunk, at) => ({ ...chunk, expanded: flipped[at] ?? false })),
    quality: { logPerplexity: 0.4, exactMatch: false, f1: 0.5 },
    timings: { ...run.timings, ttftMs: 30, prefillMs: 20 },
  },
]

const rounds = [40, 60, 42, 55, 44].map((ms, at) => ({
  sitting: 0,
  asks: sides.map(({ id, timings }, side) => ({
    run: id,
    timings: { ...timings, ttftMs: side === 0 ? ms : ([50, 41, 45, 40, 58][at] ?? 0) },
  })),
}))

const texts = sides.map(({ id: of, tokens }) => ({
  of,
  tokens: tokens.map(({ id, text }) => ({ id: id ?? -1, text })),
}))

export function comparisonOf(change: Partial<Comparison> = {}): ComparisonView {
  const comparison: Comparison = {
    id: 'c1',
    made: '2026-11-20T20:00:00.000Z',
    question: run.plan.question,
    runs: ['one', 'two'],
    settings: { one: 'k 8, p 0.4, learned', two: 'k 8, p 0.2, learned' },
    baseline: 'one',
    note: '',
    scores: {
      texts,
      rows: [
        { run: 'one', text: 0, logProbs: [-0.01, -0.5, -3] },
        { run: 'two', text: 0, logProbs: [-0.02, -0.25, -4] },
        { run: 'one', text: 1, logProbs: [-0.1, -0.2] },
        { run: 'two', text: 1, logProbs: [-0.1, -0.3] },
      ],
      left: [],
    },
    sittings: [
      {
        began: '2026-11-20T20:00:00.000Z',
        warmups: 1,
        device: 'CPU',
        threads: 2,
        cpu: 'cpu',
        disturbed: ['load: other work took 30 % of the processors'],
      },
    ],
    rounds,
    blind: null,
    ...change,
  }
  return { comparison, runs: [...sides], missing: [], figures: figuresOf(comparison, sides) }
}

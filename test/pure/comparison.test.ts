/** The figures of a comparison: medians, ratios and differences against the baseline, and when they say nothing. */
import { expect, test } from 'vitest'
import { beginBlind } from '../../src/main/engine/bench/compare/blind.ts'
import { figuresOf } from '../../src/main/engine/bench/compare/figures.ts'
import { bootstrap, median } from '../../src/main/engine/measure/statistics.ts'
import { comparisonTables, verdictOf } from '../../src/shared/comparisonTables.ts'
import type { Comparison, Figure, FigureCell } from '../../src/shared/comparison.ts'
import { random } from '../../src/shared/random.ts'
import type { Run } from '../../src/shared/run.ts'
import { run } from '../page/sample.ts'

const two: readonly Run[] = [
  { ...run, id: 'one', quality: { logPerplexity: 0.5, exactMatch: true, f1: 1 } },
  {
    ...run,
    id: 'two',
    timings: { ...run.timings, ttftMs: 20 },
    quality: { logPerplexity: 0.7, exactMatch: false, f1: 0.5 },
  },
]
const bare: Comparison = {
  id: 'c',
  made: '2026-11-20T20:00:00.000Z',
  question: 'Which river?',
  runs: ['one', 'two'],
  settings: {},
  baseline: 'one',
  note: '',
  scores: null,
  sittings: [],
  rounds: [],
  blind: null,
}
/** Rounds with these times to the first token of either run. */
function timed(one: readonly number[], other: readonly number[]): Comparison {
  const ask = (id: string, ttftMs: number) => ({ run: id, timings: { ...run.timings, ttftMs } })
  const rounds = one.map((ms, at) => ({ sitting: 0, asks: [ask('one', ms), ask('two', other[at] ?? 0)] }))
  return { ...bare, rounds }
}
const cellOf = (figures: readonly Figure[], name: string, id = 'two'): FigureCell | undefined =>
  figures.find((figure) => figure.name === name)?.cells.find((cell) => cell.run === id)

test('without rounds a time is that of one run: its ratio stands without interval or verdict', () => {
  const cell = cellOf(figuresOf(bare, two), 'ttft')
  expect(cell).toMatchObject({ value: 20, n: null, delta: { kind: 'ratio', value: 0.5, interval: null, noise: null } })
  expect(verdictOf(cell!, 'lower')).toBe('not repeated')
})

test('medians of rounds have a ratio with an interval; where it holds 1 the difference is within noise', () => {
  const clear = cellOf(figuresOf(timed([40, 41, 42, 43, 44], [20, 21, 22, 20, 21]), two), 'ttft')!
  expect(clear).toMatchObject({ value: 21, n: 5, quartiles: [20, 21], delta: { value: 0.5, noise: false } })
  expect(verdictOf(clear, 'lower')).toBe('better')
  expect(verdictOf(clear, 'higher')).toBe('worse')
  const unclear = cellOf(figuresOf(timed([40, 60, 42, 55, 44], [50, 41, 45, 40, 58]), two), 'ttft')!
  expect(unclear.delta!.noise).toBe(true)
  expect(verdictOf(unclear, 'lower')).toBe('within noise')
})

test('a round is drawn whole: what slows both alike leaves the ratio its width', () => {
  const slow = [10, 20, 40, 80, 160]
  const { delta } = cellOf(
    figuresOf(
      timed(
        slow,
        slow.map((ms) => ms * 0.9),
      ),
      two,
    ),
    'ttft',
  )!
  expect(delta!.interval![0]).toBeCloseTo(0.9, 12)
  expect(delta!.interval![1]).toBeCloseTo(0.9, 12)
  expect(delta!.noise).toBe(false)
})

test('four rounds are too few for an interval, and say so', () => {
  const cell = cellOf(figuresOf(timed([40, 41, 42, 43], [20, 21, 22, 23]), two), 'ttft')!
  expect(cell).toMatchObject({ n: 4, interval: null, delta: { value: 21.5 / 41.5, interval: null, noise: null } })
  expect(verdictOf(cell, 'lower')).toBe('too few to tell')
})

test('scores are differences token by token, of the gold answer and of the baseline’s', () => {
  const tokens = ['a', 'b', 'c', 'd', 'e'].map((text, id) => ({ id, text }))
  const texts = [
    { of: 'one', tokens },
    { of: 'two', tokens: tokens.slice(0, 1) },
    { of: null, tokens },
  ]
  const rowsOf = (id: string, values: readonly number[][]) =>
    values.map((logProbs, text) => ({ run: id, text, logProbs }))
  const scores = {
    texts,
    rows: [
      ...rowsOf('one', [[-1, -2, -3, -4, -5], [-9], [-1, -1, -1, -1, -1]]),
      ...rowsOf('two', [[-1.5, -2.5, -3.5, -4.5, -5.5], [-1], [-0.5, -1.5, -0.5, -1.5, -1]]),
    ],
    left: [],
  }
  const figures = figuresOf({ ...bare, scores }, two)
  const answer = cellOf(figures, 'answer')!
  expect(answer).toMatchObject({ value: 3.5, n: 5, delta: { kind: 'difference', value: 0.5, noise: false } })
  expect(answer.delta!.interval).toEqual([0.5, 0.5])
  expect(verdictOf(answer, 'lower')).toBe('worse')
  expect(cellOf(figures, 'gold')).toMatchObject({ value: 1, n: 5, delta: { value: 0, noise: true } })
  // From the other side the text is that of the other run, of a single token: no interval.
  const turned = figuresOf({ ...bare, scores, baseline: 'two' }, two)
  expect(cellOf(turned, 'answer', 'one')).toMatchObject({ value: 9, n: 1, delta: { value: 8, interval: null } })
})

test('the tables hold what is known, and hide the names of a vote that is not over', () => {
  const blind = { ...beginBlind(['one', 'two'], 7), opened: false }
  const names = (comparison: Comparison): readonly string[] =>
    comparisonTables({ comparison, runs: [...two], missing: [], figures: figuresOf(comparison, two) }).map(
      ({ name }) => name,
    )
  expect(names({ ...bare, blind })).toEqual(['figures', 'answers', 'decisions'])
  expect(names({ ...timed([1], [2]), blind: { ...blind, opened: true } })).toEqual([
    'figures',
    'answers',
    'decisions',
    'rounds',
    'votes',
  ])
})

test('sides and order of ballots are shuffled: over seeds each run stands left about as often as right', () => {
  const left = Array.from({ length: 400 }, (_, seed) => beginBlind(['one', 'two'], seed).ballots[0]!.left)
  const ones = left.filter((id) => id === 'one').length
  expect(ones).toBeGreaterThan(160)
  expect(ones).toBeLessThan(240)
  // The order in which runs are named says nothing of the sides.
  expect(beginBlind(['two', 'one'], 3)).toEqual(beginBlind(['one', 'two'], 3))
})

test('the interval of a median is that of the bootstrap itself', () => {
  const times = [40, 60, 42, 55, 44, 47]
  const other = [20, 35, 21, 22, 28, 24]
  const { cells } = figuresOf(timed(times, other), two).find(({ name }) => name === 'ttft')!
  const of = (values: readonly number[]) => (drawn: readonly number[]) => median(drawn.map((at) => values[at]!))
  expect(cells[0]!.interval).toEqual(bootstrap(6, of(times), { random: random(7) }))
  const ratio = (drawn: readonly number[]): number => of(other)(drawn) / of(times)(drawn)
  expect(cells[1]!.delta!.interval).toEqual(bootstrap(6, ratio, { random: random(7) }))
})

/** Sweep rows as curves. */
import { expect, test } from 'vitest'
import { againstK, againstP } from '../../src/renderer/views/bench/curves.ts'
import type { TtftRow } from '../../src/shared/bench.ts'

function row(k: number, p: number, refragMs: number, fullMs: number): TtftRow {
  return {
    arch: 'refrag-mini',
    context: 512,
    k,
    p,
    cached: true,
    n: 3,
    positions: 512 / k + 16,
    fullMs,
    fullQuartiles: [fullMs, fullMs],
    refragMs,
    refragQuartiles: [refragMs - 1, refragMs + 1],
    fullSamples: [],
    refragSamples: [],
    speedup: fullMs / refragMs,
    bound: 8,
    boundShare: 0.8,
    encodeMs: null,
    refragTokensPerSecond: null,
  }
}

const rows = [row(16, 0, 12, 100), row(8, 0, 20, 104), row(8, 0.5, 60, 102)]

test('against k there is a line for each p, its points in order of k', () => {
  const chart = againstK(rows, [8, 16])
  expect(chart.ticks).toEqual([8, 16])
  expect(chart.curves.map(({ name, points }) => [name, points.map(({ x, y }) => [x, y])])).toEqual([
    [
      'p 0',
      [
        [8, 20],
        [16, 12],
      ],
    ],
    ['p 0.5', [[8, 60]]],
  ])
})

test('against p there is a line for each k, and full context is one level', () => {
  const chart = againstP(rows, [0, 0.5])
  expect(chart.curves.map(({ name }) => name)).toEqual(['k 8', 'k 16'])
  expect(chart.level).toEqual({ name: 'full context', y: 102 })
})

/** Sweep rows as curves. */
import { expect, test } from 'vitest'
import { againstK, againstP } from '../../src/renderer/views/bench/curves.ts'
import type { TtftRow } from '../../src/shared/bench.ts'
import { ttftRow } from '../helpers/ttftRow.ts'

function row(k: number, p: number, refragMs: number, fullMs: number): TtftRow {
  return ttftRow({ context: 512, k, p, fullMs, refragMs })
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

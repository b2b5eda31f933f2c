/** The cells of a grid, and how long they will take. */
import { expect, test } from 'vitest'
import { cellsOf, estimate, keyOf, secondsLeft, sweepPresets, weightOf } from '../../src/shared/grid.ts'
import type { SweepAxes } from '../../src/shared/sweep.ts'

const axes = (more: Partial<SweepAxes> = {}): SweepAxes => ({
  ks: [8, 16],
  ps: [0, 0.5, 1],
  policies: ['learned', 'random'],
  passages: [4],
  retrievers: ['strong'],
  sets: ['0123456789abcdef'],
  bundles: ['fedcba9876543210'],
  devices: ['cpu'],
  ...more,
})

test('settings that lay every chunk out alike are one cell, full context first', () => {
  const cells = cellsOf([axes()])
  expect(cells.map(({ k, p, policy }) => [k, p, policy])).toEqual([
    [null, 1, 'all'],
    [8, 0, 'none'],
    [8, 0.5, 'learned'],
    [8, 0.5, 'random'],
    [16, 0, 'none'],
    [16, 0.5, 'learned'],
    [16, 0.5, 'random'],
  ])
  expect(new Set(cells.map(keyOf)).size).toBe(7)
})

test('a grid beside another adds its new cells alone', () => {
  const before = cellsOf([axes()]).map(keyOf)
  const both = cellsOf([axes(), axes({ ps: [0, 0.25], policies: ['learned'] })]).map(keyOf)
  expect(both.slice(0, before.length)).toEqual(before)
  expect(both.slice(before.length).map((key) => key.split('_strong')[0])).toEqual([
    'k8_p0.25_learned',
    'k16_p0.25_learned',
  ])
})

test('the presets keep to the k of the bundle', () => {
  expect(sweepPresets.paper([4, 8, 32])).toMatchObject({ ks: [8, 32], repeats: 3 })
  expect(sweepPresets.paper([8]).ps).toHaveLength(11)
  expect(sweepPresets.quick([4, 8, 16, 32]).ks).toEqual([4, 8, 16])
})

test('an estimate is cells times cases times asks, and each ask costs as its p does plus a first token of full context', () => {
  const cells = cellsOf([axes({ ks: [8], ps: [0, 0.5, 1], policies: ['learned'] })])
  const settings = { cases: 10, repeats: 2, warmups: 1 }
  expect(estimate(cells, settings, null)).toEqual({ cells: 3, asks: 60, seconds: null })
  const probe = { cases: 10, fullMs: 100, compressedMs: 20, firstMs: 30 }
  // 21 asks a cell of 20, 60 and 100 ms, each with 30 ms in turn.
  expect(estimate(cells, settings, probe).seconds).toBeCloseTo((21 * (50 + 90 + 130)) / 1000, 9)
})

test('the time left is what finished cells took, weighed by what the others cost beside them', () => {
  const [full, none] = cellsOf([axes({ ks: [8], ps: [0], policies: ['learned'] })])
  expect(secondsLeft([], [full!])).toBeNull()
  const left = secondsLeft([{ ...none!, seconds: 9 }], [full!, none!])
  expect(left).toBeCloseTo(9 + (9 * weightOf(full!)) / weightOf(none!), 9)
  expect(weightOf(full!)).toBeGreaterThan(weightOf(none!))
})

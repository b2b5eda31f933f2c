import { expect, test } from 'vitest'
import {
  bootstrap,
  mean,
  meanInterval,
  median,
  pairedBootstrap,
  quantile,
  quartiles,
} from '../../src/main/engine/measure/statistics.ts'
import { random } from '../../src/shared/random.ts'

test('mean, median and quartiles are those of NumPy', () => {
  const values = [7, 1, 3, 10]
  expect([mean(values), median(values), ...quartiles(values)]).toEqual([5.25, 5, 2.5, 7.75])
  expect([median([3, 1, 2]), ...quartiles([3, 1, 2])]).toEqual([2, 1.5, 2.5])
  expect([median([4]), ...quartiles([4])]).toEqual([4, 4, 4])
  expect(quantile([10, 0], 0.3)).toBeCloseTo(3, 12)
})

test('summaries leave their input as it was and refuse an empty one', () => {
  const values = [3, 1, 2]
  median(values)
  expect(values).toEqual([3, 1, 2])
  expect(() => mean([])).toThrow('no values')
  expect(() => median([])).toThrow('no values')
})

test('a constant difference has an interval without width', () => {
  const base = [1, 5, 9, 2]
  const better = base.map((value) => value + 0.5)
  expect(pairedBootstrap(better, base, { random: random(1) })).toEqual({ difference: 0.5, low: 0.5, high: 0.5 })
})

test('the interval of a mean comes close to the normal one and a seed names it', () => {
  const source = random(3)
  const a = Array.from({ length: 400 }, () => 1 + source.normal())
  const b = a.map(() => 0)
  const { difference, low, high } = pairedBootstrap(a, b, { random: random(1) })
  const deviation = Math.sqrt(mean(a.map((value) => (value - difference) ** 2)) / a.length)
  expect((high - low) / (2 * 1.96 * deviation)).toBeGreaterThan(0.9)
  expect((high - low) / (2 * 1.96 * deviation)).toBeLessThan(1.1)
  expect((high + low) / 2).toBeCloseTo(difference, 1)
  expect(pairedBootstrap(a, b, { random: random(1) })).toEqual({ difference, low, high })
})

test('a wider level gives a wider interval', () => {
  const a = [1, 4, 2, 8, 5, 7]
  const b = [2, 2, 2, 2, 2, 2]
  const narrow = pairedBootstrap(a, b, { random: random(1), level: 0.5 })
  const wide = pairedBootstrap(a, b, { random: random(1), level: 0.99 })
  expect(wide.low).toBeLessThan(narrow.low)
  expect(wide.high).toBeGreaterThan(narrow.high)
})

test('lists that do not pair are refused', () => {
  expect(() => pairedBootstrap([1, 2], [1], { random: random(1) })).toThrow('2 and 1 values')
})

test('the interval of any statistic is that of its values on the draws, and of a mean the paired one against nothing', () => {
  const [values, zeros] = [
    [3, 9, 4, 1, 7],
    [0, 0, 0, 0, 0],
  ]
  const { low, high } = pairedBootstrap(values, zeros, { random: random(5) })
  expect(meanInterval(values, { random: random(5) })).toEqual([low, high])
  // A ratio of two sums that move together has no width, whatever each of them has.
  const ratio = (drawn: readonly number[]) => {
    const sum = drawn.reduce((total, i) => total + (values[i] ?? 0), 0)
    return sum / (2 * sum)
  }
  expect(bootstrap(values.length, ratio, { random: random(5) })).toEqual([0.5, 0.5])
  const highest = (drawn: readonly number[]) => Math.max(...drawn.map((i) => values[i] ?? 0))
  expect(bootstrap(values.length, highest, { random: random(5) })[1]).toBe(9)
})

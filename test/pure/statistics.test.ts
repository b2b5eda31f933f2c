import { expect, test } from 'vitest'
import {
  bootstrap,
  mean,
  meanInterval,
  median,
  pairedBootstrap,
  quartiles,
  studentInterval,
} from '../../src/main/engine/measure/statistics.ts'
import { quantile } from '../../src/shared/quantiles.ts'
import { random, type Random } from '../../src/shared/random.ts'

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

const share = (of: readonly boolean[]): number => of.filter(Boolean).length / of.length

/** Of 300 samples of 40 drawn anew, the share whose 95 % interval of the mean holds the truth. */
function coverage(draw: (source: Random) => number, truth: number): number {
  const worlds = Array.from({ length: 300 }, (_, world) => {
    const source = random(1000 + world)
    const values = Array.from({ length: 40 }, () => draw(source))
    const [low, high] = meanInterval(values, { random: random(world), samples: 200 })
    return low <= truth && truth <= high
  })
  return share(worlds)
}

// Of 300 worlds a share near 95 % has a standard error of 1.3 %; percentiles of 40 values fall short of it by about one.
test('on simulated data the 95 % interval of a mean holds the truth about 95 times in 100', () => {
  const normal = coverage((source) => 3 + 2 * source.normal(), 3)
  expect(normal).toBeGreaterThan(0.915)
  expect(normal).toBeLessThan(0.98)
  // Exact match is of this kind: right or wrong, two in five right.
  const binary = coverage((source) => (source.float() < 0.4 ? 1 : 0), 0.4)
  expect(binary).toBeGreaterThan(0.915)
  expect(binary).toBeLessThan(0.98)
}, 60_000)

test('the paired interval holds a difference that the spread of the questions would hide', () => {
  const intervals = Array.from({ length: 300 }, (_, world) => {
    const source = random(50_000 + world)
    const hard = Array.from({ length: 40 }, () => 5 * source.normal())
    const a = hard.map((each) => each + 0.5 + 0.5 * source.normal())
    const b = hard.map((each) => each + 0.5 * source.normal())
    return pairedBootstrap(a, b, { random: random(world), samples: 200 })
  })
  const held = share(intervals.map(({ low, high }) => low <= 0.5 && 0.5 <= high))
  expect(held).toBeGreaterThan(0.915)
  expect(held).toBeLessThan(0.98)
  // Not paired, 40 questions of spread 5 would show a difference of 0.5 once in ten worlds or so.
  expect(share(intervals.map(({ low }) => low > 0))).toBeGreaterThan(0.95)
}, 60_000)

test("Student's interval: the tables' 0.975 quantiles, and the truth held 95 times in 100 even of few draws", () => {
  // A mean of 0 from n draws whose standard error is 1 has the quantile itself as its upper end.
  const quantileOf = (freedom: number): number => studentInterval(freedom + 1, 0, freedom * (freedom + 1))[1]
  for (const [freedom, expected] of [
    [1, 12.706],
    [2, 4.303],
    [4, 2.776],
    [9, 2.262],
    [30, 2.042],
    [1000, 1.962],
  ] as const)
    expect(Math.abs(quantileOf(freedom) / expected - 1)).toBeLessThan(0.005)
  expect(Math.abs(quantileOf(3) / 3.182 - 1)).toBeLessThan(0.01)
  const held = Array.from({ length: 2000 }, (_, world) => {
    const source = random(90_000 + world)
    const draws = Array.from({ length: 5 }, () => 3 + source.normal())
    const middle = mean(draws)
    const squares = draws.reduce((sum, draw) => sum + (draw - middle) ** 2, 0)
    const [low, high] = studentInterval(5, middle, squares)
    return low <= 3 && 3 <= high
  })
  expect(share(held)).toBeGreaterThan(0.935)
  expect(share(held)).toBeLessThan(0.965)
})

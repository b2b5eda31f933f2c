/** Which cells are worth having: the front against its definition, and what is picked from it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestWithin, dominates, fastestWithin, paretoFront, type Judged } from '../../src/shared/pareto.ts'

const at = (key: string, ms: number, worth: number): Judged => ({ key, ms, worth })
const points = [at('a', 10, 0.2), at('b', 20, 0.6), at('c', 25, 0.5), at('d', 40, 0.9), at('e', 40, 0.8)]

test('the front holds exactly the points that no other dominates, the fastest first', () => {
  const some = fc.array(fc.record({ key: fc.string(), ms: fc.nat(8), worth: fc.nat(8) }), { maxLength: 30 })
  fc.assert(
    fc.property(some, (all) => {
      const front = paretoFront(all)
      expect(new Set(front)).toEqual(new Set(all.filter((one) => !all.some((other) => dominates(other, one)))))
      expect(front.map(({ ms }) => ms)).toEqual(front.map(({ ms }) => ms).toSorted((a, b) => a - b))
    }),
    { seed: 7, numRuns: 300 },
  )
})

test('the best within a time is no slower than it, and null where none is so fast', () => {
  expect(bestWithin(points, 25)?.key).toBe('b')
  expect(bestWithin(points, 40)?.key).toBe('d')
  expect(bestWithin(points, 9.9)).toBeNull()
})

test('the fastest within a loss reaches what is left of the reference, to the last decimal', () => {
  expect(fastestWithin(points, 0.9, 0)?.key).toBe('d')
  expect(fastestWithin(points, 0.9, 0.3)?.key).toBe('b')
  // 0.9 - 0.1 is 0.8 on paper and less than that in the machine.
  expect(fastestWithin([at('e', 40, 0.8)], 0.9, 0.1)?.key).toBe('e')
  expect(fastestWithin(points, 2, 0.5)).toBeNull()
})

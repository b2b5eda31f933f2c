/** Sets of flips on contexts small enough to try every one: the greedy search and Shapley values against brute force. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Parts } from '../../src/main/engine/parts.ts'
import { bestSet, leastGain } from '../../src/main/engine/whatif/best.ts'
import { flips } from '../../src/main/engine/whatif/flips.ts'
import { restore, type Restored } from '../../src/main/engine/whatif/restore.ts'
import { fedAsRun, flipped, score } from '../../src/main/engine/whatif/score.ts'
import { shapley } from '../../src/main/engine/whatif/shapley.ts'
import type { BestStep, ShapleyRound } from '../../src/shared/whatif.ts'
import { allOf, askedRun, atOnce, planOf } from '../helpers/askedRun.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
let at: Restored
/** NLL with the chunks of a set flipped, by the set's bits, each from a whole forward. */
let values: readonly number[]
let chunks: number

beforeAll(async () => {
  parts = await tinyParts()
  // One passage of five chunks: 32 sets in all.
  at = await restore(parts, await askedRun(parts, planOf({ passages: 1, policy: 'random', p: 0.4, k: 8 })))
  chunks = at.expanded.length
  const found: number[] = []
  for (let set = 0; set < 2 ** chunks; set++) {
    parts.held.keys = []
    found.push((await score(at, flipped(fedAsRun(at), ...membersOf(set)), null)).nll)
  }
  values = found
})
afterAll(() => parts.close())

const membersOf = (set: number): number[] => [...Array(chunks).keys()].filter((index) => set & (1 << index))
const nllOf = (set: number): number => values[set] as number

test('the context is small and its sets differ', () => {
  expect(chunks).toBe(5)
  expect(at.expanded).toContain(true)
  expect(at.expanded).toContain(false)
  expect(new Set(values.map((nll) => nll.toFixed(6))).size).toBe(32)
})

async function search(most: number, among?: readonly number[]) {
  const steps: BestStep[] = []
  let tried = 0
  const events = bestSet(at, { most, ...(among === undefined ? {} : { chunks: among }) }, atOnce)
  for (;;) {
    const next = await events.next()
    if (next.done) return { steps, tried, whole: next.value }
    if (next.value.type === 'step') steps.push(next.value.step)
    if (next.value.type === 'tried') tried++
  }
}

describe('greedy best-set search', () => {
  test('its first flip is the best single flip of all', async () => {
    const singles = [...Array(chunks).keys()].map((index) => nllOf(1 << index))
    const best = singles.indexOf(Math.min(...singles))
    const { steps, tried } = await search(1)
    expect(tried).toBe(chunks)
    expect(steps).toHaveLength(1)
    expect(steps[0]).toMatchObject({ index: best, to: at.expanded[best] ? 'compress' : 'expand' })
    expect(steps[0]?.nll).toBeCloseTo(nllOf(1 << best), 4)
    expect(steps[0]?.gain).toBeCloseTo(nllOf(0) - nllOf(1 << best), 4)
  })

  test('every step is the best flip on top of those before, and it ends where none helps', async () => {
    const expected: number[] = []
    let set = 0
    for (;;) {
      const next = [...Array(chunks).keys()].filter((index) => !(set & (1 << index))).map((index) => set | (1 << index))
      const best = next.toSorted((a, b) => nllOf(a) - nllOf(b))[0]
      if (best === undefined || nllOf(best) > nllOf(set) - leastGain) break
      expected.push(Math.log2(best - set))
      set = best
    }
    const { steps, whole } = await search(chunks)
    expect(expected.length).toBeGreaterThan(1)
    expect(steps.map((step) => step.index)).toEqual(expected)
    expect(steps.at(-1)?.nll).toBeCloseTo(nllOf(set), 4)
    expect(steps.at(-1)?.deltaNll).toBeCloseTo(nllOf(set) - nllOf(0), 4)
    expect(whole).toBe(expected.length === chunks)
  })

  test('only the chunks named are flipped', async () => {
    const { steps, tried } = await search(5, [1, 3])
    expect(tried).toBeLessThanOrEqual(3)
    for (const { index } of steps) expect([1, 3]).toContain(index)
  })
})

async function sample(permutations: number, seed = 7, among?: readonly number[]): Promise<ShapleyRound> {
  const input = { permutations, seed, ...(among === undefined ? {} : { chunks: among }) }
  const last = (await allOf(shapley(at, input, atOnce))).at(-1)
  if (last?.type !== 'round') throw new Error('no round came')
  return last.round
}

/** Exact Shapley values from all sets: each marginal change weighted by |S|! (n - |S| - 1)! / n!. */
function exactShapley(): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  return [...Array(chunks).keys()].map((player) =>
    [...Array(2 ** chunks).keys()]
      .filter((set) => !(set & (1 << player)))
      .reduce((sum, set) => {
        const size = membersOf(set).length
        const weight = (factorial(size) * factorial(chunks - size - 1)) / factorial(chunks)
        return sum + weight * (nllOf(set | (1 << player)) - nllOf(set))
      }, 0),
  )
}

describe('Shapley values of flipping', () => {
  test('sampled means approach the exact values over all sets, and most intervals hold them', async () => {
    const exact = exactShapley()
    const spread = Math.max(...exact) - Math.min(...exact)
    let within = 0
    for (const seed of [1, 2, 3, 4]) {
      const { values: found } = await sample(200, seed)
      found.forEach(({ mean, ci }, index) => {
        expect(Math.abs(mean - exact[index]!)).toBeLessThan(0.1 * spread)
        if (ci![0] <= exact[index]! && exact[index]! <= ci![1]) within++
      })
    }
    // 95 % of 20 intervals, which are not independent; of intervals half as wide fewer would hold theirs.
    expect(within).toBeGreaterThanOrEqual(16)
  })

  test('however few permutations, the values add up to what flipping all at once changes', async () => {
    for (const permutations of [1, 3]) {
      const { values: found, together } = await sample(permutations)
      expect(together).toBeCloseTo(nllOf(2 ** chunks - 1) - nllOf(0), 4)
      expect(found.reduce((sum, { mean }) => sum + mean, 0)).toBeCloseTo(together, 8)
    }
  })

  test('the same seed draws the same, another seed another; one permutation has no interval', async () => {
    const [a, b, c] = [await sample(3, 5), await sample(3, 5), await sample(3, 6)]
    a.values.forEach(({ mean }, i) => expect(mean).toBeCloseTo(b.values[i]!.mean, 4))
    expect(a.values.map(({ mean }) => mean.toFixed(4))).not.toEqual(c.values.map(({ mean }) => mean.toFixed(4)))
    expect((await sample(1)).values.every(({ ci }) => ci === null)).toBe(true)
  })

  test('of one chunk alone it is its flip', async () => {
    const { values: found } = await sample(2, 7, [2])
    const told = await allOf(flips(at, { chunks: [2], repeats: 0 }, atOnce))
    const flip = told.find((each) => each.type === 'flip')
    expect(found).toHaveLength(1)
    expect(found[0]?.mean).toBeCloseTo(flip?.type === 'flip' ? flip.flip.deltaNll : NaN, 4)
  })
})

test.each([
  ['the search', (signal: AbortSignal) => bestSet(at, { most: 5 }, atOnce, signal)],
  ['the sampling', (signal: AbortSignal) => shapley(at, { permutations: 1000, seed: 1 }, atOnce, signal)],
])('an abort ends %s before the next flip', async (_, begin) => {
  const stop = new AbortController()
  const events: AsyncGenerator<unknown> = begin(stop.signal)
  expect((await events.next()).done).toBe(false)
  stop.abort()
  await expect(events.next()).rejects.toMatchObject({ name: 'AbortError' })
})

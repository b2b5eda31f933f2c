import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyForced,
  budget,
  choose,
  firstPickDivergence,
  firstPickProbabilities,
  sampleSequence,
  sequenceLogProb,
} from '../../src/main/engine/sense/select.ts'
import { random } from '../../src/shared/random.ts'

const logit = fc.double({ min: -8, max: 8, noNaN: true })
const anyP = fc.double({ min: 0, max: 1, noNaN: true })
const anyCount = fc.integer({ min: 0, max: 3000 })

test("T' is floor(pL) for the decimal p that was typed", () => {
  const hundredths = Array.from({ length: 101 }, (_, i) => i)
  const mistakes = hundredths.flatMap((i) =>
    Array.from({ length: 300 }, (_, chunks) => ({ p: i / 100, chunks, exact: Math.floor((i * chunks) / 100) })).filter(
      ({ p, chunks, exact }) => budget(p, chunks) !== exact,
    ),
  )
  expect(mistakes).toEqual([])
  expect([budget(0.1, 30), budget(0.29, 100), budget(0.25, 7), budget(0.999, 1)]).toEqual([3, 29, 1, 0])
})

test('p = 0 expands nothing, p = 1 everything, and more p never means fewer', () => {
  fc.assert(
    fc.property(anyP, anyP, anyCount, (a, b, chunks) => {
      const budgets = [0, Math.min(a, b), Math.max(a, b), 1].map((p) => budget(p, chunks))
      expect(budgets).toEqual(budgets.toSorted((x, y) => x - y))
      expect([budgets[0], budgets[3]]).toEqual([0, chunks])
    }),
  )
})

test.each([-0.01, 1.01, Number.NaN, Infinity])('p = %s is out of range', (p) => {
  expect(() => budget(p, 10)).toThrow(expect.objectContaining({ code: 'p-out-of-range' }))
})

test('the best scores are chosen and ties go to the lower index', () => {
  expect(choose([1, 3, 3, 2], 2, 'higher')).toEqual([false, true, true, false])
  expect(choose([1, 3, 1, 1], 2, 'lower')).toEqual([true, false, true, false])
  expect(choose(Float32Array.of(0, 0, 0), 1, 'higher')).toEqual([true, false, false])
  expect(choose([-Infinity, -Infinity, 0], 2, 'higher')).toEqual([true, false, true])
})

test('no chunk that was passed over has a better score than a chosen one', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 })
  fc.assert(
    fc.property(scores, fc.nat({ max: 50 }), (list, count) => {
      const chosen = choose(list, count, 'higher')
      const taken = list.filter((_, i) => chosen[i])
      const passed = list.filter((_, i) => !chosen[i])
      expect(taken.length).toBe(Math.min(count, list.length))
      expect(Math.min(...taken)).toBeGreaterThanOrEqual(Math.max(...passed))
    }),
  )
})

test('chunks forced by hand stand whatever was chosen', () => {
  expect(applyForced([true, true, false, false], { expand: [3, 1], compress: [0] }, 4)).toEqual({
    expanded: [false, true, false, true],
    forced: ['compress', 'expand', null, 'expand'],
  })
})

test.each([
  [{ expand: [4], compress: [] }, 'Chunk 4 '],
  [{ expand: [], compress: [-1] }, 'Chunk -1 '],
  [{ expand: [2], compress: [2] }, 'Chunk 2 is forced both ways'],
])('forcing %j is refused', (forced, message) => {
  expect(() => applyForced([true, true, false, false], forced, 4)).toThrow(
    expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(message) }),
  )
})

test('the orderings of all possible picks have probabilities that sum to one', () => {
  const case_ = fc
    .array(logit, { minLength: 1, maxLength: 5 })
    .chain((logits) => fc.record({ logits: fc.constant(logits), count: fc.integer({ min: 0, max: logits.length }) }))
  fc.assert(
    fc.property(case_, ({ logits, count }) => {
      const all = orderings(
        logits.map((_, i) => i),
        count,
      )
      expect(all.reduce((sum, picks) => sum + Math.exp(sequenceLogProb(logits, picks)), 0)).toBeCloseTo(1, 9)
    }),
  )
})

test('the first pick has the probability of the softmax', () => {
  fc.assert(
    fc.property(fc.array(logit, { minLength: 1, maxLength: 8 }), (logits) => {
      const single = logits.map((_, i) => Math.exp(sequenceLogProb(logits, [i])))
      for (const [i, p] of firstPickProbabilities(logits).entries()) expect(p).toBeCloseTo(single[i] ?? -1, 9)
    }),
  )
})

test('a chunk cannot be picked twice', () => {
  expect(() => sequenceLogProb([0, 1], [1, 1])).toThrow('cannot be picked')
})

test('huge logits lose nothing', () => {
  expect(firstPickProbabilities([1000, 1000])).toEqual([0.5, 0.5])
  expect(sequenceLogProb([-1000, -1000 + Math.log(3)], [1, 0])).toBeCloseTo(Math.log(0.75), 9)
})

test('sampled sequences come as often as their probability says, and a seed names them', () => {
  const logits = [0, 1, -1]
  const draws = random(7)
  const samples = 20_000
  const seen = new Map<string, number>()
  for (let i = 0; i < samples; i++) {
    const key = sampleSequence(logits, 2, draws).join()
    seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  for (const picks of orderings([0, 1, 2], 2)) {
    const share = (seen.get(picks.join()) ?? 0) / samples
    expect(Math.abs(share - Math.exp(sequenceLogProb(logits, picks)))).toBeLessThan(0.015)
  }
  expect(sampleSequence(logits, 3, random(5))).toEqual(sampleSequence(logits, 3, random(5)))
})

function orderings(items: readonly number[], count: number): number[][] {
  if (count === 0) return [[]]
  return items.flatMap((item) =>
    orderings(
      items.filter((i) => i !== item),
      count - 1,
    ).map((rest) => [item, ...rest]),
  )
}

test('how far the first pick has moved is KL(now || start), whatever is added to all logits', () => {
  const logs = (...probabilities: number[]) => probabilities.map(Math.log)
  const [even, sure] = [logs(0.5, 0.5), logs(0.9, 0.1)]
  expect(firstPickDivergence(even, sure)).toBeCloseTo(0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1), 12)
  expect(firstPickDivergence(sure, even)).toBeCloseTo(0.9 * Math.log(0.9 / 0.5) + 0.1 * Math.log(0.1 / 0.5), 12)
  expect(
    firstPickDivergence(
      sure.map((logit) => logit + 40),
      even.map((logit) => logit - 7),
    ),
  ).toBeCloseTo(firstPickDivergence(sure, even), 12)
  // A chunk that is never picked any more adds nothing.
  expect(firstPickDivergence([0, -2000], logs(0.5, 0.5))).toBeCloseTo(Math.LN2, 12)
  fc.assert(
    fc.property(fc.array(fc.tuple(logit, logit), { minLength: 1 }), (pairs) => {
      const [a, b] = [pairs.map(([now]) => now), pairs.map(([, start]) => start)]
      expect(firstPickDivergence(a, a)).toBe(0)
      expect(firstPickDivergence(a, b)).toBeGreaterThanOrEqual(0)
    }),
  )
})

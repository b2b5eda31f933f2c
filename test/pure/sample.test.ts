import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleToken, type Sampling } from '../../src/main/engine/expand/sample.ts'
import { random } from '../../src/shared/random.ts'

const greedy: Sampling = { temperature: 0, topP: 1, topK: 0 }
/** Logits of the probabilities 0.1, 0.4, 0.2, 0.3, shifted far from zero. */
const logits = Float32Array.from([0.1, 0.4, 0.2, 0.3], (p) => Math.log(p) + 90)

test('greedy takes the most probable token and ties go to the lower id', () => {
  expect(sampleToken(logits, greedy, random(1)).id).toBe(1)
  expect(sampleToken(Float32Array.of(1, 2, 2), greedy, random(1)).id).toBe(1)
})

test('log-probability, entropy and alternatives are those of the softmax', () => {
  const { logProb, entropy, alternatives } = sampleToken(logits, greedy, random(1))
  expect(logProb).toBeCloseTo(Math.log(0.4), 5)
  expect(entropy).toBeCloseTo(
    -(0.1 * Math.log(0.1) + 0.4 * Math.log(0.4) + 0.2 * Math.log(0.2) + 0.3 * Math.log(0.3)),
    5,
  )
  expect(alternatives.map(({ id }) => id)).toEqual([1, 3, 2, 0])
  expect(alternatives.map((token) => Math.exp(token.logProb).toFixed(4))).toEqual([
    '0.4000',
    '0.3000',
    '0.2000',
    '0.1000',
  ])
})

test('the measures agree with plain double-precision sums', () => {
  const list = fc.float32Array({ min: -50, max: 50, noNaN: true, minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(list, (values) => {
      const { id, logProb, entropy, alternatives } = sampleToken(values, greedy, random(1))
      const doubles = [...values]
      const highest = Math.max(...doubles)
      const whole = doubles.reduce((sum, x) => sum + Math.exp(x - highest), 0)
      const logProbs = doubles.map((x) => x - highest - Math.log(whole))
      expect(id).toBe(doubles.indexOf(highest))
      expect(logProb).toBeCloseTo(logProbs[id] ?? 1, 6)
      expect(entropy).toBeCloseTo(-logProbs.reduce((sum, l) => sum + Math.exp(l) * l, 0), 6)
      const ranked = doubles.map((_, i) => i).sort((a, b) => (doubles[b] ?? 0) - (doubles[a] ?? 0) || a - b)
      expect(alternatives.map((token) => token.id)).toEqual(ranked.slice(0, 5))
    }),
  )
})

test('masked tokens are never drawn and count for nothing', () => {
  const masked = Float32Array.of(-Infinity, 0, -Infinity, 0)
  const { entropy, alternatives } = sampleToken(masked, greedy, random(1))
  expect(entropy).toBeCloseTo(Math.log(2), 9)
  expect(alternatives.map(({ id }) => id)).toEqual([1, 3])
  expect(new Set(drawn(masked, { temperature: 1, topP: 1, topK: 0 }).keys())).toEqual(new Set([1, 3]))
})

test('logits that are not numbers are an error', () => {
  expect(() => sampleToken(Float32Array.of(1, Number.NaN), greedy, random(1))).toThrow('internal')
  expect(() => sampleToken(Float32Array.of(-Infinity), greedy, random(1))).toThrow('internal')
})

test.each([
  ['temperature 1', { temperature: 1, topP: 1, topK: 0 }, [0.1, 0.4, 0.2, 0.3]],
  ['temperature 0.5', { temperature: 0.5, topP: 1, topK: 0 }, [1 / 30, 16 / 30, 4 / 30, 9 / 30]],
  ['top-k 2', { temperature: 1, topP: 1, topK: 2 }, [0, 4 / 7, 0, 3 / 7]],
  ['top-p 0.75', { temperature: 1, topP: 0.75, topK: 0 }, [0, 4 / 9, 2 / 9, 3 / 9]],
  ['top-p 0', { temperature: 1, topP: 0, topK: 0 }, [0, 1, 0, 0]],
  ['top-k 3 then top-p 0.75', { temperature: 1, topP: 0.75, topK: 3 }, [0, 4 / 7, 0, 3 / 7]],
])('with %s tokens are drawn as often as they should be', (_, sampling, shares) => {
  const counts = drawn(logits, sampling)
  for (const [id, share] of shares.entries()) {
    const seen = (counts.get(id) ?? 0) / draws
    if (share === 0) expect(seen).toBe(0)
    else expect(Math.abs(seen - share)).toBeLessThan(0.02)
  }
})

test('of tied tokens top-k keeps the lower ids', () => {
  expect(new Set(drawn(Float32Array.of(0, 0, 1, 0), { temperature: 1, topP: 1, topK: 2 }).keys())).toEqual(
    new Set([0, 2]),
  )
})

test('a seed names the draw', () => {
  const sampling = { temperature: 1, topP: 1, topK: 0 }
  const draw = (seed: number) => Array.from({ length: 8 }, (_, i) => sampleToken(logits, sampling, random(seed + i)).id)
  expect(draw(3)).toEqual(draw(3))
})

const draws = 10_000

function drawn(values: Float32Array, sampling: Sampling): Map<number, number> {
  const source = random(11)
  const counts = new Map<number, number>()
  for (let i = 0; i < draws; i++) {
    const { id } = sampleToken(values, sampling, source)
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

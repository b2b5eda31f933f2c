import { expect, test } from 'vitest'
import {
  exactMatch,
  f1,
  meanReciprocalRank,
  ndcg,
  normalizeAnswer,
  recallAt,
} from '../../src/main/engine/measure/score.ts'

test.each([
  ['  The  Eiffel Tower! ', 'eiffel tower'],
  ['A man, an apple & the-end', 'man apple theend'],
  ['$1,234.50', '123450'],
  ['Theo and Anna', 'theo and anna'],
  ['a', ''],
  ['El Río “Tarn”', 'el río tarn'],
  ['á a à', 'á à'],
  ['《红楼梦》。', '红楼梦'],
])('%j is compared as %j', (answer, normalized) => {
  expect(normalizeAnswer(answer)).toBe(normalized)
})

test('an answer matches exactly when one gold answer is the same but for case, articles and punctuation', () => {
  expect(exactMatch('the Tarn.', ['Loire', 'Tarn'])).toBe(true)
  expect(exactMatch('Tarn river', ['Tarn'])).toBe(false)
  expect(exactMatch('cafe\u0301', ['caf\u00e9'])).toBe(true)
  expect(exactMatch('', [])).toBe(false)
})

test.each([
  ['the river Tarn', ['Tarn'], 2 / 3],
  ['Tarn', ['river Tarn in France', 'Loire'], 0.4],
  ['red red blue', ['red blue blue'], 2 / 3],
  ['红楼梦', ['红楼'], 0.8],
  ['1874年建成', ['1874年'], 2 / 3],
  ['Loire', ['Tarn'], 0],
  ['the', ['a'], 1],
  ['the', ['Tarn'], 0],
  ['Tarn', [], 0],
])('F1 of %j against %j is %d', (answer, golds, expected) => {
  expect(f1(answer, golds)).toBeCloseTo(expected, 12)
})

test('recall counts the relevant ids among the first k', () => {
  const ranking = ['d', 'a', 'c', 'b']
  expect([1, 2, 3, 4].map((k) => recallAt(ranking, ['a', 'b'], k))).toEqual([0, 0.5, 0.5, 1])
  expect(recallAt(ranking, [], 4)).toBeNull()
})

test('the mean reciprocal rank looks at the first relevant id of each query', () => {
  const queries = [
    { ranking: ['a', 'b'], relevant: ['a', 'b'] },
    { ranking: ['x', 'y', 'z', 'a'], relevant: ['a'] },
    { ranking: ['x'], relevant: ['a'] },
  ]
  expect(meanReciprocalRank(queries)).toBeCloseTo((1 + 0.25 + 0) / 3, 12)
  expect(meanReciprocalRank([])).toBeNull()
})

test('nDCG discounts by the logarithm of the rank and is 1 for the ideal ranking', () => {
  const second = 1 / Math.log2(3)
  expect(ndcg(['a', 'x', 'b'], ['a', 'b'], 3)).toBeCloseTo((1 + 0.5) / (1 + second), 12)
  expect(ndcg(['x', 'a'], ['a'], 2)).toBeCloseTo(second, 12)
  expect(ndcg(['b', 'a', 'x'], ['a', 'b'], 2)).toBe(1)
  expect(ndcg(['a', 'x'], ['a', 'b', 'c'], 1)).toBe(1)
  expect(ndcg(['a'], [], 1)).toBeNull()
})

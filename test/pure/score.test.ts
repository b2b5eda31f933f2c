import { expect, test } from 'vitest'
import {
  exactMatch,
  f1,
  judgeAnswer,
  ndcgAt,
  normalizeAnswer,
  recallAt,
  reciprocalRankAt,
} from '../../src/main/engine/measure/score.ts'
import { mean } from '../../src/main/engine/measure/statistics.ts'

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
  ['in 1734, by Oda Rinn', ['Oda Rinn'], 4 / 7],
  ['Denver Broncos', ['The Denver Broncos!', 'Broncos'], 1],
  ['', ['Tarn'], 0],
])('F1 of %j against %j is %d', (answer, golds, expected) => {
  expect(f1(answer, golds)).toBeCloseTo(expected, 12)
})

test.each([
  ['Oda Rinn', true, 'right'],
  ['Oda Rinn', false, 'right'],
  ['Mar Tell', true, 'wrong'],
  ['Mar Tell, who was', false, 'format-failure'],
  ['', true, 'format-failure'],
  [' ... the "a"', true, 'format-failure'],
] as const)('%j, ended: %j, against "the Oda Rinn." is judged %s', (answer, ended, verdict) => {
  expect(judgeAnswer(answer, ended, ['Nobody', 'the Oda Rinn.'])).toBe(verdict)
})

test('recall counts the relevant ids among the first k', () => {
  const ranking = ['d', 'a', 'c', 'b']
  expect([1, 2, 3, 4].map((k) => recallAt(ranking, ['a', 'b'], k))).toEqual([0, 0.5, 0.5, 1])
  expect(recallAt(ranking, [], 4)).toBeNull()
})

test('MRR is that of the worked example of Wikipedia: cats, tori, virus', () => {
  const queries = [
    { ranking: ['catten', 'cati', 'cats'], right: 'cats' },
    { ranking: ['torii', 'tori', 'toruses'], right: 'tori' },
    { ranking: ['viruses', 'virii', 'viri'], right: 'viruses' },
  ]
  const ranks = queries.map(({ ranking, right }) => reciprocalRankAt(ranking, [right], 3) ?? Number.NaN)
  expect(ranks).toEqual([1 / 3, 1 / 2, 1])
  expect(mean(ranks)).toBeCloseTo(11 / 18, 12)
})

test('the reciprocal rank looks at the first relevant id, and no further than k', () => {
  const ranking = ['x', 'y', 'a', 'b']
  expect(reciprocalRankAt(ranking, ['b', 'a'], 10)).toBe(1 / 3)
  expect([2, 3].map((k) => reciprocalRankAt(ranking, ['a'], k))).toEqual([0, 1 / 3])
  expect(reciprocalRankAt(ranking, ['z'], 10)).toBe(0)
  expect(reciprocalRankAt(ranking, [], 10)).toBeNull()
})

test('nDCG is that of the worked example of Wikipedia: grades 3, 2, 3, 0, 1, 2, and two more documents of 3 and 2', () => {
  const grades = new Map(Object.entries({ D1: 3, D2: 2, D3: 3, D4: 0, D5: 1, D6: 2, D7: 3, D8: 2 }))
  const ranking = ['D1', 'D2', 'D3', 'D4', 'D5', 'D6']
  // DCG@6 = 6.861, IDCG@6 = 8.740.
  expect(ndcgAt(ranking, grades, 6)).toBeCloseTo(0.785, 3)
  expect(ndcgAt(ranking, grades, 6)).toBeCloseTo(6.861 / 8.74, 3)
  // Only the six documents found are known: the ideal order is 3, 3, 2, 2, 1, 0, IDCG@6 = 7.141.
  const found = new Map([...grades].filter(([id]) => ranking.includes(id)))
  expect(ndcgAt(ranking, found, 6)).toBeCloseTo(0.961, 3)
})

test('nDCG is that of the worked example of scikit-learn, with the true relevances as gains', () => {
  // true_relevance [[10, 0, 0, 1, 5]] ranked by scores [[.1, .2, .3, 4, 70]], then by [[.05, 1.1, 1., .5, .0]] at k = 4.
  const grades = new Map(Object.entries({ a: 10, b: 0, c: 0, d: 1, e: 5 }))
  // Its documentation prints the first two places: 0.69... and 0.35...
  expect(Math.trunc(100 * (ndcgAt(['e', 'd', 'c', 'b', 'a'], grades, 5) ?? 0))).toBe(69)
  expect(Math.trunc(100 * (ndcgAt(['b', 'c', 'd', 'a', 'e'], grades, 4) ?? 0))).toBe(35)
})

test('nDCG is 1 for the ideal ranking alone, also where fewer places count than are relevant', () => {
  const grades = new Map(Object.entries({ a: 1, b: 1, c: 1 }))
  expect(ndcgAt(['x', 'a'], new Map([['a', 1]]), 2)).toBeCloseTo(1 / Math.log2(3), 12)
  expect(ndcgAt(['b', 'a', 'x'], grades, 2)).toBe(1)
  expect(ndcgAt(['a', 'x'], grades, 1)).toBe(1)
  expect(ndcgAt(['x', 'y', 'a'], grades, 2)).toBe(0)
  expect(ndcgAt(['a'], new Map([['a', 0]]), 1)).toBeNull()
})

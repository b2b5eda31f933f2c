/** Fusing rankings. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuseRanks, fusion } from '../../src/main/engine/retrieve/fused.ts'

test('scores are the weighted sums of reciprocal ranks', () => {
  const rankings = [
    { labels: [7, 3], weight: 1 },
    { labels: [3, 9], weight: 2 },
  ]
  expect(fuseRanks(rankings, 2)).toEqual([
    { label: 3, score: 1 / 4 + 2 / 3 },
    { label: 9, score: 2 / 4 },
    { label: 7, score: 1 / 3 },
  ])
})

test('what the words put first is among the first four, whatever the vectors say', () => {
  const ranking = fc.shuffledSubarray(
    Array.from({ length: 40 }, (_, label) => label),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(ranking, ranking, (near, matches) => {
      const fused = fuseRanks(
        [
          { labels: near, weight: fusion.dense },
          { labels: matches, weight: fusion.lexical },
        ],
        fusion.constant,
      )
      expect(fused.slice(0, 4).map(({ label }) => label)).toContain(matches[0])
      expect(fused).toHaveLength(new Set([...near, ...matches]).size)
    }),
    { seed: 7 },
  )
})

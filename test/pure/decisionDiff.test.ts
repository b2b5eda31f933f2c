/** Who expands what: runs of the same k chunk by chunk, of different k by token span. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agreementOf, alignDecisions, relationOf } from '../../src/shared/decisionDiff.ts'
import { planRows, sameCase } from '../../src/shared/planDiff.ts'
import type { Run, RunChunk } from '../../src/shared/run.ts'
import { chunks as someChunks, passages as somePassages, run } from '../page/sample.ts'

type Read = Pick<Run, 'chunks' | 'passages'>
const chunkLike = someChunks[0]!
const passageLike = somePassages[0]!

/** A run over passages of so many tokens, cut at k, that expands the chunks named. */
function reads(k: number, lengths: Readonly<Record<string, number>>, expanded: readonly number[]): Read {
  const chunks: RunChunk[] = []
  for (const [passage, length] of Object.entries(lengths))
    for (let from = 0; from < length; from += k) {
      const index = chunks.length
      const tokens = Math.min(k, length - from)
      const decision = {
        score: null,
        probability: null,
        chosen: false,
        forced: null,
        expanded: expanded.includes(index),
      }
      chunks.push({ ...chunkLike, ...decision, index, passage, tokens, text: `${passage}:${from}` })
    }
  return { chunks, passages: Object.keys(lengths).map((id) => ({ ...passageLike, id, title: id, text: id })) }
}

describe('alignment', () => {
  test('of one k: a stretch a chunk, with what each run does', () => {
    const [a, b] = [reads(8, { p: 20 }, [0, 1]), reads(8, { p: 20 }, [1, 2])]
    const stretches = alignDecisions([a, b])
    expect(stretches.map(({ from, to, text, fed, chunks }) => [from, to, text, ...fed, ...chunks])).toEqual([
      [0, 8, 'p:0', 'expanded', 'compressed', 0, 0],
      [8, 16, 'p:8', 'expanded', 'expanded', 1, 1],
      [16, 20, 'p:16', 'compressed', 'expanded', 2, 2],
    ])
    expect(agreementOf(stretches, 0, 1)).toEqual({ both: 8, onlyFirst: 8, onlySecond: 4, neither: 0, unshared: 0 })
  })

  test('of different k: cut where either cuts, the smaller chunk gives the words', () => {
    const stretches = alignDecisions([reads(8, { p: 24 }, [1]), reads(16, { p: 24 }, [0])])
    expect(stretches.map(({ from, to, text, fed, chunks }) => [from, to, text, ...fed, ...chunks])).toEqual([
      [0, 8, 'p:0', 'compressed', 'expanded', 0, 0],
      [8, 16, 'p:8', 'expanded', 'expanded', 1, 0],
      [16, 24, 'p:16', 'compressed', 'compressed', 2, 1],
    ])
  })

  test('a passage that one run did not read is absent there; passages of one name and other words are two', () => {
    const [a, b] = [reads(8, { p: 8, q: 8 }, [0]), reads(8, { q: 8 }, [0])]
    const stretches = alignDecisions([a, b])
    expect(stretches.map(({ passage, fed }) => [passage, ...fed])).toEqual([
      ['p', 'expanded', 'absent'],
      ['q', 'compressed', 'expanded'],
    ])
    expect(agreementOf(stretches, 0, 1)).toEqual({ both: 0, onlyFirst: 0, onlySecond: 8, neither: 0, unshared: 8 })
    const other = { ...b, passages: b.passages.map((passage) => ({ ...passage, text: 'other words' })) }
    expect(alignDecisions([a, other]).map(({ title }) => title)).toEqual(['p', 'q', 'other words'])
  })

  test('every token of every passage is counted once, whatever the k and the decisions', () => {
    const lengths = fc.dictionary(fc.constantFrom('p', 'q', 'r'), fc.integer({ min: 1, max: 70 }), { minKeys: 1 })
    const picks = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 6 })
    const k = fc.constantFrom(4, 8, 16, 32)
    fc.assert(
      fc.property(lengths, k, picks, k, picks, (own, kA, a, kB, b) => {
        const [first, second] = [reads(kA, own, a), reads(kB, own, b)]
        const stretches = alignDecisions([first, second])
        const counts = agreementOf(stretches, 0, 1)
        const total = Object.values(own).reduce((sum, length) => sum + length, 0)
        expect(counts.both + counts.onlyFirst + counts.onlySecond + counts.neither).toBe(total)
        expect(counts.unshared).toBe(0)
        const expandedBy = ({ chunks }: Read): number =>
          chunks.reduce((sum, chunk) => sum + (chunk.expanded ? chunk.tokens : 0), 0)
        expect(counts.both + counts.onlyFirst).toBe(expandedBy(first))
        expect(counts.both + counts.onlySecond).toBe(expandedBy(second))
        const turned = agreementOf(alignDecisions([second, first]), 0, 1)
        expect(turned).toMatchObject({ both: counts.both, onlyFirst: counts.onlySecond, onlySecond: counts.onlyFirst })
      }),
      { seed: 7 },
    )
  })

  test('relations have a name each', () => {
    expect(relationOf('expanded', 'compressed')).toBe('onlyFirst')
    expect(relationOf('compressed', 'expanded')).toBe('onlySecond')
    expect(relationOf('compressed', 'compressed')).toBe('neither')
    expect(relationOf('absent', 'expanded')).toBe('unshared')
  })
})

test('plans side by side name what differs, and only the case decides whether quality compares', () => {
  const other = { ...run.plan, k: 16, forced: { expand: [1, 3], compress: [] } }
  const rows = planRows([run.plan, other]).filter(({ differs }) => differs)
  expect(rows.map(({ field, values }) => [field, ...values])).toEqual([
    ['k', '8', '16'],
    ['expanded by hand', 'none', '1, 3'],
  ])
  expect(sameCase([run.plan, other])).toBe(true)
  expect(sameCase([run.plan, { ...other, target: 'River 741' }])).toBe(false)
})

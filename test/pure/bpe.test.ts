import fc from 'fast-check'
import { expect, test } from 'vitest'
import { trainBpe } from '../../src/main/engine/tokens/bpe.ts'
import { learnMerges, type Pair } from '../../src/main/engine/tokens/merges.ts'
import { openTokenizer } from '../../src/main/engine/tokens/tokenizer.ts'

const texts = [
  'low low low low low',
  'lower lower',
  'newest newest newest newest newest newest',
  'widest widest widest',
]
const special = ['<|end|>']

test('the merges are those of the textbook example', () => {
  const { merges } = trainBpe({ texts, size: 257 + 5, special }).model
  expect(merges).toEqual([
    ['e', 's'],
    ['es', 't'],
    ['l', 'o'],
    ['lo', 'w'],
    ['e', 'w'],
  ])
})

test('a trained tokenizer has its special tokens first, then the bytes, then one token a merge', () => {
  const tokenizer = openTokenizer(trainBpe({ texts, size: 262, special }))
  expect(tokenizer.size).toBe(262)
  expect(tokenizer.special('<|end|>')).toBe(0)
  expect(Array.from({ length: 5 }, (_, i) => tokenizer.piece(257 + i))).toEqual(['es', 'est', 'lo', 'low', 'ew'])
})

test('the same texts give the same tokenizer', () => {
  const once = JSON.stringify(trainBpe({ texts, size: 300, special }))
  expect(JSON.stringify(trainBpe({ texts, size: 300, special }))).toBe(once)
})

test('every digit is a token of its own however often numbers recur', () => {
  const numbers = Array.from({ length: 50 }, () => ' in 1874 and 1874')
  const tokenizer = openTokenizer(trainBpe({ texts: numbers, size: 300, special }))
  expect([...tokenizer.encode(' in 1874.')].map(tokenizer.piece)).toEqual([' in', ' ', '1', '8', '7', '4', '.'])
})

test('training stops when no pair occurs twice', () => {
  expect(openTokenizer(trainBpe({ texts: ['abc'], size: 4096, special })).size).toBe(257)
})

test('a vocabulary that cannot hold the bytes is refused', () => {
  expect(() => trainBpe({ texts, size: 256, special })).toThrow(expect.objectContaining({ code: 'bad-input' }))
})

test('incremental counts choose the same merges as counting everything anew', () => {
  const word = fc.array(fc.integer({ min: 97, max: 100 }), { minLength: 1, maxLength: 12 })
  const corpus = fc.array(fc.tuple(word, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(corpus, (entries) => {
      const words = entries.map(([bytes]) => Uint8Array.from(bytes))
      const counts = entries.map(([, count]) => count)
      expect(learnMerges(words, counts, 30)).toEqual(naiveMerges(words, counts, 30))
    }),
  )
})

function naiveMerges(words: readonly Uint8Array[], counts: readonly number[], count: number): Pair[] {
  let rows = words.map((word) => [...word])
  const merges: Pair[] = []
  while (merges.length < count) {
    const totals = new Map<string, number>()
    for (const [w, row] of rows.entries()) {
      for (let i = 0; i + 1 < row.length; i++) {
        const key = `${row[i]} ${row[i + 1]}`
        totals.set(key, (totals.get(key) ?? 0) + (counts[w] ?? 0))
      }
    }
    const ranked = [...totals].map(([key, total]) => ({ pair: key.split(' ').map(Number), total }))
    ranked.sort(
      (a, b) => b.total - a.total || (a.pair[0] ?? 0) - (b.pair[0] ?? 0) || (a.pair[1] ?? 0) - (b.pair[1] ?? 0),
    )
    const [best] = ranked
    if (best === undefined || best.total < 2) break
    const [left = 0, right = 0] = best.pair
    const made = 256 + merges.length
    merges.push([left, right])
    rows = rows.map((row) => mergeRow(row, left, right, made))
  }
  return merges
}

function mergeRow(row: readonly number[], left: number, right: number, made: number): number[] {
  const result: number[] = []
  for (let i = 0; i < row.length; i++) {
    const merges = row[i] === left && row[i + 1] === right
    result.push(merges ? made : (row[i] ?? 0))
    if (merges) i++
  }
  return result
}

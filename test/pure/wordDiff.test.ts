/** What two answers say alike, word by word. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffWords } from '../../src/shared/wordDiff.ts'

const word = fc.constantFrom('river', 'River_741', 'Ödön', '桥梁', '1347', '.', ',', '😀', 'a\u0301', "don't")
const text = fc
  .array(fc.tuple(fc.constantFrom('', ' ', '\n', '  ', '\u3000'), word), { maxLength: 9 })
  .chain((words) => fc.constantFrom('', ' ', '\n').map((end) => words.map((pair) => pair.join('')).join('') + end))
const all = fc.oneof(text, fc.string({ unit: 'binary', maxLength: 12 }))
const kindsOf = (a: string, b: string) => diffWords(a, b).map(({ kind, a: from, b: to }) => [kind, from, to])

test('nothing is lost or made up: the spans joined are both texts, to the character', () => {
  fc.assert(
    fc.property(all, all, (a, b) => {
      const spans = diffWords(a, b)
      expect(spans.map((span) => span.a).join('')).toBe(a)
      expect(spans.map((span) => span.b).join('')).toBe(b)
      for (const span of spans) {
        if (span.kind === 'same') expect(span.a.replaceAll(/\s+/gu, '')).toBe(span.b.replaceAll(/\s+/gu, ''))
        else expect(span.kind === 'removed' ? span.b : span.a).toBe('')
      }
    }),
    { seed: 7 },
  )
})

test('a text and itself are the same throughout', () => {
  fc.assert(
    fc.property(all, (a) => {
      expect(diffWords(a, a).filter(({ kind }) => kind !== 'same')).toEqual([])
    }),
    { seed: 7 },
  )
})

test('as many words are kept as any common subsequence has', () => {
  const few = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 })
  /** The longest common subsequence by trying all, which short lists allow. */
  const longest = (a: readonly string[], b: readonly string[]): number => {
    if (a.length === 0 || b.length === 0) return 0
    if (a[0] === b[0]) return 1 + longest(a.slice(1), b.slice(1))
    return Math.max(longest(a.slice(1), b), longest(a, b.slice(1)))
  }
  fc.assert(
    fc.property(few, few, (a, b) => {
      const kept = diffWords(a.join(' '), b.join(' ')).flatMap((span) =>
        span.kind === 'same' ? span.a.trim().split(/\s+/) : [],
      )
      expect(kept).toHaveLength(longest(a, b))
    }),
    { seed: 7 },
  )
})

test('words are told apart from marks, and a change of one is a change of one', () => {
  expect(kindsOf('It was founded in 1347.', 'It was built in 1374.')).toEqual([
    ['same', 'It was', 'It was'],
    ['removed', ' founded', ''],
    ['added', '', ' built'],
    ['same', ' in', ' in'],
    ['removed', ' 1347', ''],
    ['added', '', ' 1374'],
    ['same', '.', '.'],
  ])
  expect(kindsOf('', 'new')).toEqual([['added', '', 'new']])
  expect(kindsOf('a  b ', 'a b')).toEqual([
    ['same', 'a  b', 'a b'],
    ['removed', ' ', ''],
  ])
})

/** Templates of pieces: a token by its name, text, a start, and more than one way to end. */
import { expect, test } from 'vitest'
import {
  answerIds,
  defaultTemplate,
  marksOf,
  openStopLength,
  specialTokens,
  stopLength,
  Template,
  templateIds,
  templatePositions,
  withoutStop,
} from '../../src/main/engine/nets/template.ts'
import { trainBpe } from '../../src/main/engine/tokens/bpe.ts'
import { openTokenizer } from '../../src/main/engine/tokens/tokenizer.ts'

const json = trainBpe({
  texts: ['Question: who? Answer: she. '.repeat(20)],
  size: 300,
  special: [...specialTokens, '<s>'],
})
const tokenizer = openTokenizer(json)

test('a template of names is one token each, without a start, as in bundles made whole', () => {
  const ids = templateIds(defaultTemplate, tokenizer)
  expect(ids).toEqual({
    start: [],
    passage: [2],
    question: [3],
    answer: [4],
    repeat: [5],
    end: [0],
    stops: [[0]],
    lead: ' ',
  })
  expect(marksOf(ids)).toEqual({})
  expect(templatePositions(ids, 3)).toBe(5)
  expect(answerIds(ids, tokenizer, 'she')).toEqual([...tokenizer.encode(' she'), 0])
  // What is kept of such a template has not a letter more than it had.
  expect(JSON.stringify(Template.parse(defaultTemplate))).toBe(JSON.stringify(defaultTemplate))
})

test('pieces of text and of names are their tokens in order', () => {
  const ids = templateIds(
    {
      ...defaultTemplate,
      start: ['<s>', { text: 'Question:' }, '<|passage|>'],
      passage: [],
      question: [{ text: '\n\nQuestion: ' }],
      answer: [{ text: 'a<s>b' }],
      lead: '',
      stops: [[{ text: '\n\n' }]],
    },
    tokenizer,
  )
  expect(ids.start).toEqual([6, ...tokenizer.encode('Question:'), 2])
  expect(ids.passage).toEqual([])
  expect(tokenizer.decode(ids.question)).toBe('\n\nQuestion: ')
  expect(ids.answer).toEqual([...tokenizer.encode('a'), 6, ...tokenizer.encode('b')])
  expect(ids.stops).toEqual([[0], [...tokenizer.encode('\n\n')]])
  expect(answerIds(ids, tokenizer, 'she')).toEqual([...tokenizer.encode('she'), 0])
  const { start, question } = ids
  expect(marksOf(ids)).toEqual({ marks: { start: start.length, passage: 0, question: question.length, answer: 3 } })
  expect(templatePositions(ids, 3)).toBe(start.length + question.length + 3)
})

test('a name that the tokenizer lacks is named', () => {
  expect(() => templateIds({ ...defaultTemplate, passage: '<|none|>' }, tokenizer)).toThrow('<|none|>')
})

test('the lone space that a tokenizer puts before every text is no part of a piece', () => {
  const spaced = {
    special: () => 9,
    encode: () => [],
    encodeTemplate: (text: string) => [32, ...[...text].map((char) => char.codePointAt(0) ?? 0)],
    piece: (id: number) => String.fromCodePoint(id),
  }
  const ids = templateIds({ ...defaultTemplate, passage: [{ text: '\n' }], question: [{ text: ' a' }] }, spaced)
  expect(ids.passage).toEqual([10])
  expect(ids.question).toEqual([32, 32, 97])
})

test('decoding ends at any of the stops, and only there', () => {
  const ids = { stops: [[7], [1, 2, 3], [2, 2]] }
  expect(stopLength(ids, [5, 7])).toBe(1)
  expect(stopLength(ids, [7, 5])).toBe(0)
  expect(stopLength(ids, [1, 2, 3])).toBe(3)
  expect(stopLength(ids, [2, 3])).toBe(0)
  expect(stopLength(ids, [])).toBe(0)
  expect(openStopLength(ids, [9, 1, 2])).toBe(2)
  expect(openStopLength(ids, [9, 1])).toBe(1)
  expect(openStopLength(ids, [1, 9])).toBe(0)
  expect(openStopLength(ids, [7])).toBe(0)
  expect(withoutStop(ids, [4, 1, 2, 3])).toEqual([4])
  expect(withoutStop(ids, [4, 1, 2])).toEqual([4, 1, 2])
})

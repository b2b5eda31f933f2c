/** Pieces of a document: whatever its passages and chunks, they are its text, to the character. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { piecesOf } from '../../src/renderer/views/corpus/boundaries.ts'
import type { DocumentChunks, PlacedPassage } from '../../src/shared/documents.ts'

const passage = (id: string, from: number, to: number): PlacedPassage => ({
  id,
  title: '',
  from,
  to,
  span: { file: 'a.txt', lineFrom: 1, lineTo: 1, charFrom: from, charTo: to },
  repeated: false,
})
const chunks = (k: number, passages: DocumentChunks['passages']): DocumentChunks => ({
  k,
  supported: true,
  tokenizer: 'x',
  passages,
})

describe('pieces', () => {
  const text = 'Zero one two three four five.'
  const passages = [passage('a', 0, 12), passage('b', 13, 29)]
  const cut = chunks(2, [
    { id: 'a', from: 0, tokens: 3, ends: [8, 12] },
    { id: 'b', from: 13, tokens: 4, ends: [20, 29] },
  ])

  test('are the chunks of each passage with their tokens, the last one ragged, and what stands between', () => {
    const pieces = piecesOf({ text, from: 0, passages }, cut, null)
    expect(pieces.map(({ text: own, chunk, first }) => [own, chunk?.at ?? null, chunk?.tokens ?? null, first])).toEqual(
      [
        ['Zero one', 0, 2, true],
        [' two', 1, 1, false],
        [' ', null, null, false],
        ['three f', 0, 2, true],
        ['our five.', 1, 2, false],
      ],
    )
  })

  test('are whole passages until the chunks are known', () => {
    const pieces = piecesOf({ text, from: 0, passages }, null, null)
    expect(pieces.map(({ text: own, passage: of }) => [own, of?.id])).toEqual([
      ['Zero one two', 'a'],
      [' ', undefined],
      ['three four five.', 'b'],
    ])
  })

  test('are cut where what is marked begins and ends', () => {
    const marked = piecesOf({ text, from: 0, passages }, cut, { from: 5, to: 10 }).filter((piece) => piece.marked)
    expect(marked.map(({ text: own }) => own)).toEqual(['one', ' t'])
  })

  test('of a stretch begin and end with it, and are its text whatever the boundaries', () => {
    const sorted = fc
      .uniqueArray(fc.nat(60), { minLength: 2, maxLength: 14 })
      .map((all) => all.toSorted((a, b) => a - b))
    fc.assert(
      fc.property(sorted, fc.nat(40), fc.integer({ min: 1, max: 5 }), fc.boolean(), (edges, from, k, known) => {
        const spans = edges.slice(1).flatMap((to, i) => (i % 2 === 0 ? [[edges[i] as number, to] as const] : []))
        const own = spans.map(([low, high], i) => passage(`p${i}`, low, high))
        const cuts = spans.map(([low, high], i) => {
          const ends = Array.from({ length: Math.ceil((high - low) / k) }, (_, at) =>
            Math.min(high, low + (at + 1) * k),
          )
          return { id: `p${i}`, from: low, tokens: high - low, ends }
        })
        const whole = Array.from({ length: 61 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('')
        const stretch = whole.slice(from)
        const pieces = piecesOf(
          { text: stretch, from, passages: own.filter(({ to }) => to > from) },
          known ? chunks(k, cuts) : null,
          { from: 20, to: 30 },
        )
        expect(pieces.map((piece) => piece.text).join('')).toBe(stretch)
        let at = from
        for (const piece of pieces) {
          expect(piece.from).toBe(at)
          at += piece.text.length
          if (piece.chunk !== null) expect(piece.text.length).toBeLessThanOrEqual(k)
          if (piece.passage !== null) {
            expect(piece.from).toBeGreaterThanOrEqual(piece.passage.from)
            expect(at).toBeLessThanOrEqual(piece.passage.to)
          }
        }
        expect(at).toBe(61)
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})

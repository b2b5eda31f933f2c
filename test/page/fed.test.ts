/** The ribbon is the decoder's input: its positions, rebuilt from what it shows, are those that the engine lays out. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOut, type Slot } from '../../src/main/engine/expand/layout.ts'
import { fedOf, positionsOf } from '../../src/renderer/state/fed.ts'
import { chunks as sampleChunks } from './sample.ts'

/** Pieces of a template, of as many tokens as are asked for. */
const piece = (from: number, length: number): number[] => Array.from({ length }, (_, i) => from + i)
const lengths = fc.record({ start: fc.nat(3), passage: fc.nat(3), question: fc.nat(3), answer: fc.nat(3) })
const [sample] = sampleChunks

test('positions rebuilt from the ribbon are those of the layout, kind by kind and token by token', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 8 }), expanded: fc.boolean() }), { maxLength: 9 }),
        {
          maxLength: 6,
        },
      ),
      fc.array(fc.nat(900), { maxLength: 12 }),
      lengths,
      (passages, question, template) => {
        const ids = {
          start: piece(1000, template.start),
          passage: piece(1010, template.passage),
          question: piece(1020, template.question),
          answer: piece(1030, template.answer),
          repeat: [],
          end: [1040],
          stops: [[1040]],
          lead: '',
        }
        const marked = { start: ids.start, passage: ids.passage, ask: ids.question, answer: ids.answer, question }
        if (sample === undefined) throw new Error('the sample has chunks')
        let index = 0
        let token = 0
        const laid = passages.map((own) => ({
          chunks: own.map(({ tokens }) => ({ index: index++, tokens: Array.from({ length: tokens }, () => token++) })),
        }))
        const expanded = passages.flat().map((chunk) => chunk.expanded)
        const marks = laid.flatMap(({ chunks }, passage) =>
          chunks.map((chunk) => ({
            chunk: { ...sample, index: chunk.index, passage: `p${passage}`, tokens: chunk.tokens.length },
            expanded: expanded[chunk.index] ?? false,
            forced: null,
          })),
        )
        const shown = fedOf(
          passages.map((_, at) => ({ id: `p${at}` })),
          marks,
          question.length,
          template,
        )
        const tokensOf = new Map(laid.flatMap(({ chunks }) => chunks.map((chunk) => [chunk.index, chunk.tokens])))
        const rebuilt = shown.flatMap((slot): Slot[] => {
          if (slot.kind !== 'chunk') return marked[slot.kind].map((id) => ({ kind: 'token', id }))
          const own = slot.index ?? -1
          return slot.expanded
            ? (tokensOf.get(own) ?? []).map((id) => ({ kind: 'token', id }))
            : [{ kind: 'chunk', index: own }]
        })
        const fed = layOut(laid, expanded, ids, question)
        expect(rebuilt).toEqual(fed)
        expect(positionsOf(shown)).toBe(fed.length)
        for (const slot of shown) {
          expect(slot.positions).toBeGreaterThan(0)
          if (slot.index !== null && !slot.expanded)
            expect(fed[slot.from]).toEqual({ kind: 'chunk', index: slot.index })
        }
      },
    ),
  )
})

test('without a word of its template a run was laid out with a token a mark', () => {
  const shown = fedOf([{ id: 'p0' }], [], 3)
  expect(shown.map(({ kind, positions }) => [kind, positions])).toEqual([
    ['passage', 1],
    ['ask', 1],
    ['question', 3],
    ['answer', 1],
  ])
})

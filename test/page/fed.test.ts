/** The ribbon is the decoder's input: its positions, rebuilt from what it shows, are those that the engine lays out. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layOut, type Slot } from '../../src/main/engine/expand/layout.ts'
import { fedOf, positionsOf } from '../../src/renderer/state/fed.ts'
import { chunks as sampleChunks } from './sample.ts'

const ids = { passage: 1000, question: 1001, answer: 1002, repeat: 1003, end: 1004 }
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
      (passages, question) => {
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
        )
        const tokensOf = new Map(laid.flatMap(({ chunks }) => chunks.map((chunk) => [chunk.index, chunk.tokens])))
        const rebuilt = shown.flatMap((slot): Slot[] => {
          if (slot.kind === 'passage') return [{ kind: 'token', id: ids.passage }]
          if (slot.kind === 'ask') return [{ kind: 'token', id: ids.question }]
          if (slot.kind === 'answer') return [{ kind: 'token', id: ids.answer }]
          if (slot.kind === 'question') return question.map((id) => ({ kind: 'token', id }))
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

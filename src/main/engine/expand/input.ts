/** The decoder's input for a question over cut passages: its slots, their rows, and the keys by which the KV cache knows them again. */
import type { CutChunk } from '../compress/passages.ts'
import type { TemplateIds } from '../nets/template.ts'
import type { Decoder } from './decoder.ts'
import { layOut, layRows, type Slot } from './layout.ts'

/** What is laid out: passages in order, their chunks by index, and each chunk's embedding. */
export type Cut = {
  readonly k: number
  readonly passages: readonly { readonly id: string }[]
  readonly chunks: readonly CutChunk[]
  readonly embedding: (index: number) => Float32Array
  readonly question: Int32Array
}

/** Rows are [slots, hidden]; two inputs agree at a position when their keys do. */
export type Input = { readonly slots: readonly Slot[]; readonly rows: Float32Array; readonly keys: readonly string[] }

/**
 * Lays the passages and the question out with the chunks of `expanded` as tokens and the others as one slot each. A chunk that
 * is `leftOut` has no slot at all: what comes after it moves up, and its passage's opening token stays.
 */
export function layInput(
  { embedding: table, config }: Pick<Decoder, 'embedding' | 'config'>,
  ids: TemplateIds,
  { k, passages, chunks, embedding, question }: Cut,
  expanded: readonly boolean[],
  leftOut: (index: number) => boolean = () => false,
): Input {
  const laid = passages.map(({ id }) => ({
    chunks: chunks.filter((chunk) => chunk.passage === id && !leftOut(chunk.index)),
  }))
  const slots = layOut(laid, expanded, ids, question)
  const keyOf = (slot: Slot): string =>
    slot.kind === 'token' ? `t${slot.id}` : `c${k}:${(chunks[slot.index] as CutChunk).tokens.join()}`
  return { slots, rows: layRows(slots, table, config.hidden, embedding), keys: slots.map(keyOf) }
}

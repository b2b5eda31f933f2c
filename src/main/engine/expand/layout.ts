/** The mixed layout: which positions the decoder is fed, in order (paper A.1), and the rows of numbers they stand for. */
import { askTokens, type TemplateIds } from '../nets/template.ts'
import type { Stretches } from '../store/rows.ts'

/** One position of the decoder's input: a token, or a compressed chunk. */
export type Slot = { readonly kind: 'token'; readonly id: number } | { readonly kind: 'chunk'; readonly index: number }

const token = (id: number): Slot => ({ kind: 'token', id })

/** A passage's chunks: their indices in context order, and their tokens. */
export type LaidPassage = { readonly chunks: readonly { readonly index: number; readonly tokens: ArrayLike<number> }[] }

/** The start, then passages with their chunks compressed or expanded in place. */
export function layContext(passages: readonly LaidPassage[], expanded: readonly boolean[], ids: TemplateIds): Slot[] {
  return [
    ...ids.start.map(token),
    ...passages.flatMap(({ chunks }) => [
      ...ids.passage.map(token),
      ...chunks.flatMap(({ index, tokens }): Slot[] =>
        expanded[index] ? Array.from(tokens, token) : [{ kind: 'chunk', index }],
      ),
    ]),
  ]
}

/** The context, then the question, up to where the answer begins. */
export function layOut(
  passages: readonly LaidPassage[],
  expanded: readonly boolean[],
  ids: TemplateIds,
  question: ArrayLike<number>,
): Slot[] {
  return [...layContext(passages, expanded, ids), ...askTokens(ids, Array.from(question)).map(token)]
}

/** The rows [slots, hidden] of a layout: token embeddings from the table, chunk embeddings as given. */
export function layRows(
  slots: readonly Slot[],
  table: Stretches,
  hidden: number,
  chunkEmbedding: (index: number) => Float32Array,
): Float32Array {
  const rows = new Float32Array(slots.length * hidden)
  // Where the row of a token stands already: a table that lies in a file is read once for each token that there is.
  const stands = new Map<number, number>()
  slots.forEach((slot, i) => {
    if (slot.kind === 'chunk') return rows.set(chunkEmbedding(slot.index), i * hidden)
    const before = stands.get(slot.id)
    if (before !== undefined) return void rows.copyWithin(i * hidden, before * hidden, (before + 1) * hidden)
    stands.set(slot.id, i)
    return rows.set(table.subarray(slot.id * hidden, (slot.id + 1) * hidden), i * hidden)
  })
  return rows
}

/** How many leading positions two layouts share, each given as one key a position. */
export function sharedPrefix(a: readonly string[], b: readonly string[]): number {
  let shared = 0
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++
  return shared
}

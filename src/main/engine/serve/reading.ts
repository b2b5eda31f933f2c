/** The reader's calls: the chunks of a document's passages for any k, soon enough to be drawn anew while a slider moves. */
import type { DocumentChunks, DocumentWindow } from '../../../shared/documents.ts'
import { openBoundaries, type Boundaries } from '../compress/boundaries.ts'
import { documentInfo, placedIn } from '../retrieve/documents.ts'
import type { Indexes } from './indexes.ts'
import type { Loader } from './loaded.ts'

export type ChunkReader = (input: DocumentWindow & { readonly k: number }) => Promise<DocumentChunks>

/** Opens the reader of chunks; what it has tokenized is kept, so that another k of the same text comes at once. */
export function openChunkReader(indexes: Indexes, loader: Loader): ChunkReader {
  let open: { readonly hash: string; readonly boundaries: Boundaries } | null = null
  return async ({ path, document, from, count, k }) => {
    const { config, tokenizer } = await loader.light()
    if (open?.hash !== tokenizer.hash) open = { hash: tokenizer.hash, boundaries: openBoundaries(tokenizer) }
    const { boundaries } = open
    return indexes.use(path, ({ database }) => {
      const passages = placedIn(database, documentInfo(database, document), { from, count }).map(({ placed, text }) => {
        const { tokens, ends } = boundaries.of(text, k)
        return { id: placed.id, from: placed.from, tokens, ends: ends.map((end) => placed.from + end) }
      })
      return { k, supported: config.ks.includes(k), tokenizer: tokenizer.hash, passages }
    })
  }
}

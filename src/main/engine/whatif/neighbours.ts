/** What stands about one chunk of a run: its tokens, and the chunks whose embeddings are nearest to its own. */
import type { ChunkNeighbour, ChunkToken } from '../../../shared/runChunk.ts'
import type { Run } from '../../../shared/run.ts'
import { cutPassages } from '../compress/passages.ts'
import type { Parts } from '../parts.ts'
import { dot, normalised } from '../retrieve/dense.ts'
import { chosenChunks, type Restored } from './restore.ts'

/** The tokens of a chunk. Fault bad-input for one that does not exist. */
export function tokensOf(
  { tokenizer }: Pick<Parts, 'tokenizer'>,
  run: Pick<Run, 'passages' | 'plan' | 'chunks'>,
  chunk: number,
): ChunkToken[] {
  chosenChunks({ expanded: run.chunks.map(({ expanded }) => expanded) }, [chunk])
  const cut = cutPassages(run.passages, run.plan.k, tokenizer)[chunk]
  return Array.from(cut?.tokens ?? [], (id) => ({ id, text: tokenizer.piece(id) }))
}

/** The `count` nearest by cosine of the projected embeddings, ties by index. Fault bad-input for a chunk that does not exist. */
export function neighboursOf(at: Restored, chunk: number, count: number): ChunkNeighbour[] {
  chosenChunks(at, [chunk])
  const own = normalised(at.cut.embedding(chunk))
  return at.cut.chunks
    .filter(({ index }) => index !== chunk)
    .map(({ index }) => ({ index, cosine: dot(own, normalised(at.cut.embedding(index))) }))
    .toSorted((a, b) => b.cosine - a.cosine || a.index - b.index)
    .slice(0, count)
}

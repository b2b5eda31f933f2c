/** The calls about one chunk of a kept run. */
import type { ChunkNeighbour, ChunkToken } from '../../../shared/runChunk.ts'
import { neighboursOf, tokensOf } from '../whatif/neighbours.ts'
import { restore } from '../whatif/restore.ts'
import type { Asking } from './asking.ts'

export async function chunkTokens(
  input: { readonly id: string; readonly chunk: number },
  { loader, runs }: Asking,
): Promise<ChunkToken[]> {
  return tokensOf(await loader.light(), runs.open(input.id), input.chunk)
}

/** Embeddings that are not in the cache any more are made again, in a turn of their own. */
export async function chunkNeighbours(
  input: { readonly id: string; readonly chunk: number; readonly count: number },
  { loader, runs, lock }: Asking,
  signal?: AbortSignal,
): Promise<ChunkNeighbour[]> {
  const parts = await loader.light()
  const release = await lock.take(signal)
  try {
    return neighboursOf(await restore(parts, runs.open(input.id), 'answer', signal), input.chunk, input.count)
  } finally {
    release()
  }
}

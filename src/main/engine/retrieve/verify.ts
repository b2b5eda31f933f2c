/** Verifying an index: does it find what exact search finds, and do its parts agree? */
import type { Verification } from '../../../shared/corporaContract.ts'
import { measureRecall } from './dense.ts'
import type { Index } from './load.ts'
import { countRows } from './schema.ts'

const seed = 7

/** Recall of the 10 nearest against exact search over `sample` seeded queries, and the counts of passages, vectors, words. */
export async function verifyIndex(index: Index, sample: number, signal?: AbortSignal): Promise<Verification> {
  const passages = countRows(index.database, 'passages')
  const lexical = countRows(index.database, 'words')
  const vectors = index.dense.count()
  const recallAt10 = await measureRecall(index.dense, { sample, count: 10, seed, ...(signal ? { signal } : {}) })
  return { sample, recallAt10, passages, vectors, lexical, agree: passages === vectors && passages === lexical }
}

/** Searching an index: vectors and words, fused, every raw value kept with its name and direction. */
import type { RetrievedPassage, Score } from '../../../shared/corpus.ts'
import { dot, normalised, type Neighbour } from './dense.ts'
import { fuseRanks, fusion, type Fused } from './fused.ts'
import { bm25Of, lexicalQuery, searchLexical, type LexicalQuery, type Match } from './lexical.ts'
import type { Index } from './load.ts'
import { passagesAt } from './schema.ts'

/** Each ranking goes this deep before the two are fused. */
const depth = 100

/** The rankings of a query by vectors and by words, and what they fuse to; labels, best first. */
export type Rankings = {
  readonly dense: readonly Neighbour[]
  readonly lexical: readonly Match[]
  readonly fused: readonly Fused[]
  /** The query's vector, of length 1, and its words. */
  readonly vector: Float32Array
  readonly words: LexicalQuery
}

/**
 * Ranks the passages for the query, dense and lexical each `pool` deep at most; an untrained embedder has no say in what they fuse
 * to. Throws an AbortError on abort.
 */
export async function rankPassages(
  { embedder, database, dense, info }: Index,
  query: string,
  pool: number,
  signal?: AbortSignal,
): Promise<Rankings> {
  const [asked] = await embedder.embed([query], 'question', signal)
  if (!asked) throw new Error('internal: the embedder gave no vector for the question')
  const vector = normalised(asked)
  const words = lexicalQuery(database, query, info.passages)
  const near = dense.search(vector, pool)
  const matches = searchLexical(database, words, pool)
  const byWords = { labels: matches.map(({ label }) => label), weight: fusion.lexical }
  const byVector = { labels: near.map(({ label }) => label), weight: fusion.dense }
  const fused = fuseRanks(embedder.untrained === true ? [byWords] : [byVector, byWords], fusion.constant)
  return { dense: near, lexical: matches, fused, vector, words }
}

/** The `count` best passages for the query, best first. Throws an AbortError on abort. */
export async function searchIndex(
  index: Index,
  query: string,
  count: number,
  signal?: AbortSignal,
): Promise<RetrievedPassage[]> {
  const { database, dense, embedder } = index
  const { lexical, fused, vector, words } = await rankPassages(index, query, Math.max(depth, count), signal)
  const best = fused.slice(0, count)
  const passages = passagesAt(
    database,
    best.map(({ label }) => label),
  )
  const bm25 = new Map(lexical.map((match) => [match.label, match.bm25]))
  return best.flatMap(({ label, score }, at) => {
    const passage = passages[at]
    if (!passage) return []
    const cosine: Score = { metric: 'cosine', value: dot(vector, dense.vectorOf(label)), better: 'higher' }
    const scores: Score[] = [
      { metric: 'RRF', value: score, better: 'higher' },
      ...(embedder.untrained === true ? [] : [cosine]),
      { metric: 'BM25', value: bm25.get(label) ?? bm25Of(database, words, label), better: 'higher' },
    ]
    return [{ ...passage, rank: at + 1, score, scores }]
  })
}

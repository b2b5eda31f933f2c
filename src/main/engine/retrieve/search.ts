/** Searching an index: vectors and words, fused, every raw value kept with its name and direction. */
import type { RetrievedPassage, Score } from '../../../shared/corpus.ts'
import { dot, normalised } from './dense.ts'
import { fuseRanks, fusion } from './fused.ts'
import { bm25Of, lexicalQuery, searchLexical } from './lexical.ts'
import type { Index } from './load.ts'
import { passagesAt } from './schema.ts'

/** Each ranking goes this deep before the two are fused. */
const depth = 100

/** The `count` best passages for the query, best first. Throws an AbortError on abort. */
export async function searchIndex(
  index: Index,
  query: string,
  count: number,
  signal?: AbortSignal,
): Promise<RetrievedPassage[]> {
  const [vector] = await index.embedder.embed([query], 'question', signal)
  if (!vector) throw new Error('internal: the embedder gave no vector for the question')
  const unit = normalised(vector)
  const { database, dense } = index
  const pool = Math.max(depth, count)
  const near = dense.search(unit, pool)
  const words = lexicalQuery(database, query, index.info.passages)
  const matches = searchLexical(database, words, pool)
  const fused = fuseRanks(
    [
      { labels: near.map(({ label }) => label), weight: fusion.dense },
      { labels: matches.map(({ label }) => label), weight: fusion.lexical },
    ],
    fusion.constant,
  ).slice(0, count)
  const passages = passagesAt(
    database,
    fused.map(({ label }) => label),
  )
  const bm25 = new Map(matches.map((match) => [match.label, match.bm25]))
  return fused.flatMap(({ label, score }, at) => {
    const passage = passages[at]
    if (!passage) return []
    const scores: Score[] = [
      { metric: 'RRF', value: score, better: 'higher' },
      { metric: 'cosine', value: dot(unit, dense.vectorOf(label)), better: 'higher' },
      { metric: 'BM25', value: bm25.get(label) ?? bm25Of(database, words, label), better: 'higher' },
    ]
    return [{ ...passage, rank: at + 1, score, scores }]
  })
}

/** Words of judging retrieval. Every interval is a 95 % bootstrap one over the queries. */
import * as z from 'zod'

const Interval = z.tuple([z.number(), z.number()])

/** How passages are ranked: by BM25, by the cosine of their vectors, or by both fused, which is what a question gets. */
export const rankingNames = ['lexical', 'dense', 'fused'] as const
export const Ranking = z.enum(rankingNames)
export type Ranking = z.infer<typeof Ranking>

/** Measures of a ranking's first `at` places, 0..1, higher is better. */
export const RankingMeasure = z.enum(['recall', 'MRR', 'nDCG'])
export type RankingMeasure = z.infer<typeof RankingMeasure>

/** One measure of one ranking: its mean over the queries. */
export const RetrievalRow = z.object({
  ranking: Ranking,
  measure: RankingMeasure,
  at: z.number().int().describe('places of the ranking that count'),
  n: z.number().int().describe('queries, the same for every row'),
  value: z.number(),
  ci: Interval,
})
export type RetrievalRow = z.infer<typeof RetrievalRow>

/** Two rankings compared query by query: `ranking` less `against`. */
export const RetrievalPair = RetrievalRow.pick({ ranking: true, measure: true, at: true, n: true }).extend({
  against: Ranking,
  difference: z.number(),
  ci: Interval,
})
export type RetrievalPair = z.infer<typeof RetrievalPair>

/** What the rankings were judged by. */
export const RetrievalSet = z.object({
  name: z.string(),
  of: z
    .enum(['document', 'passage'])
    .describe('what the judgements name; a document ranks where its best passage does'),
  queries: z.number().int(),
  relevant: z.number().int().describe('documents or passages named as relevant, by all queries together'),
  missing: z.number().int().describe('of those, not in the index: they count as not found'),
})
export type RetrievalSet = z.infer<typeof RetrievalSet>

export const RetrievalResult = z.object({
  set: RetrievalSet,
  rows: z.array(RetrievalRow),
  pairs: z.array(RetrievalPair),
})
export type RetrievalResult = z.infer<typeof RetrievalResult>

export const RetrievalInput = z.object({
  index: z.string(),
  questions: z.string().describe('BEIR folder, or jsonl file of questions that name their passages'),
  split: z.string().optional().describe('judgements of a BEIR folder: test, or the only ones'),
  recallAt: z.array(z.number().int().min(1).max(1000)).min(1).default([1, 5, 10, 100]),
  limit: z.number().int().min(1).optional().describe('queries, from the first; all when left out'),
  seed: z.number().int().default(7),
})
export type RetrievalInput = z.infer<typeof RetrievalInput>

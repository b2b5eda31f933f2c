/** From the rankings of every query to rows and paired comparisons. */
import { random } from '../../../shared/random.ts'
import {
  rankingNames,
  type Ranking,
  type RankingMeasure,
  type RetrievalInput,
  type RetrievalPair,
  type RetrievalRow,
} from '../../../shared/retrieval.ts'
import type { Query } from '../corpus/query.ts'
import { ndcgAt, recallAt, reciprocalRankAt } from '../measure/score.ts'
import { mean, meanInterval, pairedBootstrap } from '../measure/statistics.ts'

/** The ids that a query's rankings give, best first, without repeats. */
export type Ranked = { readonly query: Query; readonly ids: Readonly<Record<Ranking, readonly string[]>> }

/** Places that count for MRR and nDCG, as public baselines have them. */
export const cutoff = 10

type Measure = {
  readonly measure: RankingMeasure
  readonly at: number
  readonly of: (ids: readonly string[], grades: ReadonlyMap<string, number>) => number | null
}

function measuresOf(depths: readonly number[]): readonly Measure[] {
  return [
    { measure: 'nDCG', at: cutoff, of: (ids, grades) => ndcgAt(ids, grades, cutoff) },
    { measure: 'MRR', at: cutoff, of: (ids, grades) => reciprocalRankAt(ids, [...grades.keys()], cutoff) },
    ...[...new Set(depths)].map((at): Measure => ({
      measure: 'recall',
      at,
      of: (ids, grades) => recallAt(ids, [...grades.keys()], at),
    })),
  ]
}

/** What is compared with what: fusing should beat either alone. */
const compared: readonly (readonly [Ranking, Ranking])[] = [
  ['fused', 'lexical'],
  ['fused', 'dense'],
  ['lexical', 'dense'],
]

/** Means with intervals, and differences query by query; the draws of the bootstrap are seeded and alike for all. */
export function summarizeRetrieval(
  found: readonly Ranked[],
  { recallAt: depths, seed }: Pick<RetrievalInput, 'recallAt' | 'seed'>,
): { readonly rows: readonly RetrievalRow[]; readonly pairs: readonly RetrievalPair[] } {
  const n = found.length
  const measured = measuresOf(depths).map(({ measure, at, of }) => {
    const values = (ranking: Ranking) => found.map(({ query, ids }) => of(ids[ranking], query.grades) ?? 0)
    return { measure, at, values: { lexical: values('lexical'), dense: values('dense'), fused: values('fused') } }
  })
  return {
    rows: rankingNames.flatMap((ranking) =>
      measured.map(({ measure, at, values }): RetrievalRow => {
        const own = values[ranking]
        return { ranking, measure, at, n, value: mean(own), ci: meanInterval(own, { random: random(seed) }) }
      }),
    ),
    pairs: compared.flatMap(([ranking, against]) =>
      measured.map(({ measure, at, values }): RetrievalPair => {
        const { difference, low, high } = pairedBootstrap(values[ranking], values[against], { random: random(seed) })
        return { ranking, against, measure, at, n, difference, ci: [low, high] }
      }),
    ),
  }
}

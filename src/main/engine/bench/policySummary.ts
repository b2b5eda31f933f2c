/** From the choices that policies made to rows and paired comparisons. */
import type { Judged, PolicyInput, PolicyPair, PolicyRow } from '../../../shared/evaluate.ts'
import { random } from '../../../shared/random.ts'
import { mean, meanInterval, pairedBootstrap } from '../measure/statistics.ts'

/** What one policy chose at one p on one context, and what came of it. */
export type Choice = {
  readonly p: number
  readonly policy: Judged
  readonly chunks: number
  readonly picks: number
  readonly gold: number
  readonly precision: number
  /** Of the oracle's choice, where it is judged. */
  readonly overlap: number | null
  /** Nats a token. */
  readonly reward: number
  /** The best reward of as many chunks, where all were tried. */
  readonly best: number | null
}

export type PolicySummary = { readonly rows: readonly PolicyRow[]; readonly pairs: readonly PolicyPair[] }

const measures = ['gold', 'precision', 'reward'] as const
/** What the others are compared with, where it was asked for. */
const references = ['random', 'similarity'] as const satisfies readonly Judged[]

/** Sums up one k: `usual` are the choices on all contexts, `tried` those on small ones whose every subset was tried. */
export function summarizePolicies(
  k: number,
  { ps, policies, seed }: Pick<PolicyInput, 'ps' | 'policies' | 'seed'>,
  usual: readonly Choice[],
  tried: readonly Choice[],
): PolicySummary {
  const of = (list: readonly Choice[], p: number, policy: Judged): readonly Choice[] =>
    list.filter((choice) => choice.p === p && choice.policy === policy)
  const interval = (values: readonly number[]): [number, number] => meanInterval(values, { random: random(seed) })

  const rows = ps.flatMap((p) =>
    policies.map((policy): PolicyRow => {
      const own = of(usual, p, policy)
      const read = (field: 'chunks' | 'picks' | (typeof measures)[number]): number[] => own.map((each) => each[field])
      const overlaps = own.flatMap(({ overlap }) => (overlap === null ? [] : [overlap]))
      const regrets = of(tried, p, policy).map(({ best, reward }) => (best ?? reward) - reward)
      return {
        k,
        p,
        policy,
        n: own.length,
        chunks: mean(read('chunks')),
        picks: mean(read('picks')),
        gold: mean(read('gold')),
        goldCi: interval(read('gold')),
        precision: mean(read('precision')),
        precisionCi: interval(read('precision')),
        reward: mean(read('reward')),
        rewardCi: interval(read('reward')),
        overlap: overlaps.length > 0 ? mean(overlaps) : null,
        overlapCi: overlaps.length > 0 ? interval(overlaps) : null,
        regretN: regrets.length,
        regret: regrets.length > 0 ? mean(regrets) : null,
        regretCi: regrets.length > 0 ? interval(regrets) : null,
      }
    }),
  )

  const pairs = ps.flatMap((p) =>
    references
      .filter((against) => policies.includes(against))
      .flatMap((against) =>
        policies
          .filter((policy) => policy !== against && policy !== 'random')
          .flatMap((policy) =>
            measures.map((measure): PolicyPair => {
              const [own, other] = [policy, against].map((name) => of(usual, p, name).map((each) => each[measure]))
              const { difference, low, high } = pairedBootstrap(own ?? [], other ?? [], { random: random(seed) })
              return { k, p, measure, policy, against, n: own?.length ?? 0, difference, ci: [low, high] }
            }),
          ),
      ),
  )
  return { rows, pairs }
}

/** How a policy chooses: how sure it is, how far from where it began, how much it expands, and how its scores lie. */
import type { Score } from '../../../../shared/corpus.ts'
import type { Histogram } from '../../../../shared/train.ts'
import { mean } from '../../measure/statistics.ts'
import { firstPickDivergence, firstPickEntropy, firstPickProbabilities } from '../../sense/select.ts'
import type { Logits } from './policySampling.ts'

/** On one context, or the mean of several: entropy and divergence in nats, fraction T' / L. */
export type Choice = { readonly entropy: number; readonly divergence: number; readonly fraction: number }

/** The choice of `count` chunks on one context. */
export function choiceOf({ now, start }: Logits, count: number): Choice {
  return {
    entropy: firstPickEntropy(now),
    divergence: firstPickDivergence(now, start),
    fraction: count / now.length,
  }
}

export function meanChoice(choices: readonly Choice[]): Choice {
  return {
    entropy: mean(choices.map(({ entropy }) => entropy)),
    divergence: mean(choices.map(({ divergence }) => divergence)),
    fraction: mean(choices.map(({ fraction }) => fraction)),
  }
}

/** Told of every step and of every validation. The lower of each is the surer, the nearer, the shorter. */
export function choiceScores({ entropy, divergence, fraction }: Choice): Score[] {
  return [
    { metric: 'entropy of the first pick, nats', value: entropy, better: 'lower' },
    { metric: 'KL(now || start) of the first pick, nats', value: divergence, better: 'lower' },
    { metric: 'fraction of chunks expanded', value: fraction, better: 'lower' },
  ]
}

/** Bins an octave wide, the middle one around chance, from 1/64 of it and less to 16 times it and more. */
const octaves = { low: -6, high: 4 } as const
const edges = Array.from({ length: octaves.high - octaves.low }, (_, i) => 2 ** (octaves.low + i + 0.5))

/** The bin of a value: how many edges are at it or below. */
function binOf(value: number): number {
  return edges.filter((edge) => edge <= value).length
}

/**
 * How a policy's scores lie over contexts, chosen chunks apart from the rest. A logit has no zero of its own, and contexts differ
 * in length; the first pick's probability times the number of chunks has both: 1 is what a draw would give.
 */
export function chanceHistogram(
  contexts: readonly { readonly logits: ArrayLike<number>; readonly chosen: readonly boolean[] }[],
): Histogram {
  const counts = { expanded: edges.map(() => 0).concat(0), compressed: edges.map(() => 0).concat(0) }
  for (const { logits, chosen } of contexts)
    for (const [i, probability] of firstPickProbabilities(logits).entries()) {
      const own = counts[chosen[i] ? 'expanded' : 'compressed']
      const bin = binOf(probability * chosen.length)
      own[bin] = (own[bin] ?? 0) + 1
    }
  return {
    metric: 'probability of the first pick, times chance',
    edges,
    groups: [
      { name: 'expanded', counts: counts.expanded },
      { name: 'compressed', counts: counts.compressed },
    ],
  }
}

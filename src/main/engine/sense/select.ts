/** From scores to decisions: how many chunks are expanded, which, and what is forced by hand. */
import { Fault } from '../../../shared/fault.ts'
import type { Forced } from '../../../shared/plan.ts'
import type { Random } from '../../../shared/random.ts'

/** T' = floor(pL): how many of `chunks` chunks are expanded; Fault `p-out-of-range` unless 0 <= p <= 1. */
export function budget(p: number, chunks: number): number {
  if (!(p >= 0 && p <= 1)) throw new Fault('p-out-of-range', `p is ${p}.`)
  // In binary 0.29 · 100 falls just short of 29.
  return Math.min(chunks, Math.floor(p * chunks + 1e-9))
}

/** Marks the best `count` of the scores; ties go to the lower index. */
export function choose(scores: ArrayLike<number>, count: number, better: 'higher' | 'lower'): boolean[] {
  const list = Array.from(scores)
  if (list.some(Number.isNaN)) throw new Error('internal: a chunk score is not a number')
  const sign = better === 'higher' ? -1 : 1
  const order = list.map((_, index) => index).sort((a, b) => compare(sign * at(list, a), sign * at(list, b)) || a - b)
  const chosen = list.map(() => false)
  for (const index of order.slice(0, count)) chosen[index] = true
  return chosen
}

/**
 * What is expanded once chunks forced by hand are obeyed: they stand outside p, whatever the policy chose.
 *
 * Fault `bad-input` for a chunk that does not exist or that is forced both ways.
 */
export function applyForced(
  chosen: readonly boolean[],
  { expand, compress }: Forced,
  count: number,
): { readonly expanded: boolean[]; readonly forced: ('expand' | 'compress' | null)[] } {
  const forced = Array.from({ length: count }, (): 'expand' | 'compress' | null => null)
  for (const index of [...expand, ...compress]) {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      const range = count === 0 ? 'there are no chunks' : `chunks run from 0 to ${count - 1}`
      throw new Fault('bad-input', `Chunk ${index} cannot be forced: ${range}.`)
    }
  }
  for (const index of expand) forced[index] = 'expand'
  for (const index of compress) {
    if (forced[index] === 'expand') throw new Fault('bad-input', `Chunk ${index} is forced both ways.`)
    forced[index] = 'compress'
  }
  const expanded = forced.map((by, index) => (by === null ? (chosen[index] ?? false) : by === 'expand'))
  return { expanded, forced }
}

/** Softmax of the logits: the probability of each chunk to be picked first. */
export function firstPickProbabilities(logits: ArrayLike<number>): number[] {
  const list = Array.from(logits)
  const highest = list.reduce((a, b) => Math.max(a, b), -Infinity)
  const weights = list.map((logit) => Math.exp(logit - highest))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / whole)
}

/** How undecided the first pick is, in nats: 0 where one chunk is certain, the logarithm of their number where all are alike. */
export function firstPickEntropy(logits: ArrayLike<number>): number {
  return -firstPickProbabilities(logits).reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0)
}

/**
 * How far the first pick has moved, in nats: KL(now || start) of the distributions that two logits of the same chunks give.
 * 0 where they are the same, else above; the start's logits are to be finite.
 */
export function firstPickDivergence(now: ArrayLike<number>, start: ArrayLike<number>): number {
  const [a, b] = [Array.from(now), Array.from(start)]
  const [wholeA, wholeB] = [logSumExp(a), logSumExp(b)]
  const sum = a.reduce((total, logit, i) => {
    const logProb = logit - wholeA
    const p = Math.exp(logProb)
    return p > 0 ? total + p * (logProb - (at(b, i) - wholeB)) : total
  }, 0)
  // Of distributions that are nearly the same the sum may fall short of zero by its rounding.
  return Math.max(0, sum)
}

/**
 * Log-probability, in nats, of picking `picks` in this order without replacement.
 *
 * The logits are computed once; each pick is only masked in those that follow (pointer network).
 */
export function sequenceLogProb(logits: ArrayLike<number>, picks: readonly number[]): number {
  const left = Array.from(logits)
  let total = 0
  for (const pick of picks) {
    const logit = left[pick]
    if (logit === undefined || logit === -Infinity) throw new Error(`internal: chunk ${pick} cannot be picked`)
    total += logit - logSumExp(left)
    left[pick] = -Infinity
  }
  return total
}

/** Samples `count` different picks, in order, from the distribution whose log-probability `sequenceLogProb` gives. */
export function sampleSequence(logits: ArrayLike<number>, count: number, random: Random): number[] {
  // Sorting by logit plus Gumbel noise draws the same sequences as picking one after the other, in one pass.
  const noisy = Array.from(logits, (logit) => logit - Math.log(-Math.log(random.float())))
  const order = noisy.map((_, index) => index).sort((a, b) => compare(at(noisy, b), at(noisy, a)) || a - b)
  return order.slice(0, count)
}

function logSumExp(values: readonly number[]): number {
  const highest = values.reduce((a, b) => Math.max(a, b), -Infinity)
  return highest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - highest), 0))
}

/** Unlike a difference, right for infinities too. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function at(list: readonly number[], index: number): number {
  return list[index] ?? 0
}

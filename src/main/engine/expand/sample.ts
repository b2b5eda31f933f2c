/** One decoded token from its logits: greedy or drawn, with what the model thought of it. */
import type { Random } from '../../../shared/random.ts'

/** `temperature` 0 is greedy, `topP` 1 and `topK` 0 are off; the top-k cut comes before the top-p cut. */
export type Sampling = { readonly temperature: number; readonly topP: number; readonly topK: number }

/** A drawn token. Log-probabilities (nats) and entropy are those of the model, before temperature and cuts. */
export type Sample = {
  readonly id: number
  readonly logProb: number
  readonly entropy: number
  /** The five most probable tokens, best first, whether drawn or not. */
  readonly alternatives: readonly { readonly id: number; readonly logProb: number }[]
}

const alternativeCount = 5

/** Draws a token from logits [V]; at temperature 0 the most probable one, ties by the lower id. */
export function sampleToken(logits: Float32Array, sampling: Sampling, random: Random): Sample {
  return sampleOf(logits, (best) => (sampling.temperature > 0 ? draw(logits, sampling, random) : best))
}

/** A token that was given, with what the model thought of it; nothing is drawn. */
export function givenToken(logits: Float32Array, id: number): Sample {
  return sampleOf(logits, () => id)
}

function sampleOf(logits: Float32Array, pick: (best: number) => number): Sample {
  const { best, logSumExp, entropy } = measure(logits)
  const logProb = (id: number) => (logits[id] ?? -Infinity) - logSumExp
  const id = pick(best[0] ?? 0)
  return {
    id,
    logProb: logProb(id),
    entropy,
    alternatives: best.map((other) => ({ id: other, logProb: logProb(other) })),
  }
}

/** One pass: the best ids, the log of the partition sum, the entropy; sums are kept relative to the highest so far. */
function measure(logits: Float32Array): { best: number[]; logSumExp: number; entropy: number } {
  const best: number[] = []
  let highest = -Infinity
  let worstBest = -Infinity
  let sum = 0
  let slope = 0
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] ?? 0
    if (logit === -Infinity) continue
    if (logit > highest) {
      const shrink = Math.exp(highest - logit)
      slope = sum === 0 ? 0 : (slope + sum * (highest - logit)) * shrink
      sum = sum * shrink + 1
      highest = logit
    } else {
      const weight = Math.exp(logit - highest)
      sum += weight
      slope += weight * (logit - highest)
    }
    if (best.length < alternativeCount || logit > worstBest) {
      insert(best, id, logits)
      worstBest = logits[best.at(-1) ?? 0] ?? 0
    }
  }
  const logSumExp = highest + Math.log(sum)
  if (!Number.isFinite(logSumExp)) throw new Error('internal: the logits are not all finite numbers')
  return { best, logSumExp, entropy: Math.max(0, Math.log(sum) - slope / sum) }
}

function insert(best: number[], id: number, logits: Float32Array): void {
  const value = logits[id] ?? 0
  let place = best.length
  while (place > 0 && (logits[best[place - 1] ?? 0] ?? 0) < value) place--
  best.splice(place, 0, id)
  if (best.length > alternativeCount) best.pop()
}

function draw(logits: Float32Array, { temperature, topP, topK }: Sampling, random: Random): number {
  const weights = weigh(logits, temperature)
  if (topK > 0 && topK < logits.length) keepTop(weights, topK)
  if (topP < 1) keepNucleus(weights, topP)
  let left = random.float() * total(weights)
  let last = 0
  for (let id = 0; id < weights.length; id++) {
    const weight = weights[id] ?? 0
    if (weight === 0) continue
    last = id
    left -= weight
    if (left < 0) return id
  }
  // Rounding can leave a crumb after the last token.
  return last
}

/** Probabilities at a temperature, times a common factor. */
function weigh(logits: Float32Array, temperature: number): Float64Array {
  let highest = -Infinity
  for (const logit of logits) if (logit > highest) highest = logit
  const weights = new Float64Array(logits.length)
  for (let id = 0; id < weights.length; id++) weights[id] = Math.exp(((logits[id] ?? 0) - highest) / temperature)
  return weights
}

function total(weights: Float64Array): number {
  let sum = 0
  for (const weight of weights) sum += weight
  return sum
}

/** Zeroes all weights but the `count` highest, ties by the lower id. */
function keepTop(weights: Float64Array, count: number): void {
  const threshold = weights.toSorted()[weights.length - count] ?? 0
  let ties = count
  for (const weight of weights) if (weight > threshold) ties--
  for (let id = 0; id < weights.length; id++) {
    const weight = weights[id] ?? 0
    if (weight < threshold || (weight === threshold && ties-- <= 0)) weights[id] = 0
  }
}

/** Zeroes all weights but the smallest set of the highest that holds `share` of their sum; one is always kept. */
function keepNucleus(weights: Float64Array, share: number): void {
  const whole = total(weights)
  // All weights below this together hold less than the rest of the share, so none of them can be in the set.
  const negligible = (whole * (1 - share)) / weights.length
  const likely: number[] = []
  for (let id = 0; id < weights.length; id++) if ((weights[id] ?? 0) >= negligible) likely.push(id)
  likely.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b)
  const kept = new Float64Array(weights.length)
  let held = 0
  for (const id of likely) {
    const weight = weights[id] ?? 0
    kept[id] = weight
    held += weight
    if (held >= share * whole) break
  }
  weights.set(kept)
}

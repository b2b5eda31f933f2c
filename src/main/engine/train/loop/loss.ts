/** Losses, as graph values. */
import type { Builder } from '../../graph/build.ts'
import { mul, sum } from '../../graph/express.ts'
import type { Value } from '../../graph/value.ts'

/**
 * Log-probabilities [rows, 1] of the target ids [rows, 1] under logits [rows, vocabulary], in nats.
 */
export function targetLogProbs(g: Builder, logits: Value, targets: Value): Value {
  const logs = g.add('LogSoftmax', [logits], { axis: -1 })
  return g.add('GatherElements', [logs, targets], { axis: -1 })
}

/** Weighted negative log-likelihood, a scalar: weights [rows, 1] that sum to one make it a mean. */
export function negativeLogLikelihood(g: Builder, logProbs: Value, weights: Value): Value {
  return g.add('Neg', [sum(g, mul(g, logProbs, weights), [0, 1], false)], {})
}

/** The pointer policy (paper A.1): a small transformer over chunk embeddings, one logit a chunk. */
import type { Builder } from '../graph/build.ts'
import { add, mul, reshape } from '../graph/express.ts'
import type { Dim, Value } from '../graph/value.ts'
import { bidirectionalLayer, linear, norm } from './bidirectional.ts'
import { encodedWidth, type EncoderConfig, type PolicyConfig } from './config.ts'

/** The paper's policy sees the chunks alone; the query-aware one the question's own chunks before them. */
export const policyKinds = ['policy', 'policyQuery'] as const
export type PolicyKind = (typeof policyKinds)[number]

/**
 * What the policy reads: encoder outputs [batch * length, queries * hidden]. For the query-aware kind `asking`
 * [batch * length, 1] is 1 at the question's own chunks. `mask` [batch, 1, 1, length] hides padding.
 */
export type PolicyInput = {
  readonly rows: Value
  readonly asking: Value | null
  readonly mask: Value | null
  readonly batch: number
  readonly length: Dim
}

/** Logits [batch, length]; those of the question's chunks mean nothing. */
export function policy(
  g: Builder,
  kind: PolicyKind,
  config: PolicyConfig,
  encoder: EncoderConfig,
  input: PolicyInput,
): Value {
  const { hidden, epsilon } = config
  const width = encodedWidth(encoder)
  const { batch, length } = input
  let x = linear(g, `${kind}.in`, norm(g, `${kind}.first`, input.rows, width, epsilon), width, hidden)
  if (input.asking) x = add(g, x, mul(g, input.asking, g.param(`${kind}.asks`, [hidden])))
  for (let layer = 0; layer < config.layers; layer++)
    x = bidirectionalLayer(g, `${kind}.layers.${layer}`, x, { ...config, batch, length }, input.mask)
  return reshape(g, linear(g, `${kind}.out`, norm(g, `${kind}.last`, x, hidden, epsilon), hidden, 1), [batch, length])
}

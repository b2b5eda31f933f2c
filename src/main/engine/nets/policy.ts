/** The pointer policy (paper A.1): a small transformer over chunk embeddings, one logit a chunk. */
import type { Builder } from '../graph/build.ts'
import { add, concat, reshape } from '../graph/express.ts'
import type { Dim, Value } from '../graph/value.ts'
import { bidirectionalLayer, linear, norm } from './bidirectional.ts'
import { encodedWidth, type EncoderConfig, type PolicyConfig } from './config.ts'

/** The paper's policy sees the chunks alone; the query-aware one the question's own chunks before them. */
export const policyKinds = ['policy', 'policyQuery'] as const
export type PolicyKind = (typeof policyKinds)[number]

/**
 * Logits [chunks] of encoder outputs [chunks, queries * hidden]. For the query-aware kind `question`
 * [questionChunks, queries * hidden] stands first and gets no logit; `mask` [1, 1, 1, all rows] hides padding.
 */
export function policy(
  g: Builder,
  kind: PolicyKind,
  config: PolicyConfig,
  encoderConfig: EncoderConfig,
  input: { readonly chunks: Value; readonly question: Value | null; readonly mask: Value | null; readonly length: Dim },
): Value {
  const { hidden, epsilon } = config
  const enter = (value: Value): Value =>
    linear(
      g,
      `${kind}.in`,
      norm(g, `${kind}.first`, value, encodedWidth(encoderConfig), epsilon),
      encodedWidth(encoderConfig),
      hidden,
    )
  const own = enter(input.chunks)
  let x = input.question ? concat(g, [add(g, enter(input.question), g.param(`${kind}.asks`, [hidden])), own], 0) : own
  const length = x.shape[0] ?? input.length
  for (let layer = 0; layer < config.layers; layer++)
    x = bidirectionalLayer(g, `${kind}.layers.${layer}`, x, { ...config, batch: 1, length }, input.mask)
  const scores = linear(g, `${kind}.out`, norm(g, `${kind}.last`, x, hidden, epsilon), hidden, 1)
  return reshape(g, scores, [length])
}

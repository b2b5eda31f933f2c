/** The warm start of a policy: before any reward, it is shown which chunks hold the answers. */
import type { Builder } from '../../graph/build.ts'
import { add, mul, reshape, sum } from '../../graph/express.ts'
import { live } from '../../graph/run.ts'
import { floats, type Value } from '../../graph/value.ts'
import { encodedWidth, type EncoderConfig, type PolicyConfig } from '../../nets/config.ts'
import { policy, type PolicyKind } from '../../nets/policy.ts'
import type { Parts } from '../../parts.ts'
import { readContext, type Context } from './contexts.ts'

/** The static shape: contexts a step, rows of each (question's chunks and padding included). */
export type WarmShape = { readonly contexts: number; readonly rows: number }

/** Cross-entropy of the first pick against the chunks that hold answers, all alike. */
export function warmLoss(
  g: Builder,
  kind: PolicyKind,
  config: PolicyConfig,
  encoder: EncoderConfig,
  shape: WarmShape,
): { readonly loss: Value } {
  const { contexts, rows } = shape
  const input = g.input('rows', 'float32', [contexts * rows, encodedWidth(encoder)])
  const asking = kind === 'policyQuery' ? g.input('asking', 'float32', [contexts * rows, 1]) : null
  const mask = g.input('mask', 'float32', [contexts, 1, 1, rows])
  const free = g.input('free', 'float32', [contexts, rows])
  const logits = policy(g, kind, config, encoder, { rows: input, asking, mask, batch: contexts, length: rows })
  const logs = g.add('LogSoftmax', [add(g, reshape(g, logits, [contexts, rows]), free)], { axis: -1 })
  return { loss: g.add('Neg', [sum(g, mul(g, logs, g.input('held', 'float32', [contexts, rows])), [0, 1], false)], {}) }
}

/** A context, and the chunks that a policy is shown to be the ones to pick. */
export type Shown = { readonly context: Context; readonly k: number; readonly pick: readonly number[] }

/** Draws a step's feeds: weights of the chunks to pick sum to one over the step. */
export async function warmFeeds(parts: Parts, kind: PolicyKind, shape: WarmShape, draw: () => Shown | Promise<Shown>) {
  const { contexts, rows } = shape
  const width = encodedWidth(parts.config.encoder)
  const hidden = -1e9
  const input = new Float32Array(contexts * rows * width)
  const asking = new Float32Array(contexts * rows)
  const [mask, free, held] = [
    new Float32Array(contexts * rows).fill(hidden),
    new Float32Array(contexts * rows).fill(hidden),
    new Float32Array(contexts * rows),
  ]
  for (let c = 0; c < contexts;) {
    const { context, k, pick } = await draw()
    const read = await readContext(parts, kind, context, k)
    if (read.rows.length > rows) continue
    read.rows.forEach((row, i) => input.set(row, (c * rows + i) * width))
    asking.fill(1, c * rows, c * rows + read.asked)
    mask.fill(0, c * rows, c * rows + read.rows.length)
    free.fill(0, c * rows + read.asked, c * rows + read.rows.length)
    for (const chunk of pick) held[c * rows + read.asked + chunk] = 1 / (contexts * pick.length)
    c++
  }
  const at = [contexts, rows]
  return {
    rows: live(floats([contexts * rows, width], input)),
    ...(kind === 'policyQuery' ? { asking: live(floats([contexts * rows, 1], asking)) } : {}),
    mask: live(floats([contexts, 1, 1, rows], mask)),
    free: live(floats(at, free)),
    held: live(floats(at, held)),
  }
}

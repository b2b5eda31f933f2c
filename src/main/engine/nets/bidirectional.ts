/** The bidirectional transformer layer that the chunk encoder, the policy and the embedder share. */
import type { Builder } from '../graph/build.ts'
import { add, gelu, layerNorm, matmul, split } from '../graph/express.ts'
import type { Value } from '../graph/value.ts'
import { openAttention } from './attention.ts'

type Sizes = {
  readonly hidden: number
  readonly heads: number
  readonly feedForward: number
  readonly epsilon: number
  readonly batch: number | string
  readonly length: number | string
}

/** Layer normalisation with weights named under `name`. */
export function norm(g: Builder, name: string, x: Value, hidden: number, epsilon: number): Value {
  return layerNorm(g, x, g.param(`${name}.gain`, [hidden]), g.param(`${name}.shift`, [hidden]), epsilon)
}

/** A matrix and a shift named under `name`. */
export function linear(g: Builder, name: string, x: Value, from: number, to: number): Value {
  return add(g, matmul(g, x, g.param(`${name}.weight`, [from, to])), g.param(`${name}.shift`, [to]))
}

/** Rows [batch * length, hidden] to the same, every position seeing all of its sequence. */
export function bidirectionalLayer(g: Builder, name: string, x: Value, at: Sizes, mask: Value | null): Value {
  const { hidden, heads, feedForward, epsilon } = at
  const h = norm(g, `${name}.attention`, x, hidden, epsilon)
  const [q, k, v] = split(g, linear(g, `${name}.attention.qkv`, h, hidden, 3 * hidden), [hidden, hidden, hidden], -1)
  const mixed = openAttention(
    g,
    { batch: at.batch, length: at.length, heads, headDim: hidden / heads },
    q as Value,
    k as Value,
    v as Value,
    mask,
  )
  const y = add(g, x, linear(g, `${name}.attention.out`, mixed, hidden, hidden))
  const m = norm(g, `${name}.feedForward`, y, hidden, epsilon)
  const inner = gelu(g, linear(g, `${name}.feedForward.in`, m, hidden, feedForward))
  return add(g, y, linear(g, `${name}.feedForward.out`, inner, feedForward, hidden))
}

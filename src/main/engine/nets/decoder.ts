/** The decoder, written once: from rows of embeddings to hidden states, whichever way attention is carried out. */
import type { Builder } from '../graph/build.ts'
import { add, matmul, matmulWith, mul, rmsNorm, silu, split } from '../graph/express.ts'
import type { Value } from '../graph/value.ts'
import type { DecoderConfig } from './config.ts'

/** Attention over one layer: queries, keys and values [rows, heads * headDim] in, [rows, heads * headDim] out. */
export type Attend = (layer: number, q: Value, k: Value, v: Value) => Value

/** The token embeddings [vocabulary, hidden]; tied, so also the last product. */
export function tokenTable(g: Builder, config: DecoderConfig): Value {
  return g.param('decoder.embedding', [config.vocabulary, config.hidden])
}

/** Hidden states [rows, hidden] of embeddings [rows, hidden], after the last normalisation. */
export function decoder(g: Builder, config: DecoderConfig, rows: Value, attend: Attend): Value {
  const { hidden, heads, kvHeads, headDim, feedForward, epsilon } = config
  const [qWidth, kvWidth] = [heads * headDim, kvHeads * headDim]
  let x = rows
  for (let layer = 0; layer < config.layers; layer++) {
    g.cut()
    const weight = (name: string, shape: readonly number[]): Value => g.param(`decoder.layers.${layer}.${name}`, shape)
    const h = rmsNorm(g, x, weight('attention.gain', [hidden]), epsilon)
    const [q, k, v] = split(
      g,
      matmul(g, h, weight('attention.qkv', [hidden, qWidth + 2 * kvWidth])),
      [qWidth, kvWidth, kvWidth],
      -1,
    )
    const mixed = attend(layer, q as Value, k as Value, v as Value)
    x = add(g, x, matmul(g, mixed, weight('attention.out', [qWidth, hidden])))

    const m = rmsNorm(g, x, weight('feedForward.gain', [hidden]), epsilon)
    const gate = matmul(g, m, weight('feedForward.gate', [hidden, feedForward]))
    const up = matmul(g, m, weight('feedForward.up', [hidden, feedForward]))
    x = add(g, x, matmul(g, mul(g, silu(g, gate), up), weight('feedForward.down', [feedForward, hidden])))
  }
  g.cut()
  return rmsNorm(g, x, g.param('decoder.gain', [hidden]), epsilon)
}

/** Logits [rows, vocabulary] of hidden states [rows, hidden]. */
export function logits(g: Builder, config: DecoderConfig, states: Value): Value {
  return matmulWith(g, states, tokenTable(g, config), { transB: true })
}

/** The two ways the decoder attends: over its KV cache in place, and over a whole batch in plain operators. */
import type { Builder } from '../graph/build.ts'
import { add, matmul, matmulWith, reshape, softmax, transpose } from '../graph/express.ts'
import { floats, longs, type Value } from '../graph/value.ts'
import type { DecoderConfig } from './config.ts'
import type { Attend } from './decoder.ts'
import { rotaryTables } from './rotary.ts'

/** What stands for "may not look": large enough for exp to give 0, small enough to stay finite. */
const hiddenScore = -1e9

/**
 * Sequences of one length against their KV caches, `batch` of them, one behind the other in the rows. The cache tensors
 * [batch, kvHeads, capacity, headDim] are inputs `past.key.N`, `past.value.N` and outputs `present.…`; fed the same buffer as
 * both, the operator writes in place.
 */
export function cachedAttention(g: Builder, config: DecoderConfig, batch = 1): Attend {
  const { heads, kvHeads, headDim, window } = config
  const last = g.input('lastPosition', 'int32', [batch])
  const total = g.input('totalPositions', 'int32', [1])
  const { cos, sin } = rotaryTables(g, { positions: window, headDim, theta: config.ropeTheta })
  return (layer, q, k, v) => {
    const cache = (name: string): Value =>
      g.input(`past.${name}.${layer}`, 'float32', [batch, kvHeads, 'capacity', headDim])
    const rows = q.shape[0] ?? 'rows'
    const each = batch === 1 ? rows : 'each'
    const flat = (value: Value, width: number): Value => reshape(g, value, [batch, each, width])
    const [mixed, key, value] = g.addAll(
      'GroupQueryAttention',
      [
        flat(q, heads * headDim),
        flat(k, kvHeads * headDim),
        flat(v, kvHeads * headDim),
        cache('key'),
        cache('value'),
        last,
        total,
        cos,
        sin,
      ],
      { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0, scale: 1 / Math.sqrt(headDim) },
    )
    g.output(`present.key.${layer}`, key as Value)
    g.output(`present.value.${layer}`, value as Value)
    return reshape(g, mixed as Value, [rows, heads * headDim])
  }
}

/**
 * A batch of whole sequences [batch * length rows], causal, differentiable. Positions count from 0, or are the input
 * `positions` [batch, length], below `reach`, where that is given.
 */
export function batchAttention(
  g: Builder,
  config: DecoderConfig,
  batch: number,
  length: number,
  reach?: number,
): Attend {
  const { heads, kvHeads, headDim } = config
  const group = heads / kvHeads
  const { cos, sin } = rotaryTables(g, { positions: reach ?? length, headDim, theta: config.ropeTheta })
  const counted = Array.from({ length: batch * length }, (_, i) => i % length)
  const positions =
    reach === undefined ? g.constant(longs([batch, length], counted)) : g.input('positions', 'int64', [batch, length])
  const causal = g.constant(
    floats(
      [group * length, length],
      Float32Array.from({ length: group * length * length }, (_, i) =>
        i % length > Math.floor(i / length) % length ? hiddenScore : 0,
      ),
    ),
  )
  const turn = (value: Value, count: number): Value => {
    const rows = reshape(g, value, [batch, length, count * headDim])
    return g.add('RotaryEmbedding', [rows, positions, cos, sin], {
      num_heads: count,
      interleaved: 0,
      rotary_embedding_dim: 0,
    })
  }
  const byHead = (value: Value, count: number): Value =>
    transpose(g, reshape(g, value, [batch, length, count, headDim]), [0, 2, 1, 3])
  return (_, q, k, v) => {
    // The query heads that share a key head are stacked as rows, so no key is copied.
    const queries = reshape(g, byHead(turn(q, heads), heads), [batch, kvHeads, group * length, headDim])
    const scores = matmulWith(g, queries, byHead(turn(k, kvHeads), kvHeads), {
      transB: true,
      alpha: 1 / Math.sqrt(headDim),
    })
    const mixed = matmul(g, softmax(g, add(g, scores, causal)), byHead(v, kvHeads))
    const joined = transpose(g, reshape(g, mixed, [batch, heads, length, headDim]), [0, 2, 1, 3])
    return reshape(g, joined, [batch * length, heads * headDim])
  }
}

/**
 * Bidirectional attention of [batch, length] sequences; `mask` [batch, 1, 1, length] is added to the scores.
 * Either size may be a name, not both.
 */
export function openAttention(
  g: Builder,
  at: {
    readonly batch: number | string
    readonly length: number | string
    readonly heads: number
    readonly headDim: number
  },
  q: Value,
  k: Value,
  v: Value,
  mask: Value | null,
): Value {
  const byHead = (value: Value): Value =>
    transpose(g, reshape(g, value, [at.batch, at.length, at.heads, at.headDim]), [0, 2, 1, 3])
  const scores = matmulWith(g, byHead(q), byHead(k), { transB: true, alpha: 1 / Math.sqrt(at.headDim) })
  const mixed = matmul(g, softmax(g, mask ? add(g, scores, mask) : scores), byHead(v))
  return reshape(g, transpose(g, mixed, [0, 2, 1, 3]), [q.shape[0] ?? 'rows', at.heads * at.headDim])
}

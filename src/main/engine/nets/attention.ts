/** The two ways the decoder attends: over its KV cache in place, and over a whole batch in plain operators. */
import type { Builder } from '../graph/build.ts'
import { add, matmul, matmulWith, reshape, softmax, transpose } from '../graph/express.ts'
import { floats, longs, type Value } from '../graph/value.ts'
import { cachedWidth, scoreScale, type DecoderConfig } from './config.ts'
import type { Attend } from './decoder.ts'
import { cacheTables, rotaryTables } from './rotary.ts'

/** What stands for "may not look": large enough for exp to give 0, small enough to stay finite. */
const hiddenScore = -1e9

/**
 * Sequences of one length against their KV caches, `batch` of them, one behind the other in the rows. The cache tensors
 * [batch, kvHeads, capacity, cachedWidth] are inputs `past.key.N`, `past.value.N` and outputs `present.…`; fed the same buffer as
 * both, the operator writes in place. Where positions are learned, or turned apart from the operator, they are the input
 * `rowPositions` [batch, rows of each].
 */
export function cachedAttention(g: Builder, config: DecoderConfig, batch = 1): Attend {
  const { heads, kvHeads, headDim } = config
  const last = g.input('lastPosition', 'int32', [batch])
  const total = g.input('totalPositions', 'int32', [1])
  const tables = config.positions === 'learned' ? null : cacheTables(g, config)
  // The operator turns heads of whole 16 numbers alone.
  const turnsItself = tables !== null && headDim % 16 === 0
  const each = batch === 1 ? 'positions' : 'each'
  const width = cachedWidth(config)
  const places = once(() => g.input('rowPositions', 'int64', [batch, each]))
  return {
    positions: () => reshape(g, places(), ['positions']),
    mix: (layer, q, k, v) => {
      const cache = (name: string): Value =>
        g.input(`past.${name}.${layer}`, 'float32', [batch, kvHeads, 'capacity', width])
      const rows = q.shape[0] ?? 'rows'
      const length = batch === 1 ? rows : each
      const flat = (value: Value, count: number): Value => reshape(g, value, [batch, length, count * headDim])
      const turned = (value: Value, count: number): Value =>
        tables === null || turnsItself ? flat(value, count) : turn(g, flat(value, count), places(), tables, count)
      const filled = (value: Value, count: number): Value =>
        width === headDim
          ? value
          : reshape(g, resized(g, reshape(g, value, [batch, length, count, headDim]), headDim, width), [
              batch,
              length,
              count * width,
            ])
      const window = slidingWindow(config, layer)
      const [mixed, key, value] = g.addAll(
        'GroupQueryAttention',
        [
          filled(turned(q, heads), heads),
          filled(turned(k, kvHeads), kvHeads),
          filled(flat(v, kvHeads), kvHeads),
          cache('key'),
          cache('value'),
          last,
          total,
          turnsItself ? tables.cos : null,
          turnsItself ? tables.sin : null,
        ],
        {
          num_heads: heads,
          kv_num_heads: kvHeads,
          do_rotary: turnsItself ? 1 : 0,
          rotary_interleaved: 0,
          scale: scoreScale(config, layer),
          ...(window === null ? {} : { local_window_size: window }),
        },
      )
      g.output(`present.key.${layer}`, key as Value)
      g.output(`present.value.${layer}`, value as Value)
      const own =
        width === headDim ? mixed : resized(g, reshape(g, mixed as Value, [rows, heads, width]), width, headDim)
      return reshape(g, own as Value, [rows, heads * headDim])
    },
  }
}

/** The last axis filled up with zeros, or cut: a product with ones on the diagonal, exact and known to every device. */
export function resized(g: Builder, x: Value, from: number, to: number): Value {
  const ones = Float32Array.from({ length: from * to }, (_, i) => (Math.floor(i / to) === i % to ? 1 : 0))
  return matmul(g, x, g.constant(floats([from, to], ones)))
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
  const tables = config.positions === 'learned' ? null : rotaryTables(g, config, reach ?? length)
  const counted = Array.from({ length: batch * length }, (_, i) => i % length)
  const places =
    reach === undefined ? g.constant(longs([batch, length], counted)) : g.input('positions', 'int64', [batch, length])
  /** Hides what comes after a row, and what lies further back than `window`. */
  const hide = (window: number | null): Value =>
    g.constant(
      floats(
        [group * length, length],
        Float32Array.from({ length: group * length * length }, (_, i) => {
          const [row, column] = [Math.floor(i / length) % length, i % length]
          return column > row || (window !== null && column <= row - window) ? hiddenScore : 0
        }),
      ),
    )
  const causal = hide(null)
  const near = once(() => hide(config.sliding?.window ?? null))
  const turned = (value: Value, count: number): Value => {
    const rows = reshape(g, value, [batch, length, count * headDim])
    return tables === null ? rows : turn(g, rows, places, tables, count)
  }
  const byHead = (value: Value, count: number): Value =>
    transpose(g, reshape(g, value, [batch, length, count, headDim]), [0, 2, 1, 3])
  return {
    positions: () => reshape(g, places, [batch * length]),
    mix: (layer, q, k, v) => {
      // The query heads that share a key head are stacked as rows, so no key is copied.
      const queries = reshape(g, byHead(turned(q, heads), heads), [batch, kvHeads, group * length, headDim])
      const scores = matmulWith(g, queries, byHead(turned(k, kvHeads), kvHeads), {
        transB: true,
        alpha: scoreScale(config, layer),
      })
      const mask = slidingWindow(config, layer) === null ? causal : near()
      const mixed = matmul(g, softmax(g, add(g, scores, mask)), byHead(v, kvHeads))
      const joined = transpose(g, reshape(g, mixed, [batch, heads, length, headDim]), [0, 2, 1, 3])
      return reshape(g, joined, [batch * length, heads * headDim])
    },
  }
}

/** How many of the last positions a layer looks at, the own one among them; null where it looks at all. */
export function slidingWindow({ sliding }: DecoderConfig, layer: number): number | null {
  return sliding && (sliding.layers?.includes(layer) ?? true) ? sliding.window : null
}

/** Turns `count` heads of rows [batch, length, count * headDim] by their positions [batch, length]. */
export function turn(
  g: Builder,
  rows: Value,
  positions: Value,
  { cos, sin }: { readonly cos: Value; readonly sin: Value },
  count: number,
): Value {
  return g.add('RotaryEmbedding', [rows, positions, cos, sin], {
    num_heads: count,
    interleaved: 0,
    rotary_embedding_dim: 0,
  })
}

/** Makes a value when it is first asked for. */
function once(make: () => Value): () => Value {
  let made: Value | null = null
  return () => (made ??= make())
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

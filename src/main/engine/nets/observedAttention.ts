/** The third way the decoder attends: a few rows behind its KV cache in plain operators, so that the attention itself can be read. */
import type { Builder } from '../graph/build.ts'
import { add, concat, matmul, matmulWith, reshape, softmax, transpose } from '../graph/express.ts'
import type { Value } from '../graph/value.ts'
import { cachedWidth, scoreScale, type DecoderConfig } from './config.ts'
import type { Attend } from './decoder.ts'
import { resized, slidingWindow, turn } from './attention.ts'
import { cacheTables } from './rotary.ts'

/**
 * Rows [positions, …] at `rowPositions` [1, positions] against the cache `past.key.N`, `past.value.N` [1, kvHeads, capacity, cachedWidth],
 * which is only read. `mask` [queries, seen] hides what a row may not look at; queries are heads a key head serves times positions,
 * head after head, seen is capacity + positions; `nearMask` is that of layers with a sliding window. `weighed()` is the attention [1, heads · positions · seen → 1, rest] of all layers,
 * weighted by `headWeights.N` [1, heads] and added up: weights that sum to one give a mean.
 */
export function observedAttention(
  g: Builder,
  config: DecoderConfig,
): { readonly attend: Attend; readonly weighed: () => Value } {
  const { heads, kvHeads, headDim } = config
  const seen = 'capacity+positions'
  const at = g.input('rowPositions', 'int64', [1, 'positions'])
  const mask = g.input('mask', 'float32', ['queries', seen])
  const tables = config.positions === 'learned' ? null : cacheTables(g, config)
  const nearMask = config.sliding === undefined ? mask : g.input('nearMask', 'float32', ['queries', seen])
  const turned = (value: Value, count: number): Value => {
    const rows = reshape(g, value, [1, 'positions', count * headDim])
    return tables === null ? rows : turn(g, rows, at, tables, count)
  }
  const byHead = (value: Value, count: number): Value =>
    transpose(g, reshape(g, value, [1, 'positions', count, headDim]), [0, 2, 1, 3])
  const width = cachedWidth(config)
  let whole: Value | null = null
  return {
    attend: {
      positions: () => reshape(g, at, ['positions']),
      mix: (layer, q, k, v) => {
        const cached = (name: string): Value => {
          const kept = g.input(`past.${name}.${layer}`, 'float32', [1, kvHeads, 'capacity', width])
          return width === headDim ? kept : resized(g, kept, width, headDim)
        }
        const keys = concat(g, [cached('key'), byHead(turned(k, kvHeads), kvHeads)], 2)
        const values = concat(g, [cached('value'), byHead(v, kvHeads)], 2)
        // The query heads that share a key head are stacked as rows, as in a batch.
        const queries = reshape(g, byHead(turned(q, heads), heads), [1, kvHeads, 'queries', headDim])
        const scores = matmulWith(g, queries, keys, { transB: true, alpha: scoreScale(config, layer) })
        const attention = softmax(g, add(g, scores, slidingWindow(config, layer) === null ? mask : nearMask))
        const weights = g.input(`headWeights.${layer}`, 'float32', [1, heads])
        const own = matmul(g, weights, reshape(g, attention, [heads, 'rest']))
        whole = whole === null ? own : add(g, whole, own)
        const joined = transpose(
          g,
          reshape(g, matmul(g, attention, values), [1, heads, 'positions', headDim]),
          [0, 2, 1, 3],
        )
        return reshape(g, joined, ['positions', heads * headDim])
      },
    },
    weighed: () => {
      if (whole === null) throw new Error('internal: no layer has attended')
      return whole
    },
  }
}

/** Where the decoder looks: attention of rows behind its KV cache, averaged over layers and heads, added up by what stands where. */
import type { WeightName } from '../../../shared/deviceNames.ts'
import { startGraph } from '../graph/build.ts'
import { live, numbers, openSession, type Live, type RunOn } from '../graph/run.ts'
import { keepSessions } from '../graph/sessions.ts'
import { floats, longs, type BoundWeights } from '../graph/value.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { decoder as decoderNet, logits } from '../nets/decoder.ts'
import { overHalves } from '../nets/halved.ts'
import { observedAttention } from '../nets/observedAttention.ts'
import { turnsAreFed, turnsOf } from '../nets/rotary.ts'
import type { Decoder } from './decoder.ts'

const hiddenScore = -1e9

export type Attention = {
  /**
   * Attention of `rows` [n, hidden] at the positions behind the decoder's cache, which stays as it is: [n, groups], each row adding
   * up to 1. `groups.of` names the group of every position, those of the rows included.
   */
  readonly mass: (
    decoder: Decoder,
    rows: Float32Array,
    groups: { readonly of: ArrayLike<number>; readonly count: number },
    over: { readonly layers: readonly number[]; readonly heads: readonly number[] },
  ) => Promise<Observed>
  readonly close: () => Promise<void>
}

/** `logits` [n, vocabulary] are those that the decoder itself gives for the same rows. */
export type Observed = { readonly mass: readonly Float64Array[]; readonly logits: Float32Array }

/** The decoder in f32 as a scoring graph whose attention is a result; the cache that it reads is of the decoder's own `format`. */
export function attentionGraph(config: DecoderConfig, format: WeightName = 'f32') {
  const plain = startGraph('decoder, attention observed')
  const g = format === 'f16' ? overHalves(plain) : plain
  const rows = g.input('rows', 'float32', ['positions', config.hidden])
  const { attend, weighed } = observedAttention(g, config)
  g.output('logits', logits(g, config, decoderNet(g, config, rows, attend)))
  g.output('attention', weighed())
  return g.finish()
}

/** Opens on first use. */
export function openAttention(
  config: DecoderConfig,
  weights: BoundWeights,
  { format, ...options }: RunOn & { readonly format?: WeightName },
): Attention {
  const sessions = keepSessions<'attention'>(() => openSession(attentionGraph(config, format), weights, options))
  const group = config.heads / config.kvHeads

  return {
    async mass(decoder, rows, groups, over) {
      const session = await sessions.get('attention')
      const count = rows.length / config.hidden
      const before = decoder.length()
      const cache = decoder.cache()
      const capacity = cache[0]?.[1].dims[2] ?? 0
      const seen = capacity + count
      const positions = Array.from({ length: count }, (_, i) => before + i)
      const feeds: Record<string, Live> = {
        rows: live(floats([count, config.hidden], rows)),
        rowPositions: live(longs([1, count], positions)),
        mask: live(floats([group * count, seen], causal(group * count, count, before, capacity))),
      }
      if (config.sliding)
        feeds.nearMask = live(
          floats([group * count, seen], causal(group * count, count, before, capacity, config.sliding.window)),
        )
      if (turnsAreFed(config)) {
        const reach = before + count
        const { cos, sin } = turnsOf(config, { from: 0, to: reach, reach })
        feeds.cos = live(floats([reach, config.headDim / 2], cos))
        feeds.sin = live(floats([reach, config.headDim / 2], sin))
      }
      for (const [name, buffer] of cache) feeds[`past.${name}`] = buffer
      for (let layer = 0; layer < config.layers; layer++)
        feeds[`headWeights.${layer}`] = live(floats([1, config.heads], headWeights(config, layer, over)))
      const found = await session.run(feeds)
      const attention = numbers(found.attention)
      const placeOf = (position: number): number => (position < before ? position : capacity + position - before)
      const mass = positions.map((last, row) => {
        const sums = new Float64Array(groups.count)
        for (let position = 0; position <= last; position++) {
          const at = groups.of[position] as number
          sums[at] = (sums[at] as number) + (attention[row * seen + placeOf(position)] as number)
        }
        return sums
      })
      return { mass, logits: numbers(found.logits) }
    },
    close: () => sessions.close(),
  }
}

/** Hides from each row what the cache has room for but does not hold, the rows after it, and what lies further back than `window`. */
function causal(queries: number, count: number, before: number, capacity: number, window = Infinity): Float32Array {
  const seen = capacity + count
  const mask = new Float32Array(queries * seen).fill(hiddenScore)
  for (let query = 0; query < queries; query++) {
    const row = query % count
    // The first position that is near enough, in the cache and behind its room, where the rows themselves stand.
    const first = Math.max(0, before + row - window + 1)
    mask.fill(0, query * seen + Math.min(first, before), query * seen + before)
    mask.fill(0, query * seen + capacity + Math.max(0, first - before), query * seen + capacity + row + 1)
  }
  return mask
}

/** Weights of a layer's heads: over all layers those chosen make 1. */
function headWeights(
  config: DecoderConfig,
  layer: number,
  { layers, heads }: { readonly layers: readonly number[]; readonly heads: readonly number[] },
): Float32Array {
  const each = layers.includes(layer) ? 1 / (layers.length * heads.length) : 0
  return Float32Array.from({ length: config.heads }, (_, head) => (heads.includes(head) ? each : 0))
}

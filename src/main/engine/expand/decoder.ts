/** The decoder at work: rows of embeddings in, logits out, its KV cache written in place. */
import { startGraph } from '../graph/build.ts'
import { gather } from '../graph/express.ts'
import { deviceTraits } from '../graph/devices.ts'
import { drop, live, openSession, type Carried, type Live, type RunOn, type Session } from '../graph/run.ts'
import { keepSessions } from '../graph/sessions.ts'
import { floats, longs, type BoundWeights, type Graph, type StoredTensor, type Tensor } from '../graph/value.ts'
import type { WeightName } from '../../../shared/deviceNames.ts'
import { Fault } from '../../../shared/fault.ts'
import { cachedAttention } from '../nets/attention.ts'
import { cachedWidth, type DecoderConfig } from '../nets/config.ts'
import { decoder, logits } from '../nets/decoder.ts'
import { packedWeights, withFormat } from '../nets/quantised.ts'
import { turnsAreFed, turnsOf } from '../nets/rotary.ts'
import { openTable, readWhole, type Stretches } from '../store/rows.ts'
import { breathe } from './flow.ts'

/** Which rows of what is fed get logits. */
export type Wanted = 'none' | 'last' | 'all'

export type Decoder = {
  readonly config: DecoderConfig
  /** Sequences that are fed together, all of one length. */
  readonly batch: number
  /** Positions that run at a time; several sequences are fed in one block, as the runtime's attention continues a cache by more than a position for one alone. */
  readonly block: number
  /** Bytes of a number that it computes with, those in its cache among them. */
  readonly bytesPerNumber: 2 | 4
  /** Token embeddings, row after row: [vocabulary, hidden]; read from their file where they are not in memory. */
  readonly embedding: Stretches
  /** Positions in the cache, of each sequence. */
  readonly length: () => number
  /** Bytes of the buffers that hold the cache, whether in use or not. */
  readonly cacheBytes: () => number
  /**
   * Its buffers by name, `key.N` and `value.N`: [1, kvHeads, room, cachedWidth], turned keys, whether in use or not. They lie where the
   * decoder's device keeps them.
   */
  readonly cache: () => readonly (readonly [name: string, Live])[]
  /**
   * Makes room for `positions` in all; what the cache holds is lost when it has to grow, and past what dynamic scaling leaves alone,
   * where keys are turned by how many there are. True when it was kept.
   */
  readonly reserve: (positions: number) => boolean
  /** Forgets every position from `length` on. */
  readonly rewind: (length: number) => void
  /**
   * Feeds rows [batch * n, hidden], sequence after sequence; gives logits [wanted rows, vocabulary], `last` being one row a
   * sequence and `all` known for a batch of 1 alone, as is more than one
   * row behind others. Fault context-too-long past the window.
   */
  readonly feed: (rows: Float32Array, wanted: Wanted, signal?: AbortSignal) => Promise<Float32Array>
  /** Bytes copied between the host and its device so far; 0 on the CPU. */
  readonly copiedBytes: () => number
  /**
   * Opens its layers, which the first feed does where nobody did before; its table of token embeddings is there without them. Faults
   * decoder-elsewhere where they are not in its bundle, device-failed.
   */
  readonly open: () => Promise<void>
  /** Whether its layers are open. */
  readonly isOpen: () => boolean
  readonly close: () => Promise<void>
}

/** The decoder as a graph with its cache: what every prefill and every step runs. */
export function decoderGraph(config: DecoderConfig, batch = 1, format: WeightName = 'f32') {
  const g = withFormat(startGraph('decoder'), format)
  const rows = g.input('rows', 'float32', ['positions', config.hidden])
  const logitRows = g.input('logitRows', 'int64', ['wanted'])
  const states = decoder(g, config, rows, cachedAttention(g, config, batch))
  g.output('logits', logits(g, config, gather(g, states, logitRows)))
  return g.finish()
}

const int32 = (value: number, count = 1): Live =>
  live({ dtype: 'int32', shape: [count], data: new Int32Array(count).fill(value) })

export type DecoderOptions = RunOn & {
  /** Sequences fed together. */
  readonly batch?: number
  /** How its matrices are held; the token embeddings that it is fed stay as they are. */
  readonly format?: WeightName
  /** Where its token embeddings lie, for weights that are read from there whole when they are asked for. */
  readonly table?: StoredTensor | undefined
}

/** Opens a decoder over its weights. */
export async function openDecoder(
  config: DecoderConfig,
  weights: BoundWeights,
  options: DecoderOptions = {},
): Promise<Decoder> {
  const decoder = layDecoder(config, weights, options)
  await decoder.open()
  return decoder
}

/** A decoder whose layers are opened when something is fed to it, or when it is told to. */
export function layDecoder(config: DecoderConfig, weights: BoundWeights, options: DecoderOptions = {}): Decoder {
  const { batch = 1, format = 'f32', block: most = Infinity, table: lies, ...run } = options
  const block = batch === 1 ? Math.min(deviceTraits[run.device ?? 'cpu'].block, most) : Infinity
  const bytesPerNumber = format === 'f16' ? 2 : 4
  const names = Array.from({ length: config.layers }, (_, layer) => [`key.${layer}`, `value.${layer}`]).flat()
  const carries = names.map((name) => `present.${name}`)
  const embedding = openTable(lies ?? (weights.get('decoder.embedding') as Tensor | StoredTensor))
  let session: Session | null = null
  const sessions = keepSessions<'decoder'>(async () => {
    const graph = decoderGraph(config, batch, format)
    const bound = packedWeights(graph, weights, readWhole)
    demandAll(graph, bound)
    session = await openSession(graph, bound, { ...run, fills: true, carries })
    // Rows of a decoder that works here are at hand, as its layers are; `lies` alone says that they were not.
    if (lies !== undefined) embedding.hold()
    return session
  })
  const turns = turnsAreFed(config) ? openTurns(config) : null
  const width = cachedWidth(config)
  let capacity = 0
  let length = 0
  let cache: readonly Carried[] = []

  function reserve(positions: number): boolean {
    if (positions > config.window)
      throw new Fault(
        'context-too-long',
        `${positions} positions are more than the decoder's window of ${config.window}.`,
      )
    const turnedAnew = config.rope?.type === 'dynamic' && Math.max(positions, length) > config.rope.trained
    if (turnedAnew) length = 0
    if (positions <= capacity) return !turnedAnew
    capacity = Math.min(config.window, Math.ceil(positions / 256) * 256)
    const shape = [batch, config.kvHeads, capacity, width]
    const size = batch * config.kvHeads * capacity * width
    for (const { value } of cache) drop(value)
    cache = names.map((name) => ({
      input: `past.${name}`,
      output: `present.${name}`,
      value: live(
        format === 'f16'
          ? { dtype: 'float16', shape, data: new Uint16Array(size) }
          : floats(shape, new Float32Array(size)),
      ),
    }))
    length = 0
    turns?.reserve(capacity)
    return false
  }

  /** Runs rows that stand behind the cache; `reach` positions there are when the whole feed is done. */
  async function runBlock(rows: Float32Array, wantedRows: readonly number[], reach: number): Promise<Float32Array> {
    const count = rows.length / config.hidden / batch
    const feeds: Record<string, Live> = {
      rows: live(floats([batch * count, config.hidden], rows)),
      logitRows: live({ dtype: 'int64', shape: [wantedRows.length], data: BigInt64Array.from(wantedRows, BigInt) }),
      lastPosition: int32(length + count - 1, batch),
      totalPositions: int32(length + count),
    }
    const opened = await sessions.get('decoder')
    if (opened.inputs.includes('rowPositions'))
      feeds.rowPositions = live(longs([batch, count], placesOf(batch, length, count)))
    if (turns) Object.assign(feeds, turns.of(length, length + count, reach))
    const logits = new Float32Array(wantedRows.length * config.vocabulary)
    const into: Record<string, Live> = { logits: live(floats([wantedRows.length, config.vocabulary], logits)) }
    cache = await opened.carry(feeds, into, cache)
    length += count
    return logits
  }

  const wantedOf = (wanted: Wanted, size: number, last: boolean): readonly number[] => {
    if (wanted === 'all') return Array.from({ length: size }, (_, i) => i)
    return wanted === 'last' && last ? Array.from({ length: batch }, (_, i) => (i + 1) * size - 1) : []
  }

  async function feed(rows: Float32Array, wanted: Wanted, signal?: AbortSignal): Promise<Float32Array> {
    const count = rows.length / config.hidden / batch
    if (batch > 1 && wanted === 'all') throw new Error('internal: logits of every row are given of one sequence alone')
    if (length + count > capacity) throw new Error(`internal: ${length + count} positions in a cache of ${capacity}`)
    const parts: Float32Array[] = []
    const reach = length + count
    const span = Math.min(block, count)
    if (batch > 1 && count > most)
      throw new Fault('device-failed', `This device reads at most ${most} positions of several questions together.`)
    for (let from = 0; from < count; from += span) {
      signal?.throwIfAborted()
      const size = Math.min(span, count - from)
      const last = from + size === count
      // With several sequences there is one block, so that its rows are all of them.
      const own = batch === 1 ? rows.subarray(from * config.hidden, (from + size) * config.hidden) : rows
      const part = await runBlock(own, wantedOf(wanted, size, last), reach)
      if (part.length > 0) parts.push(part)
      if (!last) await breathe()
    }
    if (parts.length === 1) return parts[0] as Float32Array
    const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  return {
    config,
    batch,
    block,
    bytesPerNumber,
    embedding: embedding.stretches,
    length: () => length,
    cacheBytes: () => names.length * batch * config.kvHeads * capacity * width * bytesPerNumber,
    cache: () => cache.map(({ value }, at) => [names[at] as string, value]),
    reserve,
    rewind: (to) => void (length = Math.min(length, to)),
    feed,
    copiedBytes: () => session?.copiedBytes() ?? 0,
    open: async () => void (await sessions.get('decoder')),
    isOpen: () => session !== null,
    async close() {
      for (const { value } of cache) drop(value)
      cache = []
      embedding.close()
      await sessions.close()
    },
  }
}

/** Throws Fault decoder-elsewhere where a weight of the layers is not among those given. */
function demandAll({ params }: Pick<Graph, 'params'>, weights: BoundWeights): void {
  const missing = params.filter(({ name }) => !weights.has(name))
  if (missing.length === 0) return
  const named = missing.length === 1 ? '' : ` and ${missing.length - 1} more`
  throw new Fault(
    'decoder-elsewhere',
    `The loaded bundle holds no layers of its decoder (${missing[0]?.name}${named}): it decodes elsewhere alone.`,
  )
}

/** Positions [batch, count] from `from` on, the same for each sequence. */
function placesOf(batch: number, from: number, count: number): number[] {
  return Array.from({ length: batch * count }, (_, i) => from + (i % count))
}

/** The tables of angles that are fed: buffers as long as the cache has room, of which the rows in use are filled. */
function openTurns(config: DecoderConfig) {
  const half = config.headDim / 2
  let [cos, sin] = [new Float32Array(0), new Float32Array(0)]
  return {
    reserve(capacity: number) {
      ;[cos, sin] = [new Float32Array(capacity * half), new Float32Array(capacity * half)]
    },
    /** Feeds with the rows of positions [from, to) made for `reach` positions; the operator looks at no other. */
    of(from: number, to: number, reach: number): Record<string, Live> {
      const rows = turnsOf(config, { from, to, reach })
      cos.set(rows.cos, from * half)
      sin.set(rows.sin, from * half)
      const shape = [cos.length / half, half]
      return { cos: live(floats(shape, cos)), sin: live(floats(shape, sin)) }
    },
  }
}

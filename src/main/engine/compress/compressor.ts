/** The compressor: chunks of tokens to encoder outputs c_i and chunk embeddings e_i, kept by content and weights. */
import { createHash } from 'node:crypto'
import { startGraph } from '../graph/build.ts'
import { live, numbers, openSession, type RunOn } from '../graph/run.ts'
import { keepSessions } from '../graph/sessions.ts'
import { floats, longs } from '../graph/value.ts'
import { encodedWidth } from '../nets/config.ts'
import { encoder, projector } from '../nets/encoder.ts'
import type { BundleConfig } from '../store/bundle.ts'
import type { Weights } from '../graph/value.ts'
import type { VectorCache } from './cache.ts'
import { ownReader, type ChunkReader } from './reader.ts'

/** A chunk compressed: its encoder output (what policies read) and its embedding (what the decoder is fed). */
export type Compressed = { readonly encoded: Float32Array; readonly embedding: Float32Array; readonly cached: boolean }

/** Told how long each part of compressing took. */
export type CompressWatch = (part: 'encode' | 'project', ms: number) => void

export type Compressor = {
  /** Compresses chunks of at most k tokens each; embeddings already known are not made again. */
  readonly compress: (
    chunks: readonly ArrayLike<number>[],
    k: number,
    signal?: AbortSignal,
    watch?: CompressWatch,
  ) => Promise<readonly Compressed[]>
  /** Forgets every embedding, so that the next are made anew. */
  readonly forget: () => void
  readonly close: () => Promise<void>
}

/** Chunks encoded at a time: bounds memory, and lets an abort be heard. */
const batchSize = 256
const hiddenToken = -1e9

/** Opens the encoder and projector. Keys hold the hashes of the weights, so a cache outlives a change of bundle. */
export function openCompressor(
  config: Pick<BundleConfig, 'encoder' | 'decoder'>,
  weights: Weights,
  options: RunOn & {
    readonly cache: VectorCache
    readonly encoderHash: string
    readonly projectorHash: string
    /** How chunks are read; the decoder's tokens as they are, when left out. */
    readonly reader?: ChunkReader
  },
): Compressor {
  const width = encodedWidth(config.encoder)
  const { hidden } = config.decoder
  const { reader = ownReader } = options

  const encoders = keepSessions((k: number) => {
    const g = startGraph(`encoder k=${k}`)
    const length = reader.length(k)
    const input = {
      ids: g.input('ids', 'int64', ['chunks', length]),
      mask: g.input('mask', 'float32', ['chunks', length]),
      chunks: 'chunks',
      k: length,
    }
    g.output('encoded', encoder(g, config.encoder, input))
    return openSession(g.finish(), weights, options)
  })
  const projectors = keepSessions<'projector'>(() => {
    const g = startGraph('projector')
    g.output(
      'embeddings',
      projector(g, config.encoder, config.decoder, g.input('encoded', 'float32', ['chunks', width])),
    )
    return openSession(g.finish(), weights, options)
  })

  async function encode(chunks: readonly ArrayLike<number>[], k: number): Promise<Float32Array> {
    const length = reader.length(k)
    const ids = new Int32Array(chunks.length * length)
    const mask = new Float32Array(chunks.length * length).fill(hiddenToken)
    chunks.forEach((chunkTokens, chunk) => {
      const tokens = reader.read(chunkTokens, k)
      for (let i = 0; i < tokens.length; i++) {
        ids[chunk * length + i] = tokens[i] as number
        mask[chunk * length + i] = 0
      }
    })
    const shape = [chunks.length, length]
    const session = await encoders.get(k)
    return numbers((await session.run({ ids: live(longs(shape, ids)), mask: live(floats(shape, mask)) })).encoded)
  }

  async function compress(
    chunks: readonly ArrayLike<number>[],
    k: number,
    signal?: AbortSignal,
    watch: CompressWatch = () => {},
  ): Promise<readonly Compressed[]> {
    const keys = chunks.map((tokens) => {
      const text = createHash('sha256').update(Int32Array.from(tokens)).digest('base64url').slice(0, 22)
      const encoded = `c:${options.encoderHash}:${k}:${text}`
      return { encoded, embedding: `e:${options.projectorHash}:${encoded}` }
    })
    const found = keys.map((key) => {
      const [encoded, embedding] = [options.cache.get(key.encoded), options.cache.get(key.embedding)]
      return encoded && embedding ? { encoded, embedding, cached: true } : null
    })
    const missing = found.flatMap((entry, i) => (entry ? [] : [i]))
    const result: (Compressed | null)[] = [...found]
    for (let from = 0; from < missing.length; from += batchSize) {
      signal?.throwIfAborted()
      const batch = missing.slice(from, from + batchSize)
      const started = performance.now()
      const encoded = await encode(
        batch.map((i) => chunks[i] as ArrayLike<number>),
        k,
      )
      const encodedAt = performance.now()
      watch('encode', encodedAt - started)
      const session = await projectors.get('projector')
      const embeddings = numbers(
        (await session.run({ encoded: live(floats([batch.length, width], encoded)) })).embeddings,
      )
      watch('project', performance.now() - encodedAt)
      batch.forEach((i, row) => {
        const made = {
          encoded: encoded.slice(row * width, (row + 1) * width),
          embedding: embeddings.slice(row * hidden, (row + 1) * hidden),
          cached: false,
        }
        const key = keys[i] as (typeof keys)[number]
        options.cache.set(key.encoded, made.encoded)
        options.cache.set(key.embedding, made.embedding)
        result[i] = made
      })
    }
    return result.map((entry) => entry as Compressed)
  }

  return {
    compress,
    forget: () => options.cache.clear(),
    async close() {
      await encoders.close()
      await projectors.close()
    },
  }
}

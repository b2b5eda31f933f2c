/** A bundle opened for work: every part that a question passes through. */
import { join } from 'node:path'
import type { WeightName } from '../../shared/deviceNames.ts'
import { cpuUse, type DeviceUse } from '../../shared/devices.ts'
import { memoryCache, diskCache } from './compress/cache.ts'
import { openCompressor, type Compressor } from './compress/compressor.ts'
import { openReader, type ChunkReader } from './compress/reader.ts'
import { openAttention, type Attention } from './expand/attention.ts'
import { layDecoder, type Decoder } from './expand/decoder.ts'
import type { Held } from './expand/session.ts'
import type { RunOn } from './graph/run.ts'
import { templateIds, type TemplateIds } from './nets/template.ts'
import type { Embedder } from './retrieve/embedder.ts'
import { openEmbedder } from './retrieve/model.ts'
import { openPointer, type Pointer } from './sense/pointer.ts'
import { partHash, type Bundle, type BundleConfig } from './store/bundle.ts'
import { openTokenizer, type Tokenizer } from './tokens/tokenizer.ts'

export type Parts = {
  readonly bundle: Bundle
  /** What the sessions are opened on. */
  readonly use: DeviceUse
  /** How the decoder's matrices are held. */
  readonly format: WeightName
  readonly config: BundleConfig
  readonly tokenizer: Tokenizer
  readonly ids: TemplateIds
  readonly compressor: Compressor
  readonly pointer: Pointer
  readonly embedder: Embedder
  /** Its layers are opened when something is fed to it, where they were not opened with the bundle. */
  readonly decoder: Decoder
  /** Opened when something first looks at it. */
  readonly attention: Attention
  /** What the decoder's cache holds, from run to run. */
  readonly held: Held
  /** Writes new chunk embeddings to disk, when a run is over. */
  readonly flush: () => void
  /** Forgets every chunk embedding, in memory and on disk. */
  readonly clearCache: () => void
  readonly close: () => Promise<void>
}

export type PartsOptions = {
  readonly home?: string
  readonly threads?: number
  readonly arena?: boolean
  /** The CPU when left out. */
  readonly use?: DeviceUse
  /** f32 when left out. */
  readonly format?: WeightName
  /** Leaves the layers of the decoder closed until something is fed to it. */
  readonly decoderLater?: boolean
  readonly log?: (line: string) => void
}

/** Opens all parts of a bundle. With `home` its chunk embeddings are kept on disk there. Fault device-failed where its device refuses it. */
export async function openParts(bundle: Bundle, options: PartsOptions): Promise<Parts> {
  const { config, weights } = bundle
  const tokenizer = openTokenizer(bundle.tokenizer)
  const { use = cpuUse, format = 'f32' } = options
  const on = runOn(options)
  const cache =
    options.home === undefined
      ? memoryCache()
      : diskCache(join(options.home, 'embeddings.sqlite'), options.log ?? (() => {}))
  const own = encoderTokenizerOf(bundle)
  const reader = openReader(config.encoder, tokenizer, own)
  const hashes = {
    // Another device's embeddings differ in their last digits: each keeps its own.
    encoderHash: `${tokenizer.hash.slice(0, 8)}${own?.hash.slice(0, 8) ?? ''}${partHash(bundle, 'encoder')}${use.device === 'cpu' ? '' : `@${use.device}`}`,
    projectorHash: partHash(bundle, 'projector'),
  }
  const compressor = openCompressor(config, weights, { cache, reader, ...hashes, ...on })
  const pointer = openPointer(config, weights, on)
  const embedder = bundleEmbedder(bundle, tokenizer, on)
  const decoder = layDecoder(config.decoder, weights, { ...on, format, table: bundle.stored?.get('decoder.embedding') })
  if (options.decoderLater !== true) await decoder.open()
  const attention = openAttention(config.decoder, weights, { ...on, format })
  return {
    bundle,
    use,
    format,
    config,
    tokenizer,
    ids: templateIds(config.template, tokenizer),
    compressor,
    pointer,
    embedder,
    decoder,
    attention,
    held: { keys: [] },
    flush: () => cache.flush(),
    clearCache: () => cache.clear(),
    async close() {
      cache.close()
      for (const part of [compressor, pointer, embedder, decoder, attention]) await part.close()
    },
  }
}

/** The tokenizer of a bundle's chunk encoder, where it has one of its own. */
function encoderTokenizerOf({ encoderTokenizer }: Pick<Bundle, 'encoderTokenizer'>): Tokenizer | null {
  return encoderTokenizer === undefined ? null : openTokenizer(encoderTokenizer)
}

/** How a bundle's encoder reads chunks; `tokenizer` is the decoder's. */
export function bundleReader(
  bundle: Pick<Bundle, 'config' | 'encoderTokenizer'>,
  tokenizer: Pick<Tokenizer, 'decode'>,
): ChunkReader {
  return openReader(bundle.config.encoder, tokenizer, encoderTokenizerOf(bundle))
}

/** A device in use as sessions are opened with it. */
export function onDevice({ device, block }: DeviceUse): Pick<RunOn, 'device' | 'block'> {
  return { device, ...(block === null ? {} : { block }) }
}

/** What of the options a session is opened with. */
function runOn({ threads, arena, use }: PartsOptions): RunOn {
  return {
    ...(threads === undefined ? {} : { threads }),
    ...(arena === undefined ? {} : { arena }),
    ...(use === undefined ? {} : onDevice(use)),
  }
}

/** The embedder of a bundle alone, as its indexes know it. */
export function bundleEmbedder(
  bundle: Bundle,
  tokenizer: Pick<Tokenizer, 'encode' | 'hash'>,
  options: RunOn,
): ReturnType<typeof openEmbedder> {
  const { embedder, untrained } = bundle.config
  const hash = `${tokenizer.hash.slice(0, 8)}${partHash(bundle, 'embedder')}`
  const opened = openEmbedder(embedder, bundle.weights, tokenizer, { hash, ...options })
  return untrained?.includes('embedder') === true ? { ...opened, untrained: true } : opened
}

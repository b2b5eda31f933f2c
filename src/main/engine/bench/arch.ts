/** Decoders to be timed: the bundle's own, or a named shape with random weights made on the fly. */
import { deviceLabels } from '../../../shared/deviceNames.ts'
import { memoryCache } from '../compress/cache.ts'
import { openCompressor, type Compressor } from '../compress/compressor.ts'
import { decoderGraph, openDecoder, type Decoder, type DecoderOptions } from '../expand/decoder.ts'
import { startGraph } from '../graph/build.ts'
import type { RunOn } from '../graph/run.ts'
import type { Value } from '../graph/value.ts'
import { encodedWidth, encoderLength, type DecoderConfig, type EncoderConfig } from '../nets/config.ts'
import { encoder, projector } from '../nets/encoder.ts'
import { initialWeights } from '../nets/initial.ts'
import { heldBytes } from '../nets/held.ts'
import { bundleReader } from '../parts.ts'
import type { Bundle } from '../store/bundle.ts'
import { openTokenizer } from '../tokens/tokenizer.ts'
import { randomFile } from './randomFile.ts'
import { shapeOf, type Shape } from './shapes.ts'

/** What a TTFT row is measured on. */
export type Timed = {
  readonly name: string
  readonly decoder: Decoder
  readonly compressor: Compressor
  readonly encoder: EncoderConfig
  readonly close: () => Promise<void>
}

/** `batch`: questions that the decoder answers together. */
export type TimedOptions = DecoderOptions

/** A name as rows tell it: what is not f32 on the CPU is said. */
function nameOf(name: string, { format = 'f32', device = 'cpu' }: TimedOptions): string {
  return `${name}${format === 'f32' ? '' : ` ${format}`}${device === 'cpu' ? '' : ` on ${deviceLabels[device]}`}`
}

/** What of the options the encoder is opened with. */
function runOn({ batch: _batch, format: _format, ...on }: TimedOptions): RunOn {
  return on
}

/** A bundle's decoder and encoder opened apart from those that answer, so that a measurement disturbs no run's cache. */
export async function openBundled(bundle: Bundle, options: TimedOptions = {}): Promise<Timed> {
  const { config, weights, hash } = bundle
  const decoder = await openDecoder(config.decoder, weights, options)
  const compressor = openCompressor(config, weights, {
    cache: memoryCache(),
    encoderHash: hash,
    projectorHash: hash,
    reader: bundleReader(bundle, openTokenizer(bundle.tokenizer)),
    ...runOn(options),
  })
  return timedOf(nameOf(config.name, options), decoder, compressor, config.encoder)
}

function timedOf(name: string, decoder: Decoder, compressor: Compressor, encoderConfig: EncoderConfig): Timed {
  const close = async (): Promise<void> => {
    await decoder.close()
    await compressor.close()
  }
  return { name, decoder, compressor, encoder: encoderConfig, close }
}

/** Weights past this are mapped from a file: what a session is given in memory must be less than 2 GiB. */
const mostInMemory = 1.5 * 2 ** 30

/** Opens a shape of random weights; its name says that they are random. */
export async function openRandom(arch: string, seed: number, options: TimedOptions = {}): Promise<Timed> {
  const { name: full, shape } = shapeOf(arch)
  const format = options.format ?? 'f32'
  const large = heldBytes(shape.decoder, 'f32') > mostInMemory
  const file = large ? await randomFile(shape.decoder, format, seed) : null
  const weights = file?.weights ?? initialWeights(decoderGraph(shape.decoder).params, seed)
  const decoder = await openDecoder(shape.decoder, weights, options).catch(async (error: unknown) => {
    await file?.remove()
    throw error
  })
  const compressor = openCompressor(shape, initialWeights(encoderParams(shape), seed), {
    cache: memoryCache(),
    encoderHash: full,
    projectorHash: full,
    ...runOn(options),
  })
  const timed = timedOf(nameOf(full, options), decoder, compressor, shape.encoder)
  const close = async (): Promise<void> => {
    await timed.close()
    await file?.remove()
  }
  return { ...timed, close }
}

function encoderParams(shape: Shape): readonly Value[] {
  const g = startGraph('encoder')
  const k = 1
  const ids = g.input('ids', 'int64', ['chunks', k])
  const encoded = encoder(g, shape.encoder, {
    ids,
    mask: g.input('mask', 'float32', ['chunks', k]),
    chunks: 'chunks',
    k,
  })
  projector(g, shape.encoder, shape.decoder, encoded)
  return g.finish().params
}

/** Multiply-adds, counted as two operations, of a causal prefill of `positions` with one row of logits. */
export function prefillOperations(config: DecoderConfig, positions: number): number {
  const { hidden, heads, kvHeads, headDim, feedForward, layers, vocabulary } = config
  const matrices = hidden * (heads + 2 * kvHeads) * headDim + heads * headDim * hidden + 3 * hidden * feedForward
  const attention = 2 * heads * headDim * ((positions + 1) / 2)
  return 2 * (layers * positions * (matrices + attention) + hidden * vocabulary)
}

/** The same for encoding and projecting `chunks` chunks of k tokens. */
export function encodeOperations(config: EncoderConfig, decoderHidden: number, chunks: number, k: number): number {
  const { hidden, feedForward, layers, queries } = config
  const length = encoderLength(config, k)
  const layer = 4 * hidden * hidden + 2 * hidden * feedForward + 2 * hidden * length
  // Our own pools by keys and values of learned queries; an imported one by what its states are.
  const pooled = config.imported ? 0 : 2 * hidden * hidden
  const perChunk =
    (config.imported ? 0 : 2 * queries * hidden * length) + (encodedWidth(config) + decoderHidden) * decoderHidden
  return 2 * chunks * (length * (layers * layer + pooled) + perChunk)
}

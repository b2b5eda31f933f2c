/** Decoders to be timed: the bundle's own, or a named shape with random weights made on the fly. */
import { deviceLabels } from '../../../shared/deviceNames.ts'
import { Fault } from '../../../shared/fault.ts'
import { memoryCache } from '../compress/cache.ts'
import { openCompressor, type Compressor } from '../compress/compressor.ts'
import { decoderGraph, openDecoder, type Decoder, type DecoderOptions } from '../expand/decoder.ts'
import { startGraph } from '../graph/build.ts'
import type { RunOn } from '../graph/run.ts'
import type { Value } from '../graph/value.ts'
import { encodedWidth, type DecoderConfig, type EncoderConfig } from '../nets/config.ts'
import { encoder, projector } from '../nets/encoder.ts'
import { initialWeights } from '../nets/initial.ts'
import type { Bundle } from '../store/bundle.ts'

type Shape = { readonly decoder: DecoderConfig; readonly encoder: EncoderConfig }

/** An encoder about as large beside its decoder as the paper's RoBERTa-base is beside a small Llama. */
const smallEncoder: EncoderConfig = {
  vocabulary: 49_152,
  hidden: 384,
  layers: 6,
  heads: 6,
  feedForward: 1536,
  queries: 1,
  maxK: 64,
  epsilon: 1e-5,
}
const llama = { vocabulary: 49_152, headDim: 64, epsilon: 1e-5, ropeTheta: 10_000, window: 65_792 } as const

/** Random-weight shapes: good for latency alone, and labelled so in every row by their name. */
export const randomShapes: Readonly<Record<string, Shape>> = {
  'random-llama-135m': {
    decoder: { ...llama, hidden: 576, layers: 30, heads: 9, kvHeads: 3, feedForward: 1536 },
    encoder: smallEncoder,
  },
  'random-llama-360m': {
    decoder: { ...llama, hidden: 960, layers: 32, heads: 15, kvHeads: 5, feedForward: 2560 },
    encoder: smallEncoder,
  },
}

/** What a TTFT row is measured on. */
export type Timed = {
  readonly name: string
  readonly decoder: Decoder
  readonly compressor: Compressor
  readonly encoder: EncoderConfig
  readonly close: () => Promise<void>
}

/** The sizes that a shape given in words must name. */
const sizeNames = ['hidden', 'layers', 'heads', 'kvHeads', 'feedForward', 'vocabulary'] as const

/**
 * A shape by its name (`random-llama-135m`, `llama-135m` or `135m`), or given in words:
 * `hidden=576,layers=30,heads=9,kvHeads=3,feedForward=1536,vocabulary=49152`.
 */
export function shapeOf(name: string): { readonly name: string; readonly shape: Shape } {
  const known = [name, `random-${name}`, `random-llama-${name}`].find((each) => each in randomShapes)
  if (known) return { name: known, shape: randomShapes[known] as Shape }
  const words = new Map(name.split(',').map((word) => word.split('=') as [string, string | undefined]))
  const sizes = sizeNames.map((size) => Number(words.get(size)))
  const [hidden, layers, heads, kvHeads, feedForward, vocabulary] = sizes as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const whole = sizes.every((size) => Number.isInteger(size) && size > 0) && words.size === sizeNames.length
  if (!whole || heads % kvHeads !== 0 || hidden % heads !== 0 || (hidden / heads) % 16 !== 0)
    throw new Fault('bad-input', `No architecture "${name}".`, {
      remedy: `Choose refrag-mini, ${Object.keys(randomShapes).join(', ')}, or name ${sizeNames.join('=…,')}=… with heads a multiple of kvHeads and hidden / heads a multiple of 16.`,
    })
  const decoder = { ...llama, vocabulary, hidden, layers, heads, kvHeads, headDim: hidden / heads, feedForward }
  return { name: `random ${name}`, shape: { decoder, encoder: { ...smallEncoder, vocabulary } } }
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
export async function openBundled({ config, weights, hash }: Bundle, options: TimedOptions = {}): Promise<Timed> {
  const decoder = await openDecoder(config.decoder, weights, options)
  const compressor = openCompressor(config, weights, {
    cache: memoryCache(),
    encoderHash: hash,
    projectorHash: hash,
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

/** Opens a shape of random weights; its name says that they are random. */
export async function openRandom(arch: string, seed: number, options: TimedOptions = {}): Promise<Timed> {
  const { name: full, shape } = shapeOf(arch)
  const decoder = await openDecoder(shape.decoder, initialWeights(decoderGraph(shape.decoder).params, seed), options)
  const compressor = openCompressor(shape, initialWeights(encoderParams(shape), seed), {
    cache: memoryCache(),
    encoderHash: full,
    projectorHash: full,
    ...runOn(options),
  })
  return timedOf(nameOf(full, options), decoder, compressor, shape.encoder)
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
  const perToken = layers * (4 * hidden * hidden + 2 * hidden * feedForward + 2 * hidden * k) + 2 * hidden * hidden
  const perChunk = 2 * queries * hidden * k + encodedWidth(config) * decoderHidden + decoderHidden * decoderHidden
  return 2 * chunks * (k * perToken + perChunk)
}

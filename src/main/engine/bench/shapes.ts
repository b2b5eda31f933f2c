/** Shapes of decoders that need no weights of their own to be timed: by name, or given in words. */
import { Fault } from '../../../shared/fault.ts'
import type { DecoderConfig, EncoderConfig } from '../nets/config.ts'

export type Shape = { readonly decoder: DecoderConfig; readonly encoder: EncoderConfig }

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
/** RoBERTa-base's sizes, which the paper compresses with. */
const baseEncoder: EncoderConfig = { ...smallEncoder, hidden: 768, layers: 12, heads: 12, feedForward: 3072 }
const llama = { vocabulary: 49_152, headDim: 64, epsilon: 1e-5, ropeTheta: 10_000, window: 65_792 } as const

/** Llama 3.2's sizes; what its positions are scaled by changes no time. */
const llama32 = { ...llama, vocabulary: 128_256, kvHeads: 8, feedForward: 8192, ropeTheta: 500_000 } as const
const qwen = { ...llama, vocabulary: 151_936, epsilon: 1e-6, ropeTheta: 1_000_000 } as const
const qwen3 = { ...qwen, layers: 28, heads: 16, kvHeads: 8, headDim: 128, qkNorm: true } as const

function besideBase(decoder: DecoderConfig): Shape {
  return { decoder, encoder: { ...baseEncoder, vocabulary: decoder.vocabulary } }
}

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
  'random-llama-3.2-1b': besideBase({ ...llama32, hidden: 2048, layers: 16, heads: 32 }),
  'random-llama-3.2-3b': besideBase({ ...llama32, hidden: 3072, layers: 28, heads: 24, headDim: 128 }),
  'random-qwen2.5-0.5b': besideBase({
    ...qwen,
    hidden: 896,
    layers: 24,
    heads: 14,
    kvHeads: 2,
    feedForward: 4864,
    biases: ['qkv'],
  }),
  'random-qwen3-0.6b': besideBase({ ...qwen3, hidden: 1024, feedForward: 3072 }),
  'random-qwen3-1.7b': besideBase({ ...qwen3, hidden: 2048, feedForward: 6144 }),
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

/** Pairing: a bundle of an imported decoder, an encoder and a projector sized to fit, policies and an embedder, all but the decoder untrained. */
import { random } from '../../../shared/random.ts'
import { Fault } from '../../../shared/fault.ts'
import type { PairInput } from '../../../shared/pair.ts'
import type { UntrainedPart } from '../../../shared/untrained.ts'
import { floats, type Tensor, type Weights } from '../graph/value.ts'
import type { DecoderConfig, EncoderConfig } from '../nets/config.ts'
import { initialWeight } from '../nets/initial.ts'
import { partParams } from '../nets/params.ts'
import type { BundleConfig } from '../store/bundle.ts'
import { openTokenizer } from '../tokens/tokenizer.ts'
import { templateOf, usualKind, type Speech } from './pieces.ts'

/** An imported decoder, read whole. */
export type ImportedDecoder = Pick<Speech, 'ends' | 'chat'> & {
  readonly name: string
  /** Where it came from, in words. */
  readonly from: string
  readonly config: DecoderConfig
  readonly weights: Weights
  readonly tokenizer: unknown
}

/** Everything that a pairing begins random. */
const untrained: readonly UntrainedPart[] = ['encoder', 'projector', 'policy', 'policyQuery', 'embedder']

const heads = 32
/** A width between two bounds that heads of 32 divide. */
const widthOf = (wanted: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(wanted / heads) * heads))

/** An own encoder: two thirds of the decoder's width, as in refrag-mini, within what encodes many chunks a second. */
function encoderFor(decoder: DecoderConfig, ks: readonly number[], queries: number): EncoderConfig {
  const hidden = widthOf((2 * decoder.hidden) / 3, 96, 384)
  return {
    vocabulary: decoder.vocabulary,
    hidden,
    layers: 2,
    heads: hidden / heads,
    feedForward: (8 * hidden) / 3,
    queries,
    maxK: Math.max(...ks),
    epsilon: 1e-5,
  }
}

/** The bundle's config. Fault bad-input for chunks longer than the decoder reads, and for an end that is no token. */
export function pairConfig(
  decoder: ImportedDecoder,
  input: Pick<PairInput, 'ks' | 'queries' | 'template' | 'end' | 'name'>,
): BundleConfig {
  const { config } = decoder
  const ks = [...new Set(input.ks)].toSorted((a, b) => a - b)
  const long = ks.find((k) => k > config.window)
  if (long !== undefined)
    throw new Fault('bad-input', `Chunks of ${long} tokens are longer than the decoder’s window of ${config.window}.`)
  const tokenizer = openTokenizer(decoder.tokenizer)
  const end = input.end === undefined ? decoder.ends[0] : tokenizer.find(input.end)
  if (end === null) throw new Fault('bad-input', `The tokenizer has no token ${input.end}.`)
  const ends = end === undefined ? [] : [end, ...decoder.ends.filter((each) => each !== end)]
  const speech: Speech = { ...decoder, ends, tokenizer }
  const small = { vocabulary: config.vocabulary, layers: 1, heads: 4, epsilon: 1e-5 }
  return {
    name: input.name ?? `${decoder.name} refrag`,
    about: `Made of the imported decoder ${decoder.name}. What is untrained has random weights.`,
    toy: false,
    ks,
    decoder: config,
    encoder: encoderFor(config, ks, input.queries ?? 4),
    policy: { hidden: 96, layers: 2, heads: 4, feedForward: 192, maxChunks: 4096, epsilon: 1e-5 },
    embedder: { ...small, hidden: widthOf(config.hidden / 2, 64, 128), feedForward: 256, maxTokens: 128 },
    template: templateOf(input.template ?? usualKind(speech), speech),
    lineage: [],
    untrained: [...untrained],
    decoderFrom: `${decoder.name}, ${decoder.from}`,
    stored: 'F32',
  }
}

/** Root mean square of a table of embeddings, by rows drawn from all over it. */
function rmsOf({ shape, data }: Tensor): number {
  const [rows = 0, width = 0] = shape
  const draws = random(1)
  let sum = 0
  const sampled = Math.min(rows, 1024)
  for (let i = 0; i < sampled; i++) {
    const row = sampled === rows ? i : draws.int(0, rows - 1)
    for (let at = 0; at < width; at++) sum += (data[row * width + at] as number) ** 2
  }
  return Math.sqrt(sum / Math.max(1, sampled * width))
}

/**
 * All weights of the bundle: the decoder's as they are, the others drawn with the seed. The projector's last matrix is scaled so that
 * chunk embeddings begin about as large as the decoder's token embeddings: much larger ones would drown what stands beside them.
 */
export function pairWeights(config: BundleConfig, decoder: Weights, seed: number): Map<string, Tensor> {
  const scale = 2 * rmsOf(decoder.get('decoder.embedding') as Tensor)
  const begun = partParams(config).map((param) => {
    const first = initialWeight(param, seed, config.encoder.layers)
    if (param.name !== 'projector.out.weight') return [param.name, first] as const
    const [rows = 1] = first.shape
    const own = (rows * 2 * config.encoder.layers) ** -0.5
    const wanted = scale * rows ** -0.5
    return [
      param.name,
      floats(
        first.shape,
        (first.data as Float32Array).map((value) => (value * wanted) / own),
      ),
    ] as const
  })
  return new Map([...decoder, ...begun])
}

/** One conversation with the decoder: what its cache holds, prefill with the shared prefix kept, then a token at a time. */
import type { Random } from '../../../shared/random.ts'
import type { Token } from '../../../shared/run.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { stopLength, type TemplateIds } from '../nets/template.ts'
import type { Decoder } from './decoder.ts'
import { sharedPrefix } from './layout.ts'
import { givenToken, sampleToken, type Sample, type Sampling } from './sample.ts'

/** What each position of a decoder's cache stands for; kept beside the decoder from run to run. */
export type Held = { keys: readonly string[] }

/** Prefills `rows`, whose positions are named by `keys`; the prefix that the cache already holds is not run again. */
export async function prefill(
  decoder: Decoder,
  held: Held,
  input: { readonly rows: Float32Array; readonly keys: readonly string[]; readonly room: number },
  signal?: AbortSignal,
): Promise<{ readonly logits: Float32Array; readonly reused: number }> {
  const { hidden } = decoder.config
  const kept = decoder.reserve(input.keys.length + input.room)
  // The last position is always run: its logits give the first token.
  const reused = kept ? Math.min(sharedPrefix(held.keys, input.keys), decoder.length(), input.keys.length - 1) : 0
  held.keys = input.keys.slice(0, reused)
  decoder.rewind(reused)
  const logits = await decoder.feed(input.rows.subarray(reused * hidden), 'last', signal)
  held.keys = input.keys
  return { logits, reused }
}

/** A sample as the run keeps it. */
export function toToken(sample: Sample, tokenizer: Pick<Tokenizer, 'piece'>): Token {
  return {
    id: sample.id,
    text: tokenizer.piece(sample.id),
    logProb: sample.logProb,
    entropy: sample.entropy,
    alternatives: sample.alternatives.map(({ id, logProb }) => ({ id, text: tokenizer.piece(id), logProb })),
  }
}

/**
 * Decodes from the logits of a prefill until one of `stops` or `most` tokens; the first sample is of those very logits. Tokens `given`
 * stand first, fed one at a time as decoded ones are, so that what follows is to the bit what decoding them would have led to.
 */
export async function* decode(
  decoder: Decoder,
  logits: Float32Array,
  options: {
    readonly sampling: Sampling
    readonly random: Random
    readonly stops: TemplateIds['stops']
    readonly most: number
    readonly given?: readonly number[]
    /** What of the answer stands already: a stop may have begun in it. */
    readonly before?: readonly number[]
  },
  signal?: AbortSignal,
): AsyncGenerator<Sample> {
  const { hidden } = decoder.config
  const tokens = [...(options.before ?? [])]
  let next = logits
  for (let made = 0; made < options.most; made++) {
    const given = options.given?.[made]
    const sample = given === undefined ? sampleToken(next, options.sampling, options.random) : givenToken(next, given)
    yield sample
    tokens.push(sample.id)
    if (stopLength(options, tokens) > 0 || made + 1 === options.most) return
    next = await decoder.feed(decoder.embedding.subarray(sample.id * hidden, (sample.id + 1) * hidden), 'last', signal)
  }
}

/** Log-probabilities of `targets` after the positions now in the cache, whose last logits are given; the cache is left as it was. */
export async function scoreTargets(
  decoder: Decoder,
  logits: Float32Array,
  targets: readonly number[],
  signal?: AbortSignal,
): Promise<number[]> {
  const { hidden, vocabulary } = decoder.config
  const before = decoder.length()
  const fed = targets.slice(0, -1)
  const rows = new Float32Array(fed.length * hidden)
  fed.forEach((id, i) => rows.set(decoder.embedding.subarray(id * hidden, (id + 1) * hidden), i * hidden))
  const rest = fed.length > 0 ? await decoder.feed(rows, 'all', signal) : new Float32Array(0)
  decoder.rewind(before)
  return targets.map((id, i) => logProbOf(i === 0 ? logits : rest.subarray((i - 1) * vocabulary, i * vocabulary), id))
}

/** Log-probability of one id under logits [vocabulary], in nats. */
export function logProbOf(logits: Float32Array, id: number): number {
  let highest = -Infinity
  for (const logit of logits) highest = Math.max(highest, logit)
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - highest)
  return (logits[id] as number) - highest - Math.log(sum)
}

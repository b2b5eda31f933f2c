/** Speed of a decoder and of an encoder by themselves: the clock of `bench ttft`, one run dropped, then medians with quartiles. */
import { Fault } from '../../../shared/fault.ts'
import { random } from '../../../shared/random.ts'
import type { Rate, Speed } from '../../../shared/speed.ts'
import type { Compressor } from '../compress/compressor.ts'
import type { Decoder } from '../expand/decoder.ts'
import { median, quartiles } from '../measure/statistics.ts'
import { refusal } from './footprint.ts'
import { drawTokens, questionTokens, stopwatch, timeOnce, type Sample } from './ttftRun.ts'

/** How a speed is taken; `tell` hears of each run, the dropped one included. */
export type Pacing = {
  readonly repeats: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly tell: (note: string) => void
}

type Read = { readonly prompt: number; readonly tokens: number }
export type DecoderSpeed = Pick<Speed, 'prefill' | 'decode' | 'positions' | 'tokens'>
export type EncoderSpeed = Pick<Speed, 'encode' | 'chunks'>

/** What a decoder alone is clocked with: full context has no chunks. */
const noChunks: Compressor = { compress: async () => [], forget: () => {}, close: async () => {} }

function rateOf(values: readonly number[]): Rate {
  return { median: median(values), quartiles: quartiles(values), n: values.length }
}

/** Runs once for nothing and then for the record. */
async function repeated<Taken>(
  { repeats, signal, tell }: Pacing,
  note: string,
  once: () => Promise<Taken>,
): Promise<Taken[]> {
  const taken: Taken[] = []
  for (let round = 0; round <= repeats; round++) {
    signal.throwIfAborted()
    const each = await once()
    // The first run warms caches and allocators up.
    if (round > 0) taken.push(each)
    tell(round === 0 ? `${note}, warm-up` : note)
  }
  return taken
}

/** Positions that a prefill may read so that the tokens to come have room. Fault context-too-long where none are left. */
export function positionsFor({ config }: Pick<Decoder, 'config'>, { prompt, tokens }: Read): number {
  const room = Math.min(prompt, config.window - tokens)
  if (room > questionTokens) return room
  throw new Fault('context-too-long', `${tokens} tokens leave no room in a window of ${config.window} positions.`, {
    remedy: 'Make fewer tokens.',
  })
}

/** Times prefills of random tokens and the greedy steps after each. Faults context-too-long, and bad-input where memory does not suffice. */
export async function timeDecoder(decoder: Decoder, read: Read, pacing: Pacing): Promise<DecoderSpeed> {
  const { config } = decoder
  const positions = positionsFor(decoder, read)
  const refused = refusal(decoder, positions, read.tokens, process.availableMemory())
  if (refused !== null)
    throw new Fault('bad-input', `A prefill of ${positions} positions is not begun: ${refused}.`, {
      remedy: 'Read a shorter prompt.',
    })
  const batch = drawTokens(config.vocabulary, positions - questionTokens, pacing.seed)
  const at = { seed: pacing.seed, output: read.tokens }
  const samples = await repeated(pacing, 'decoder', () =>
    timeOnce({ decoder, compressor: noChunks }, batch, null, at, pacing.signal),
  )
  return {
    prefill: rateOf(samples.map(({ phases }) => (1000 * positions) / phases.prefill)),
    decode: rateOf(samples.map(({ ttit }: Sample) => 1000 / (ttit ?? Infinity))),
    positions,
    tokens: read.tokens,
  }
}

/** Times a bundle's encoder and projector over chunks of k random tokens, none of them known yet. */
export async function timeCompressor(
  compressor: Compressor,
  { vocabulary, k, tokens }: { readonly vocabulary: number; readonly k: number; readonly tokens: number },
  pacing: Pacing,
): Promise<EncoderSpeed> {
  const chunks = rowsOf({ vocabulary, k, tokens }, pacing.seed)
  const times = await repeated(pacing, 'encoder', async () => {
    let ms = 0
    compressor.forget()
    await compressor.compress(chunks, k, pacing.signal, (_part, took) => void (ms += took))
    return ms
  })
  return {
    encode: rateOf(times.map((ms) => (1000 * chunks.length) / ms)),
    chunks: { count: chunks.length, k },
  }
}

/** Times an encoder that is opened for `chunks`. */
export async function timeEncoder(
  run: () => Promise<unknown>,
  chunks: { readonly count: number; readonly k: number },
  pacing: Pacing,
): Promise<EncoderSpeed> {
  const times = await repeated(pacing, 'encoder', async () => {
    const clock = stopwatch()
    await run()
    return clock.lap()
  })
  return { encode: rateOf(times.map((ms) => (1000 * chunks.count) / ms)), chunks }
}

/** Rows of k random tokens, so many that they come to `tokens`, one at least. */
export function rowsOf(
  { vocabulary, k, tokens }: { readonly vocabulary: number; readonly k: number; readonly tokens: number },
  seed: number,
): number[][] {
  const draws = random(seed)
  return Array.from({ length: Math.max(1, Math.floor(tokens / k)) }, () =>
    Array.from({ length: k }, () => draws.int(0, vocabulary - 1)),
  )
}

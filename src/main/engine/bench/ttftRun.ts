/** One run against the clock, from the question's arrival to the first token and on to the last. */
import { random } from '../../../shared/random.ts'
import type { TtftPhases } from '../../../shared/latency.ts'
import { layRows, type Slot } from '../expand/layout.ts'
import { sampleToken } from '../expand/sample.ts'
import { budget } from '../sense/select.ts'
import type { Timed } from './arch.ts'

/** Tokens of the question, the same in every arm. */
export const questionTokens = 16

/** One arm of REFRAG; the other arm, full context, is `null` throughout. */
export type Arm = { readonly k: number; readonly p: number; readonly cached: boolean }

/** An arm in words. */
export function sayArm(arm: Arm | null): string {
  return arm ? `k ${arm.k} p ${arm.p} ${arm.cached ? 'cached' : 'uncached'}` : 'full context'
}

/** Times of one run in milliseconds; the phases are those of `ttft`, each to the clock's last digit. */
export type Sample = {
  readonly ttft: number
  readonly phases: TtftPhases
  /** Mean over the tokens after the first; null when there are none. */
  readonly ttit: number | null
  /** Of each of the batch. */
  readonly positions: number
}

/** What the clock needs of what it times: the very interfaces that a question passes through. */
export type Clocked = Pick<Timed, 'decoder' | 'compressor'>

/** Contexts with their questions, drawn at random: each of a batch has its own, the same whatever the batch. */
export function drawTokens(vocabulary: number, context: number, seed: number, batch = 1): readonly Int32Array[] {
  const draws = random(seed)
  return Array.from({ length: batch }, () =>
    Int32Array.from({ length: context + questionTokens }, () => draws.int(0, vocabulary - 1)),
  )
}

/** Chunks of k tokens, the last as short as it comes. */
function cut(context: Int32Array, k: number): readonly Int32Array[] {
  return Array.from({ length: Math.ceil(context.length / k) }, (_, i) => context.subarray(i * k, (i + 1) * k))
}

/** Brings the cache of chunk embeddings to where an arm begins: every chunk in it, or none. */
export async function prepare(
  { compressor }: Pick<Clocked, 'compressor'>,
  batch: readonly Int32Array[],
  arm: Arm | null,
  signal?: AbortSignal,
): Promise<void> {
  if (arm?.cached)
    await compressor.compress(
      batch.flatMap((tokens) => cut(contextOf(tokens), arm.k)),
      arm.k,
      signal,
    )
  else if (arm) compressor.forget()
}

function contextOf(tokens: Int32Array): Int32Array {
  return tokens.subarray(0, tokens.length - questionTokens)
}

/** Laps of one clock: what passes between two laps belongs to the second, so that nothing is left over. */
export function stopwatch() {
  const started = performance.now()
  let last = started
  return {
    lap(): number {
      const now = performance.now()
      const ms = now - last
      last = now
      return ms
    },
    total: () => last - started,
  }
}

/**
 * One run of `output` tokens over each of a batch, context first, question last. The clock starts with the tokens at hand and,
 * cached, their chunk embeddings; everything up to the first token of each in hand is on it. The same chunks are expanded in
 * each, so that all have one length.
 */
export async function timeOnce(
  clocked: Clocked,
  batch: readonly Int32Array[],
  arm: Arm | null,
  at: { readonly seed: number; readonly output: number },
  signal?: AbortSignal,
): Promise<Sample> {
  const { decoder, compressor } = clocked
  const { hidden } = decoder.config
  await prepare(clocked, batch, arm, signal)
  const greedy = { temperature: 0, topP: 1, topK: 0 }
  const token = (id: number): Slot => ({ kind: 'token', id })

  const clock = stopwatch()
  const cuts = batch.map((tokens) => (arm ? cut(contextOf(tokens), arm.k) : []))
  const each = cuts[0]?.length ?? 0
  const order = random(at.seed).shuffle(Array.from({ length: each }, (_, i) => i))
  const expanded = new Set(order.slice(0, budget(arm?.p ?? 0, each)))
  const select = clock.lap()

  const parts = { encode: 0, project: 0 }
  const compressed = arm
    ? await compressor.compress(cuts.flat(), arm.k, signal, (part, ms) => void (parts[part] += ms))
    : []
  const lookUp = clock.lap() - parts.encode - parts.project

  const slotsOf = (tokens: Int32Array, at: number): readonly Slot[] => {
    const context = contextOf(tokens)
    const body = arm
      ? (cuts[at] ?? []).flatMap((chunk, i): Slot[] =>
          expanded.has(i) ? Array.from(chunk, token) : [{ kind: 'chunk', index: at * each + i }],
        )
      : Array.from(context, token)
    return [...body, ...Array.from(tokens.subarray(context.length), token)]
  }
  const slots = batch.flatMap(slotsOf)
  const positions = slots.length / batch.length
  const none = new Float32Array(hidden)
  const rows = layRows(slots, decoder.embedding, hidden, (index) => compressed[index]?.embedding ?? none)
  const layout = clock.lap()

  // Full context comes first in every round, so that room is made in the round that does not count.
  decoder.reserve(positions + at.output)
  decoder.rewind(0)
  const logits = await decoder.feed(rows, 'last', signal)
  const prefill = clock.lap()

  const draws = random(at.seed)
  const sampled = (from: Float32Array): readonly number[] =>
    batch.length === 1
      ? [sampleToken(from, greedy, draws).id]
      : batch.map((_, i) => sampleToken(rowOf(from, i, batch.length), greedy, draws).id)
  let next = sampled(logits)
  const sample = clock.lap()
  const ttft = clock.total()

  for (let made = 1; made < at.output; made++)
    next = sampled(await decoder.feed(embeddingsOf(decoder, next), 'last', signal))
  const decode = clock.lap()
  const named = select + lookUp + parts.encode + parts.project + layout + prefill + sample
  return {
    ttft,
    phases: { retrieve: null, select, lookUp, ...parts, layout, prefill, sample, other: ttft - named },
    ttit: at.output > 1 ? decode / (at.output - 1) : null,
    positions,
  }
}

/** One of `count` rows of equal length. */
function rowOf(rows: Float32Array, at: number, count: number): Float32Array {
  const width = rows.length / count
  return rows.subarray(at * width, (at + 1) * width)
}

/** The embeddings of tokens, row after row. */
function embeddingsOf({ embedding, config: { hidden } }: Clocked['decoder'], ids: readonly number[]): Float32Array {
  const row = (id: number): Float32Array => embedding.subarray(id * hidden, (id + 1) * hidden)
  if (ids.length === 1) return row(ids[0] as number)
  const rows = new Float32Array(ids.length * hidden)
  ids.forEach((id, i) => rows.set(row(id), i * hidden))
  return rows
}

/** What a row of logits for each of the batch takes beside a step without any, in milliseconds; the context of the last run stands in the cache. */
export async function timeLogits({ decoder }: Clocked, signal?: AbortSignal): Promise<number> {
  const row = decoder.embedding.subarray(0, decoder.batch * decoder.config.hidden)
  const before = decoder.length() - 1
  const took = async (wanted: 'none' | 'last'): Promise<number> => {
    decoder.rewind(before)
    const clock = stopwatch()
    await decoder.feed(row, wanted, signal)
    return clock.lap()
  }
  const without = await took('none')
  return (await took('last')) - without
}

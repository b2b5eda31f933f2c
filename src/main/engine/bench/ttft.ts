/** TTFT of full context and of REFRAG: one code path, one process, arms interleaved, medians with quartiles. */
import type { TtftInput, TtftRow } from '../../../shared/bench.ts'
import { Fault } from '../../../shared/fault.ts'
import { random } from '../../../shared/random.ts'
import { layRows, type Slot } from '../expand/layout.ts'
import { sampleToken } from '../expand/sample.ts'
import { median, quartiles } from '../measure/statistics.ts'
import { budget } from '../sense/select.ts'
import { encodeOperations, prefillOperations, type Timed } from './arch.ts'

/** Tokens of the question, the same in every arm. */
const questionTokens = 16
const decodeSteps = 8

type Arm = { readonly k: number; readonly p: number; readonly cached: boolean }
type Sample = {
  readonly total: number
  readonly encode: number
  readonly perToken: number
  readonly positions: number
}

export type TtftEvent =
  | { readonly type: 'run'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly type: 'row'; readonly row: TtftRow }

/**
 * Times every arm of every context. The clock runs from tokens (and, cached, chunk embeddings) at hand to the first
 * token in hand. Emits rows as each context ends; stops between runs when `secondsLimit` is over or on abort.
 */
export async function* timeTtft(timed: Timed, input: TtftInput, signal?: AbortSignal): AsyncGenerator<TtftEvent> {
  const unsupported = input.ks.find((k) => k > timed.encoder.maxK || k < 1)
  if (unsupported !== undefined)
    throw new Fault(
      'k-unsupported',
      `${timed.name} takes chunks of at most ${timed.encoder.maxK} tokens, not ${unsupported}.`,
    )
  for (const p of input.ps) budget(p, 0)
  const began = performance.now()
  const late = (): boolean => input.secondsLimit !== undefined && performance.now() - began > input.secondsLimit * 1000
  const caches = input.cached === 'both' ? [true, false] : [input.cached === 'cached']
  const arms = input.ks.flatMap((k) => input.ps.flatMap((p) => caches.map((cached): Arm => ({ k, p, cached }))))
  const total = input.contexts.length * (arms.length + 1) * (input.repeats + 1)
  let done = 0
  for (const context of input.contexts) {
    const tokens = draw(timed, context, input.seed)
    const samples = new Map<Arm | null, Sample[]>([null, ...arms].map((arm) => [arm, []]))
    for (let round = 0; round <= input.repeats; round++) {
      for (const [arm, own] of samples) {
        if (late() && round > 1) break
        signal?.throwIfAborted()
        const sample = await timeOnce(timed, tokens, arm, input.seed, signal)
        // The first round warms caches and allocators up and is dropped.
        if (round > 0) own.push(sample)
        done++
        yield {
          type: 'run',
          done,
          total,
          note: `${context} tokens, ${arm ? `k ${arm.k} p ${arm.p} ${arm.cached ? 'cached' : 'uncached'}` : 'full context'}`,
        }
      }
    }
    for (const arm of arms)
      yield { type: 'row', row: summarize(timed, context, arm, samples.get(null) ?? [], samples.get(arm) ?? []) }
    if (late()) return
  }
}

function draw(timed: Timed, context: number, seed: number): Int32Array {
  const draws = random(seed)
  return Int32Array.from({ length: context + questionTokens }, () => draws.int(0, timed.decoder.config.vocabulary - 1))
}

/** One run from tokens to the first token; `null` is the full context. Decoding a few more tokens is timed apart. */
async function timeOnce(
  timed: Timed,
  tokens: Int32Array,
  arm: Arm | null,
  seed: number,
  signal?: AbortSignal,
): Promise<Sample> {
  const { decoder, compressor } = timed
  const context = tokens.length - questionTokens
  const k = arm?.k ?? 1
  const chunks = arm
    ? Array.from({ length: Math.ceil(context / k) }, (_, i) => tokens.subarray(i * k, Math.min((i + 1) * k, context)))
    : []
  const picks = random(seed)
    .shuffle(chunks.map((_, i) => i))
    .slice(0, budget(arm?.p ?? 0, chunks.length))
  const expanded = new Set(picks)
  if (arm?.cached) await compressor.compress(chunks, k, signal)
  if (arm && !arm.cached) compressor.forget()
  decoder.reserve(context + questionTokens + decodeSteps)
  decoder.rewind(0)

  const started = performance.now()
  const compressed = arm ? await compressor.compress(chunks, k, signal) : []
  const encode = performance.now() - started
  const token = (id: number): Slot => ({ kind: 'token', id })
  const body = arm
    ? chunks.flatMap((chunk, index): Slot[] =>
        expanded.has(index) ? Array.from(chunk, token) : [{ kind: 'chunk', index }],
      )
    : Array.from(tokens.subarray(0, context), token)
  const slots = [...body, ...Array.from(tokens.subarray(context), token)]
  const { hidden } = decoder.config
  const rows = layRows(
    slots,
    decoder.embedding,
    hidden,
    (index) => compressed[index]?.embedding ?? new Float32Array(hidden),
  )
  const logits = await decoder.feed(rows, 'last', signal)
  let next = sampleToken(logits, { temperature: 0, topP: 1, topK: 0 }, random(seed)).id
  const total = performance.now() - started

  for (let step = 0; step < decodeSteps; step++) {
    const scores = await decoder.feed(decoder.embedding.subarray(next * hidden, (next + 1) * hidden), 'last', signal)
    next = sampleToken(scores, { temperature: 0, topP: 1, topK: 0 }, random(seed)).id
  }
  return { total, encode, perToken: (performance.now() - started - total) / decodeSteps, positions: slots.length }
}

function summarize(
  timed: Timed,
  context: number,
  arm: Arm,
  full: readonly Sample[],
  refrag: readonly Sample[],
): TtftRow {
  const config = timed.decoder.config
  const chunks = Math.ceil(context / arm.k)
  const positions = refrag[0]?.positions ?? 0
  const encoding = arm.cached ? 0 : encodeOperations(timed.encoder, config.hidden, chunks, arm.k)
  const bound = prefillOperations(config, context + questionTokens) / (prefillOperations(config, positions) + encoding)
  const times = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.total)
  const [fullMs, refragMs] = [median(times(full)), median(times(refrag))]
  return {
    arch: timed.name,
    context,
    k: arm.k,
    p: arm.p,
    cached: arm.cached,
    n: Math.min(full.length, refrag.length),
    positions,
    fullMs,
    fullQuartiles: quartiles(times(full)),
    refragMs,
    refragQuartiles: quartiles(times(refrag)),
    fullSamples: times(full),
    refragSamples: times(refrag),
    speedup: fullMs / refragMs,
    bound,
    boundShare: fullMs / refragMs / bound,
    encodeMs: arm.cached ? null : median(refrag.map((sample) => sample.encode)),
    refragTokensPerSecond: 1000 / median(refrag.map((sample) => sample.perToken)),
  }
}

/** The paper's latency model (B.4, Tables 6 and 9) with its two speeds, f and m, fitted to this machine's full context. */
import type { TtftRow } from '../../../shared/bench.ts'
import type { LatencyModel, LatencyModelRow } from '../../../shared/latency.ts'
import type { Decoder } from '../expand/decoder.ts'
import type { EncoderConfig } from '../nets/config.ts'
import { encodeOperations } from './arch.ts'
import { decoderParameters } from './footprint.ts'
import { questionTokens } from './ttftRun.ts'

/** The sizes that the formulas name: d, l and n. Numbers have 4 bytes in f32 and 2 in f16; the paper's are bf16, which has 2. */
export type Sizes = {
  readonly hidden: number
  readonly layers: number
  readonly parameters: number
  readonly bytesPerNumber: number
}

/** FLOP of a prefill of s positions, batch 1: (24 d² + 4 d s) l s. */
export function modelOperations({ hidden: d, layers: l }: Sizes, s: number): number {
  return (24 * d * d + 4 * d * s) * l * s
}

/** Bytes of the KV cache of s positions: a key and a value of width d in every layer. */
export function modelCache({ hidden: d, layers: l, bytesPerNumber }: Sizes, s: number): number {
  return 2 * bytesPerNumber * d * l * s
}

/** Bytes that a decoding step reads: every parameter, and the cache. */
export function modelStep(sizes: Sizes, s: number): number {
  return sizes.bytesPerNumber * sizes.parameters + modelCache(sizes, s)
}

/**
 * The speed for which work / speed is nearest the seconds measured, by least squares of the relative errors: so short
 * contexts count as much as long ones.
 */
export function fitSpeed(points: readonly { readonly work: number; readonly seconds: number }[]): number {
  const perSecond = points.map(({ work, seconds }) => work / seconds)
  const squares = perSecond.reduce((sum, each) => sum + each * each, 0)
  return squares / perSecond.reduce((sum, each) => sum + each, 0)
}

/** Fits the model to rows of one decoder; null when there are none. */
export function fitLatency(
  rows: readonly TtftRow[],
  { config: decoder, bytesPerNumber }: Pick<Decoder, 'config' | 'bytesPerNumber'>,
  encoder: EncoderConfig,
): LatencyModel | null {
  const [first] = rows
  if (!first) return null
  const { output } = first
  const { hidden, layers } = decoder
  const sizes = { hidden, layers, parameters: decoderParameters(decoder), bytesPerNumber }
  const full = rows.filter((row, i) => rows.findIndex(({ context }) => context === row.context) === i)
  const f = fitSpeed(full.map((row) => ({ work: modelOperations(sizes, row.context), seconds: row.fullMs / 1000 })))
  const steps = full.flatMap(({ context, full: { ttitMs } }) =>
    ttitMs === null ? [] : [{ context, work: modelStep(sizes, context + output), seconds: ttitMs / 1000 }],
  )
  const m = steps.length === 0 ? null : fitSpeed(steps)
  const speeds = { f, m, sizes, output }
  return {
    f,
    m,
    ...sizes,
    question: questionTokens,
    output,
    residuals: {
      contexts: full.map(({ context }) => context),
      ttft: full.map(({ context, fullMs }) => fullMs / 1000 / (modelOperations(sizes, context) / f) - 1),
      ttit: m === null ? [] : steps.map(({ work, seconds }) => seconds / (work / m) - 1),
    },
    rows: [
      ...full.map((row) => ({
        ...compare(row.context, row.full, speeds),
        context: row.context,
        k: null,
        p: null,
        cached: null,
      })),
      ...rows.map((row) => {
        const chunks = Math.ceil(row.context / row.k)
        const encoding = row.cached ? 0 : encodeOperations(encoder, decoder.hidden, chunks, row.k)
        // s / k of the formula, or with p above 0 as many positions as the context has: s over the effective rate.
        const seen = compare(row.refrag.positions - questionTokens, row.refrag, speeds)
        return {
          ...seen,
          leftOut: { ...seen.leftOut, encoderMs: (1000 * encoding) / f },
          context: row.context,
          k: row.k,
          p: row.p,
          cached: row.cached,
        }
      }),
    ],
  }
}

/** An arm that gives the decoder `s` positions of context, under the formulas and as measured. */
function compare(
  s: number,
  measured: TtftRow['full'],
  at: { readonly f: number; readonly m: number | null; readonly sizes: Sizes; readonly output: number },
): Pick<LatencyModelRow, 'predicted' | 'measured' | 'leftOut'> {
  const { f, m, sizes, output } = at
  const prefill = (positions: number): number => (1000 * modelOperations(sizes, positions)) / f
  const ttftMs = prefill(s)
  const ttitMs = m === null ? null : (1000 * modelStep(sizes, s + output)) / m
  return {
    predicted: {
      ttftMs,
      ttitMs,
      tokensPerSecond: (1000 * output) / (ttftMs + (ttitMs ?? 0) * (output - 1)),
      kvBytes: modelCache(sizes, s + output),
    },
    measured: {
      ttftMs: measured.ttftMs,
      ttitMs: measured.ttitMs,
      tokensPerSecond: measured.tokensPerSecond,
      kvBytes: measured.kvBytes,
    },
    leftOut: { questionMs: prefill(s + questionTokens) - ttftMs, encoderMs: 0 },
  }
}

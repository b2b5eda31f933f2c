/** Rows of `bench ttft` made by hand: what a test is about is given, the rest follows from it or is nothing. */
import type { TtftRow } from '../../src/shared/bench.ts'
import type { TtftArm } from '../../src/shared/latency.ts'

const question = 16

export function ttftArm(positions: number, ttftMs: number, ttitMs: number | null = null): TtftArm {
  const none = { retrieve: null, select: 0, lookUp: 0, encode: 0, project: 0, layout: 0, sample: 0, other: 0 }
  return {
    positions,
    ttftMs,
    ttftQuartiles: [ttftMs, ttftMs],
    ttitMs,
    ttitQuartiles: ttitMs === null ? null : [ttitMs, ttitMs],
    tokensPerSecond: 1000 / ttftMs,
    phases: { ...none, prefill: ttftMs },
    kvBytes: 0,
    neededMiB: 0,
    memory: null,
  }
}

type Given = Pick<TtftRow, 'context' | 'k' | 'fullMs' | 'refragMs'> & Partial<TtftRow>

/** A row of n = 3, p = 0, cached and one output token, unless told otherwise. */
export function ttftRow({ context, k, fullMs, refragMs, ...more }: Given): TtftRow {
  const positions = Math.ceil(context / k) + question
  return {
    arch: 'tiny',
    context,
    k,
    p: 0,
    cached: true,
    n: 3,
    positions,
    fullMs,
    fullQuartiles: [fullMs, fullMs],
    refragMs,
    refragQuartiles: [refragMs, refragMs],
    fullSamples: [fullMs, fullMs, fullMs],
    refragSamples: [refragMs, refragMs, refragMs],
    speedup: fullMs / refragMs,
    bound: 1,
    boundShare: 1,
    encodeMs: null,
    refragTokensPerSecond: null,
    batch: 1,
    output: 1,
    full: ttftArm(context + question, fullMs),
    refrag: ttftArm(positions, refragMs),
    rest: { idealMs: 0, prefillMs: 0, logitsMs: 0, encodeMs: 0, layoutMs: 0, hostMs: 0, copiedBytes: 0 },
    paper: null,
    disturbed: [],
    ...more,
  }
}

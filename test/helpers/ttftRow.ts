/** A row of `bench ttft` made by hand. */
import type { TtftRow } from '../../src/shared/bench.ts'
import type { TtftArm } from '../../src/shared/latency.ts'

const phases = { retrieve: null, select: 0, lookUp: 0, encode: 0, project: 0, layout: 0, sample: 0, other: 0 }

function arm(positions: number, ttftMs: number): TtftArm {
  return {
    positions,
    ttftMs,
    ttftQuartiles: [ttftMs, ttftMs],
    ttitMs: null,
    ttitQuartiles: null,
    tokensPerSecond: 1000 / ttftMs,
    phases: { ...phases, prefill: ttftMs },
    kvBytes: 0,
    neededMiB: 0,
    memory: null,
  }
}

/** Full context took `fullMs`, REFRAG `refragMs`; the rest follows or is as told. */
export function ttftRow(own: Pick<TtftRow, 'context' | 'k' | 'p' | 'fullMs' | 'refragMs'> & Partial<TtftRow>): TtftRow {
  const { context, k, fullMs, refragMs } = own
  const positions = Math.ceil(context / k) + 16
  return {
    arch: 'refrag-mini',
    cached: true,
    n: 3,
    positions,
    fullQuartiles: [fullMs, fullMs],
    refragQuartiles: [refragMs - 1, refragMs + 1],
    fullSamples: [fullMs * 0.99, fullMs, fullMs * 1.01],
    refragSamples: [refragMs * 0.99, refragMs, refragMs * 1.01],
    speedup: fullMs / refragMs,
    bound: 8,
    boundShare: fullMs / refragMs / 8,
    encodeMs: null,
    refragTokensPerSecond: null,
    batch: 1,
    output: 1,
    full: arm(context + 16, fullMs),
    refrag: arm(positions, refragMs),
    rest: { idealMs: refragMs, prefillMs: 0, logitsMs: 0, encodeMs: 0, layoutMs: 0, hostMs: 0, copiedBytes: 0 },
    paper: null,
    disturbed: [],
    ...own,
  }
}

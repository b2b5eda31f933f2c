/** The runs of one context as rows: medians with quartiles, the bound of the operation counts, and what stands below it. */
import type { TtftRow } from '../../../shared/bench.ts'
import type { TtftArm, TtftPhases } from '../../../shared/latency.ts'
import { paperSpeedup } from '../../../shared/paperLatency.ts'
import { median, quartiles } from '../measure/statistics.ts'
import { encodeOperations, prefillOperations, type Timed } from './arch.ts'
import { kvBytes, neededMiB } from './footprint.ts'
import { questionTokens, type Arm, type Sample } from './ttftRun.ts'

/** What a context gave: its runs by arm, full context under null, and what is known beside them. */
export type Runs = {
  readonly context: number
  /** Questions answered together. */
  readonly batch: number
  readonly samples: ReadonlyMap<Arm | null, readonly Sample[]>
  readonly logits: readonly number[]
  readonly output: number
  readonly disturbed: readonly string[]
}

/** The row of one arm of REFRAG beside full context. */
export function summarize(timed: Pick<Timed, 'name' | 'decoder' | 'encoder'>, runs: Runs, arm: Arm): TtftRow {
  const { context, batch, output } = runs
  const { config } = timed.decoder
  const [fullRuns, refragRuns] = [runs.samples.get(null) ?? [], runs.samples.get(arm) ?? []]
  const [full, refrag] = [fullRuns, refragRuns].map((own) => describe(timed, own, runs)) as [TtftArm, TtftArm]
  const [fullMs, refragMs] = [full.ttftMs, refrag.ttftMs]
  const chunks = Math.ceil(context / arm.k)
  const encoding = arm.cached ? 0 : encodeOperations(timed.encoder, config.hidden, chunks, arm.k)
  const operations = {
    full: batch * prefillOperations(config, context + questionTokens),
    prefill: batch * prefillOperations(config, refrag.positions),
    encoding: batch * encoding,
  }
  const bound = operations.full / (operations.prefill + operations.encoding)
  return {
    arch: timed.name,
    context,
    k: arm.k,
    p: arm.p,
    cached: arm.cached,
    n: refragRuns.length,
    positions: refrag.positions,
    fullMs,
    fullQuartiles: full.ttftQuartiles,
    refragMs,
    refragQuartiles: refrag.ttftQuartiles,
    fullSamples: fullRuns.map(({ ttft }) => ttft),
    refragSamples: refragRuns.map(({ ttft }) => ttft),
    speedup: fullMs / refragMs,
    bound,
    boundShare: fullMs / refragMs / bound,
    encodeMs: arm.cached ? null : refrag.phases.encode + refrag.phases.project,
    refragTokensPerSecond: refrag.ttitMs === null ? null : (1000 * batch) / refrag.ttitMs,
    batch,
    output,
    full,
    refrag,
    rest: restOf(refrag.phases, operations, full.phases.prefill / operations.full, {
      logitsMs: Math.max(0, median(runs.logits)),
      copiedBytes: 4 * batch * config.vocabulary,
    }),
    paper: arm.p === 0 && batch === 1 ? paperSpeedup(context, arm.k, arm.cached) : null,
    disturbed: [...runs.disturbed],
  }
}

function describe(
  { decoder }: Pick<Timed, 'decoder'>,
  runs: readonly Sample[],
  { batch, output }: Pick<Runs, 'batch' | 'output'>,
): TtftArm {
  const positions = runs[0]?.positions ?? 0
  const times = runs.map(({ ttft }) => ttft)
  const steps = runs.flatMap(({ ttit }) => (ttit === null ? [] : [ttit]))
  const middle = (phase: Exclude<keyof TtftPhases, 'retrieve'>): number => median(runs.map((run) => run.phases[phase]))
  return {
    positions,
    ttftMs: median(times),
    ttftQuartiles: quartiles(times),
    ttitMs: steps.length === 0 ? null : median(steps),
    ttitQuartiles: steps.length === 0 ? null : quartiles(steps),
    tokensPerSecond: median(
      runs.map(({ ttft, ttit }) => (1000 * batch * output) / (ttft + (ttit ?? 0) * (output - 1))),
    ),
    phases: {
      retrieve: null,
      select: middle('select'),
      lookUp: middle('lookUp'),
      encode: middle('encode'),
      project: middle('project'),
      layout: middle('layout'),
      prefill: middle('prefill'),
      sample: middle('sample'),
      other: middle('other'),
    },
    // The last token's position is never fed: its key and value are nobody's to read.
    kvBytes: kvBytes(decoder, positions + output - 1),
    neededMiB: neededMiB(decoder, positions, output),
    memory: null,
  }
}

/** The phases against what their operations take at full context's pace (milliseconds an operation). */
export function restOf(
  phases: TtftPhases,
  operations: { readonly prefill: number; readonly encoding: number },
  pace: number,
  known: { readonly logitsMs: number; readonly copiedBytes: number },
): TtftRow['rest'] {
  const [prefill, encoding] = [operations.prefill * pace, operations.encoding * pace]
  return {
    idealMs: prefill + encoding,
    prefillMs: phases.prefill - prefill,
    logitsMs: known.logitsMs,
    encodeMs: phases.encode + phases.project - encoding,
    layoutMs: phases.layout,
    hostMs: phases.select + phases.lookUp + phases.sample + phases.other,
    copiedBytes: known.copiedBytes,
  }
}

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
  readonly samples: ReadonlyMap<Arm | null, readonly Sample[]>
  readonly logits: readonly number[]
  readonly output: number
  readonly disturbed: readonly string[]
}

/** The row of one arm of REFRAG beside full context. */
export function summarize(timed: Pick<Timed, 'name' | 'decoder' | 'encoder'>, runs: Runs, arm: Arm): TtftRow {
  const { context, output } = runs
  const { config } = timed.decoder
  const [fullRuns, refragRuns] = [runs.samples.get(null) ?? [], runs.samples.get(arm) ?? []]
  const [full, refrag] = [fullRuns, refragRuns].map((own) => describe(timed, own, output)) as [TtftArm, TtftArm]
  const [fullMs, refragMs] = [full.ttftMs, refrag.ttftMs]
  const chunks = Math.ceil(context / arm.k)
  const encoding = arm.cached ? 0 : encodeOperations(timed.encoder, config.hidden, chunks, arm.k)
  const operations = {
    full: prefillOperations(config, context + questionTokens),
    prefill: prefillOperations(config, refrag.positions),
    encoding,
  }
  const bound = operations.full / (operations.prefill + encoding)
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
    refragTokensPerSecond: refrag.ttitMs === null ? null : 1000 / refrag.ttitMs,
    batch: 1,
    output,
    full,
    refrag,
    rest: restOf(refrag.phases, operations, full.phases.prefill / operations.full, {
      logitsMs: Math.max(0, median(runs.logits)),
      copiedBytes: 4 * config.vocabulary,
    }),
    paper: arm.p === 0 ? paperSpeedup(context, arm.k, arm.cached) : null,
    disturbed: [...runs.disturbed],
  }
}

function describe({ decoder: { config } }: Pick<Timed, 'decoder'>, runs: readonly Sample[], output: number): TtftArm {
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
    tokensPerSecond: median(runs.map(({ ttft, ttit }) => (1000 * output) / (ttft + (ttit ?? 0) * (output - 1)))),
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
    kvBytes: kvBytes(config, positions + output - 1),
    neededMiB: neededMiB(config, positions, output),
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

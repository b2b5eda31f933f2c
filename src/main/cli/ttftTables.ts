/** The rows of `bench ttft` as tables: times, phases, what lies below the bound, memory. */
import type { TtftRow } from '../../shared/bench.ts'
import type { LatencyModel, TtftArm } from '../../shared/latency.ts'
import { table } from './table.ts'

const keys = ['context', 'k', 'p', 'cached'] as const
const keysOf = ({ context, k, p, cached }: TtftRow) => [context, k, p, cached]
const mebi = 2 ** 20

const between = ([low, high]: readonly [number, number]): string => `${low.toPrecision(4)} to ${high.toPrecision(4)}`

/** Medians with their quartiles, and the speed-up beside its bound and the paper's. */
export function timesTable(rows: readonly TtftRow[]): string {
  return table(
    [
      ...keys,
      'n',
      'full ms',
      'quartiles',
      'refrag ms',
      'quartiles',
      'speedup',
      'of bound',
      'paper',
      'full TTIT',
      'refrag TTIT',
      'full KV MiB',
      'refrag KV MiB',
      'disturbed',
    ],
    rows.map((row) => [
      ...keysOf(row),
      row.n,
      row.fullMs,
      between(row.fullQuartiles),
      row.refragMs,
      between(row.refragQuartiles),
      row.speedup,
      row.boundShare,
      row.paper,
      row.full.ttitMs,
      row.refrag.ttitMs,
      row.full.kvBytes / mebi,
      row.refrag.kvBytes / mebi,
      row.disturbed.length > 0,
    ]),
  )
}

/** The phases of TTFT, and each token after it; the full context once for each context. */
export function phasesTable(rows: readonly TtftRow[]): string {
  const phases = ({ phases: of, ttitMs }: TtftArm) => [
    of.retrieve,
    of.select,
    of.lookUp,
    of.encode,
    of.project,
    of.layout,
    of.prefill,
    of.sample,
    of.other,
    ttitMs,
  ]
  const first = (row: TtftRow): boolean => rows.find(({ context }) => context === row.context) === row
  return table(
    [
      ...keys,
      'retrieve',
      'select',
      'look up',
      'encode',
      'project',
      'layout',
      'prefill',
      'first token',
      'other',
      'per token',
    ],
    rows.flatMap((row) => [
      ...(first(row) ? [[row.context, 'full', null, null, ...phases(row.full)]] : []),
      [...keysOf(row), ...phases(row.refrag)],
    ]),
  )
}

/** What stands between each row and its bound, in milliseconds. */
export function restTable(rows: readonly TtftRow[]): string {
  return table(
    [...keys, 'ideal', 'prefill', 'of it logits', 'encode', 'layout', 'host'],
    rows.map((row) => [
      ...keysOf(row),
      row.rest.idealMs,
      row.rest.prefillMs,
      row.rest.logitsMs,
      row.rest.encodeMs,
      row.rest.layoutMs,
      row.rest.hostMs,
    ]),
  )
}

/** Resident memory at its peak and before the question, the KV cache as held, and what the sizes say is needed. */
export function memoryTable(rows: readonly TtftRow[]): string {
  const held = ({ memory, neededMiB }: TtftArm) => [
    memory?.peakMiB ?? null,
    memory?.baseMiB ?? null,
    typeof memory?.kvBytes === 'number' ? memory.kvBytes / mebi : null,
    neededMiB,
  ]
  const headings = (arm: string): readonly string[] =>
    ['peak', 'base', 'KV held', 'needs'].map((word) => `${arm} ${word}`)
  return table(
    [...keys, ...headings('full'), ...headings('refrag')],
    rows.map((row) => [...keysOf(row), ...held(row.full), ...held(row.refrag)]),
  )
}

/** The fit in one line. */
export function sayModel({ f, m, residuals }: LatencyModel): string {
  const worst = (of: readonly number[]): string => `${(100 * Math.max(...of.map(Math.abs))).toFixed(0)} %`
  const steps = m === null ? '' : `, m ${(m / 1e9).toFixed(1)} GB/s, off by up to ${worst(residuals.ttit)}`
  return `The paper's model, fitted to full context: f ${(f / 1e9).toFixed(0)} GFLOP/s, off by up to ${worst(residuals.ttft)}${steps}`
}

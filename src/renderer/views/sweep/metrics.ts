/** What a cell came to, as one number with what it may be: name, unit and which way is better. Pure. */
import type { SweepCell } from '../../../shared/sweep.ts'
import { arrow, formatMs, formatScore } from '../../parts/format.ts'

export type Reading = {
  readonly value: number
  readonly low: number
  readonly high: number
  /** Over so many asks or cases. */
  readonly n: number
}
export type Metric = {
  readonly label: string
  readonly short: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly kind: 'speed' | 'quality'
  /** Around nothing, as a difference from full context is. */
  readonly diverging: boolean
  /** What the ends are. */
  readonly ends: 'quartiles' | '95 % interval' | null
  readonly format: (value: number) => string
  readonly of: (cell: SweepCell) => Reading | null
}

type Spread = { readonly median: number; readonly quartiles: readonly [number, number] }
type Kept = 'em' | 'f1' | 'logPerplexity'

const spread = (found: Spread | null | undefined, n: number): Reading | null =>
  found ? { value: found.median, low: found.quartiles[0], high: found.quartiles[1], n } : null
const times = (value: number): string => `${value.toFixed(2)}×`
// Differences of decimals that cancel leave a last bit, which is no difference.
const signed = (value: number): string =>
  Math.abs(value) < 1e-9 ? formatScore(0) : `${value > 0 ? '+' : ''}${formatScore(value)}`

const speed = { kind: 'speed', diverging: false, ends: 'quartiles' } as const
const quality = { kind: 'quality', diverging: false, ends: '95 % interval', format: formatScore } as const
const against = { ...quality, diverging: true, format: signed } as const

const score =
  (field: Kept) =>
  ({ quality: found }: SweepCell): Reading | null => {
    const [value, ends] = [found?.[field] ?? null, found?.[`${field}Ci`] ?? null]
    if (found === null || value === null || ends === null || !Number.isFinite(value)) return null
    return { value, low: ends[0], high: ends[1], n: found.n }
  }
const less =
  (field: Kept) =>
  ({ against: found }: SweepCell): Reading | null => {
    const own = found?.[field] ?? null
    if (found === null || own === null || !Number.isFinite(own.difference)) return null
    const [low, high] = own.ci
    return { value: own.difference, low, high, n: found.n }
  }

export const metrics = {
  ttft: {
    ...speed,
    label: 'TTFT',
    short: 'TTFT',
    unit: 'ms',
    better: 'lower',
    format: formatMs,
    of: ({ timing }) => spread(timing?.ttft, timing?.n ?? 0),
  },
  speedup: {
    ...speed,
    label: 'times faster than full context',
    short: 'times faster',
    unit: 'ask by ask',
    better: 'higher',
    format: times,
    of: ({ timing }) => spread(timing?.speedup, timing?.n ?? 0),
  },
  ttit: {
    ...speed,
    label: 'TTIT',
    short: 'TTIT',
    unit: 'ms',
    better: 'lower',
    format: formatMs,
    of: ({ timing, cases }) => spread(timing?.ttit, cases.filter(({ ttitMs }) => ttitMs !== null).length),
  },
  positions: {
    ...speed,
    ends: null,
    label: 'decoder positions',
    short: 'positions',
    unit: 'median',
    better: 'lower',
    format: (value) => value.toFixed(0),
    of: ({ timing, cases }) =>
      timing && { value: timing.positions, low: timing.positions, high: timing.positions, n: cases.length },
  },
  em: { ...quality, label: 'exact match', short: 'EM', unit: '', better: 'higher', of: score('em') },
  f1: { ...quality, label: 'F1', short: 'F1', unit: '', better: 'higher', of: score('f1') },
  logPerplexity: {
    ...quality,
    label: 'log-perplexity of the gold answer',
    short: 'log-perplexity',
    unit: 'nats a token',
    better: 'lower',
    of: score('logPerplexity'),
  },
  emLess: {
    ...against,
    label: 'exact match less full context',
    short: 'EM less full',
    unit: '',
    better: 'higher',
    of: less('em'),
  },
  f1Less: {
    ...against,
    label: 'F1 less full context',
    short: 'F1 less full',
    unit: '',
    better: 'higher',
    of: less('f1'),
  },
  logPerplexityLess: {
    ...against,
    label: 'log-perplexity less full context',
    short: 'log-perplexity less full',
    unit: 'nats a token',
    better: 'lower',
    of: less('logPerplexity'),
  },
} as const satisfies Readonly<Record<string, Metric>>
export type MetricName = keyof typeof metrics

export function metricOf(name: MetricName): Metric {
  return metrics[name]
}

/** Names of one kind, in the order in which they are offered. */
export function metricsOf(kind: Metric['kind']): readonly MetricName[] {
  return (Object.keys(metrics) as MetricName[]).filter((name) => metrics[name].kind === kind)
}

/** A metric with its unit and its direction. */
export function titleOf({ label, unit, better }: Metric): string {
  return `${label}${unit === '' ? '' : `, ${unit}`} ${arrow(better)}`
}

/** A reading in words: the value, what it may be, and over how many. */
export function sayReading(metric: Metric, { value, low, high, n }: Reading): string {
  const ends = metric.ends === null ? '' : `, ${metric.ends} ${metric.format(low)} to ${metric.format(high)}`
  return `${metric.format(value)}${ends}, n ${n}`
}

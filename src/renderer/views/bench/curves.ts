/** Sweep rows as curves: one line for each p against k, one for each k against p, full context as a level. Pure. */
import type { TtftRow } from '../../../shared/bench.ts'
import type { ChartProps, Curve } from '../../parts/Chart.tsx'
import { formatMs } from '../../parts/format.ts'

const times = { subject: 'TTFT', format: formatMs, fromZero: true }

/** TTFT against k: a line for each p. The axis holds every `ks` from the start, so that it stands still while rows come. */
export function againstK(rows: readonly TtftRow[], ks: readonly number[]): ChartProps {
  const curves = valuesOf(rows, (row) => row.p).map((p) =>
    curveOf(
      `p ${p}`,
      rows.filter((row) => row.p === p),
      (row) => row.k,
    ),
  )
  return {
    ...times,
    title: 'against k',
    x: 'k, tokens per chunk',
    ticks: ks,
    curves,
    level: levelOf(rows),
  }
}

/** TTFT against p: a line for each k; the axis holds every `ps`. */
export function againstP(rows: readonly TtftRow[], ps: readonly number[]): ChartProps {
  const curves = valuesOf(rows, (row) => row.k).map((k) =>
    curveOf(
      `k ${k}`,
      rows.filter((row) => row.k === k),
      (row) => row.p,
    ),
  )
  return {
    ...times,
    title: 'against p',
    x: 'p, fraction expanded',
    ticks: ps,
    curves,
    level: levelOf(rows),
  }
}

function curveOf(name: string, rows: readonly TtftRow[], x: (row: TtftRow) => number): Curve {
  const points = rows.map((row) => ({
    x: x(row),
    y: row.refragMs,
    low: row.refragQuartiles[0],
    high: row.refragQuartiles[1],
  }))
  return { name, points: points.toSorted((a, b) => a.x - b.x) }
}

function valuesOf(rows: readonly TtftRow[], of: (row: TtftRow) => number): readonly number[] {
  return [...new Set(rows.map(of))].toSorted((a, b) => a - b)
}

/** The median over the cells of full context's own medians: it depends on neither k nor p. */
function levelOf(rows: readonly TtftRow[]): ChartProps['level'] {
  const sorted = rows.map((row) => row.fullMs).toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  return middle === undefined ? null : { name: 'full context', y: middle }
}

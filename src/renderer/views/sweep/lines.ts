/** The cells of one case and policy as curves: against k a line for each p, against p a line for each k. Pure. */
import { caseOf, keyOf, planOf } from '../../../shared/grid.ts'
import { fullOf } from '../../../shared/pareto.ts'
import type { PolicyName } from '../../../shared/plan.ts'
import type { SweepCell } from '../../../shared/sweep.ts'
import type { ChartProps, Curve } from '../../parts/Chart.tsx'
import type { Standing } from './cases.ts'
import { titleOf, type Metric } from './metrics.ts'

type At = { readonly case: string; readonly policy: PolicyName; readonly metric: Metric }

/** A line for each p below 1; the axis holds every k from the start, so that it stands still while cells come. */
export function sweptAgainstK(standing: Standing, at: At): ChartProps {
  const { ks, ps } = axesOf(standing, at)
  const curves = ps
    .filter((p) => p < 1)
    .map((p) => curveOf(`p ${p}`, ks, (k) => measured(standing, at, k, p), at.metric))
  return { ...shared(standing, at), title: 'against k', x: 'k, tokens per chunk', ticks: ks, curves }
}

/** A line for each k; p 1 is full context, which all of them share. */
export function sweptAgainstP(standing: Standing, at: At): ChartProps {
  const { ks, ps } = axesOf(standing, at)
  const curves = ks.map((k) => curveOf(`k ${k}`, ps, (p) => measured(standing, at, k, p), at.metric))
  return { ...shared(standing, at), title: 'against p', x: 'p, fraction expanded', ticks: ps, curves }
}

function axesOf({ points, info }: Standing, at: At): { readonly ks: number[]; readonly ps: number[] } {
  const own = points.filter((point) => caseOf(point) === at.case)
  const sorted = (values: readonly number[]): number[] => [...new Set(values)].toSorted((a, b) => a - b)
  return {
    ks: sorted(own.flatMap(({ k }) => (k === null ? [] : [k]))),
    ps: sorted(info.grids.flatMap((grid) => grid.ps)),
  }
}

function measured({ points, cells }: Standing, at: At, k: number, p: number): SweepCell | null {
  const some = points.find((point) => caseOf(point) === at.case)
  const cell = some === undefined ? undefined : cells.get(keyOf({ ...some, ...planOf(k, p, at.policy) }))
  return cell?.state === 'done' ? cell : null
}

function curveOf(name: string, xs: readonly number[], at: (x: number) => SweepCell | null, metric: Metric): Curve {
  const points = xs.flatMap((x) => {
    const cell = at(x)
    const reading = cell === null ? null : metric.of(cell)
    return reading === null ? [] : [{ x, y: reading.value, low: reading.low, high: reading.high }]
  })
  return { name, points }
}

function shared({ cells }: Standing, { case: own, metric }: At): Omit<ChartProps, 'title' | 'x' | 'ticks' | 'curves'> {
  const full = fullOf([...cells.values()].filter((cell) => caseOf(cell) === own))
  const reading = full === null ? null : metric.of(full)
  // What is compared with full context is compared with nothing there.
  const y = metric.diverging ? 0 : reading?.value
  return {
    subject: titleOf(metric),
    format: metric.format,
    fromZero: metric.kind === 'speed',
    level: y === undefined ? null : { name: 'full context', y },
  }
}

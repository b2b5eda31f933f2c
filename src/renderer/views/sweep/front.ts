/** The cells of one case between time and quality, with their front and the picks from it. Pure. */
import { caseOf, isFull } from '../../../shared/grid.ts'
import {
  bestWithin,
  fastestWithin,
  judge,
  paretoFront,
  qualities,
  worthOf,
  type Judged,
  type QualityName,
} from '../../../shared/pareto.ts'
import type { SweepCell } from '../../../shared/sweep.ts'
import type { Point } from '../../parts/Chart.tsx'
import { planName } from './cases.ts'
import { metricOf, sayReading } from './metrics.ts'

export type Picked = {
  readonly points: readonly Point[]
  /** The best that begins to answer within so many milliseconds. */
  readonly best: SweepCell | null
  /** The fastest that is at most so much worse than full context; null without one. */
  readonly fastest: SweepCell | null
  /** The quality that the fastest must reach; null where full context was not measured. */
  readonly least: number | null
}

/** `ms` and `loss` are what a person asks for; cells of the case that were measured whole are the choice. */
export function pickFrom(
  cells: readonly SweepCell[],
  at: { readonly case: string; readonly quality: QualityName; readonly ms: number | null; readonly loss: number },
): Picked {
  const own = cells.filter((cell) => caseOf(cell) === at.case)
  const judged = judge(own, at.quality)
  const front = new Set(paretoFront(judged).map(({ key }) => key))
  const full = judged.find(({ key }) => own.some((cell) => cell.key === key && isFull(cell))) ?? null
  const cellOf = (found: Judged | null): SweepCell | null => own.find(({ key }) => key === found?.key) ?? null
  return {
    points: judged.flatMap((each) => {
      const cell = own.find(({ key }) => key === each.key)
      return cell === undefined ? [] : [pointOf(cell, at.quality, front.has(each.key))]
    }),
    best: at.ms === null ? null : cellOf(bestWithin(judged, at.ms)),
    fastest: full === null ? null : cellOf(fastestWithin(judged, full.worth, at.loss)),
    least: full === null ? null : worthOf(at.quality, full.worth - at.loss),
  }
}

function pointOf(cell: SweepCell, quality: QualityName, front: boolean): Point {
  const [time, score] = [metricOf('ttft'), metricOf(quality)]
  const [x, y] = [time.of(cell), score.of(cell)]
  if (x === null || y === null) throw new Error(`internal: ${cell.key} was judged without being measured`)
  return {
    key: cell.key,
    label: `${planName(cell)}: TTFT ${sayReading(time, x)}; ${qualities[quality].label} ${sayReading(score, y)}`,
    x: x.value,
    y: y.value,
    xSpread: [x.low, x.high],
    ySpread: [y.low, y.high],
    kind: isFull(cell) ? 'full' : cell.policy === 'none' ? 'compressed' : 'plan',
    front,
  }
}

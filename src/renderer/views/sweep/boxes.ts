/** How a figure lies over the cases of each cell: the five numbers of a box plot, full context first. Pure. */
import { caseOf, isFull } from '../../../shared/grid.ts'
import type { PolicyName } from '../../../shared/plan.ts'
import { quantile } from '../../../shared/quantiles.ts'
import type { SweepCell } from '../../../shared/sweep.ts'
import type { Box } from '../../parts/Boxes.tsx'
import { planName, type Standing } from './cases.ts'

/** Figures that every case has of its own. */
export const caseFigures = {
  ttft: { of: ({ ttftMs }: SweepCell['cases'][number]) => ttftMs, metric: 'ttft' },
  logPerplexity: { of: ({ logPerplexity }: SweepCell['cases'][number]) => logPerplexity, metric: 'logPerplexity' },
} as const
export type CaseFigure = keyof typeof caseFigures

/** Boxes of the cells of one reading and policy, in the order of the grid. */
export function boxesOf(
  { points, cells }: Standing,
  at: { readonly case: string; readonly policy: PolicyName; readonly figure: CaseFigure },
): readonly (Box & { readonly key: string })[] {
  const { of } = caseFigures[at.figure]
  const wanted = ({ policy }: SweepCell): boolean => policy === 'all' || policy === 'none' || policy === at.policy
  const own = [...cells.values()].filter((cell) => caseOf(cell) === at.case && wanted(cell))
  const order = new Map(points.map((point, i) => [`${point.k} ${point.p} ${point.policy}`, i]))
  const placeOf = (cell: SweepCell): number =>
    isFull(cell) ? -1 : (order.get(`${cell.k} ${cell.p} ${cell.policy}`) ?? Infinity)
  return own
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .flatMap((cell) => {
      const values = cell.cases.map(of).filter((value): value is number => Number.isFinite(value))
      if (values.length === 0) return []
      const [low, first, middle, third, high] = [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share))
      return [
        {
          key: cell.key,
          name: planName(cell),
          n: values.length,
          low: low ?? 0,
          first: first ?? 0,
          middle: middle ?? 0,
          third: third ?? 0,
          high: high ?? 0,
        },
      ]
    })
}

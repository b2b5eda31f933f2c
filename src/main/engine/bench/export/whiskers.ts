/** The first value of a table that has an interval beside it, every row on one scale from 0 to 1. */
import type { Table, Value } from '../../../../shared/table.ts'

export type Whisker = {
  readonly low: number
  readonly value: number
  readonly high: number
  /** Where nothing speaks for either side; null where the scale does not reach it. */
  readonly neutral: number | null
}

export type Whiskers = {
  /** The column of the interval. */
  readonly column: number
  /** The ends of the scale, in words. */
  readonly scale: string
  readonly rows: readonly (Whisker | null)[]
}

const isInterval = (value: Value): value is readonly [number, number] => Array.isArray(value)
/** More rows than this are a file of values, not a picture. */
const most = 80

/** Null where there is no such column, or where its intervals are all the same. */
export function intervalsOf({ columns, rows }: Pick<Table, 'columns' | 'rows'>): Whiskers | null {
  const column = columns.findIndex(({ kind }, at) => kind === 'interval' && columns[at - 1]?.kind === 'number')
  if (column < 0 || rows.length > most) return null
  const own = columns.findIndex(({ key }) => key === 'neutral')
  const found = rows.map((row) => {
    const [value, interval] = [row[column - 1] ?? null, row[column] ?? null]
    if (typeof value !== 'number' || !isInterval(interval)) return null
    const neutral = own < 0 ? 0 : row[own]
    return { value, low: interval[0], high: interval[1], neutral: typeof neutral === 'number' ? neutral : 0 }
  })
  const finite = found.flatMap((each) => (each ? [each.low, each.value, each.high] : [])).filter(Number.isFinite)
  if (finite.length === 0) return null
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  if (low === high) return null
  const { digits } = columns[column] ?? { digits: 3 }
  const share = (value: number): number => Math.min(1, Math.max(0, (value - low) / (high - low)))
  return {
    column,
    scale: `${low.toFixed(digits)} to ${high.toFixed(digits)}`,
    rows: found.map(
      (each) =>
        each && {
          low: share(each.low),
          value: share(each.value),
          high: share(each.high),
          neutral: each.neutral >= low && each.neutral <= high ? share(each.neutral) : null,
        },
    ),
  }
}

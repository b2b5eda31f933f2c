/** The first value of a table that has an interval beside it, on one scale from 0 to 1 for the table, or for each of its claims. */
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
  /** The ends of the scale, in words; empty where each claim has its own. */
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
  // Claims are ratios and differences of several units: each is drawn on its own scale, its neutral value on it.
  const groupOf = (at: number): Value => (own < 0 ? '' : (rows[at]?.[0] ?? ''))
  const endsOf = (group: Value): readonly [number, number] => {
    const values = found.flatMap((each, at) =>
      each && groupOf(at) === group ? [each.low, each.value, each.high, ...(own < 0 ? [] : [each.neutral])] : [],
    )
    const finite = values.filter(Number.isFinite)
    return [Math.min(...finite), Math.max(...finite)]
  }
  const scales = new Map([...new Set(rows.map((_, at) => groupOf(at)))].map((group) => [group, endsOf(group)]))
  if (![...scales.values()].some(([low, high]) => low < high)) return null
  const { digits } = columns[column] ?? { digits: 3 }
  const [low, high] = endsOf('')
  return {
    column,
    scale: own < 0 ? `${low.toFixed(digits)} to ${high.toFixed(digits)}` : '',
    rows: found.map((each, at) => {
      const [from, to] = scales.get(groupOf(at)) ?? [0, 0]
      if (!each || !(from < to)) return null
      const share = (value: number): number => Math.min(1, Math.max(0, (value - from) / (to - from)))
      const reached = each.neutral >= from && each.neutral <= to
      return {
        low: share(each.low),
        value: share(each.value),
        high: share(each.high),
        neutral: reached ? share(each.neutral) : null,
      }
    }),
  }
}

/** A table read by the keys of its columns. */
import type { Point } from '../../../../shared/picture.ts'
import type { Table, Value } from '../../../../shared/table.ts'

export type Row = Readonly<Record<string, Value>>

/** A record of values by key for each row. */
export function recordsOf({ columns, rows }: Pick<Table, 'columns' | 'rows'>): readonly Row[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ key }, at) => [key, row[at] ?? null])))
}

export const number = (value: Value | undefined): number | null => (typeof value === 'number' ? value : null)
export const text = (value: Value | undefined): string => (typeof value === 'string' ? value : String(value ?? ''))

/** The value of a row with its interval, at `x`; nothing where either is missing. */
export function pointOf(row: Row, x: string, y: string, interval?: string): readonly Point[] {
  const [across, up] = [number(row[x]), number(row[y])]
  if (across === null || up === null) return []
  const ends = interval === undefined ? null : row[interval]
  return [Array.isArray(ends) ? { x: across, y: up, low: ends[0], high: ends[1] } : { x: across, y: up }]
}

export const distinct = (rows: readonly Row[], key: string): readonly Value[] => [
  ...new Set(rows.map((row) => row[key] ?? null)),
]
export const ascending = (values: readonly Value[]): readonly number[] =>
  values.filter((value) => typeof value === 'number').toSorted((a, b) => a - b)

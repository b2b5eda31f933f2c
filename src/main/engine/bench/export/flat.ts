/** Tables for programs: an interval is two columns, and every value keeps all its digits. */
import type { Column, Table, Value } from '../../../../shared/table.ts'

export type FlatColumn = {
  readonly key: string
  readonly kind: Exclude<Column['kind'], 'interval'>
  readonly values: readonly Flat[]
}
export type Flat = Exclude<Value, readonly [number, number]>

/** The columns of a table, those of an interval named `KEY_low` and `KEY_high`. */
export function flatten({ columns, rows }: Pick<Table, 'columns' | 'rows'>): readonly FlatColumn[] {
  return columns.flatMap(({ key, kind }, at): FlatColumn[] => {
    const values = rows.map((row) => row[at] ?? null)
    if (kind !== 'interval') return [{ key, kind, values: values.map((value) => (isInterval(value) ? null : value)) }]
    return ['low', 'high'].map((end, side) => ({
      key: `${key}_${end}`,
      kind: 'number',
      values: values.map((value) => (isInterval(value) ? (value[side] ?? null) : null)),
    }))
  })
}

function isInterval(value: Value): value is readonly [number, number] {
  return typeof value === 'object' && value !== null
}

/** JSON: each table with its columns' meanings, and a record of values by key for each row. */
import type { Table } from '../../../../shared/table.ts'
import { recordsOf } from './records.ts'

/** `{"tables": [{name, caption, source, columns, rows: [{key: value}]}]}`; an interval is [low, high]. */
export function toJson(tables: readonly Table[]): string {
  const told = tables.map(({ name, caption, source, columns, rows }) => ({
    name,
    caption,
    source,
    columns,
    rows: recordsOf({ columns, rows }),
  }))
  return `${JSON.stringify({ tables: told }, null, 2)}\n`
}

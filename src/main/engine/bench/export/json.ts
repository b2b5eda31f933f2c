/** JSON, there and back: each table with its columns' meanings, and a record of values by key for each row. */
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import { Table, Value } from '../../../../shared/table.ts'

/** `{"tables": [{name, caption, source, columns, rows: [{key: value}]}]}`; an interval is [low, high]. */
export function toJson(tables: readonly Table[]): string {
  const told = tables.map(({ name, caption, source, columns, rows }) => ({
    name,
    caption,
    source,
    columns,
    rows: rows.map((row) => Object.fromEntries(columns.map(({ key }, at) => [key, row[at] ?? null]))),
  }))
  return `${JSON.stringify({ tables: told }, null, 2)}\n`
}

const Kept = z.object({
  tables: z.array(Table.omit({ rows: true }).extend({ rows: z.array(z.record(z.string(), Value)) })).min(1),
})

/** The tables of such a file, as they were; Fault bad-record where it is none. */
export function fromJson(text: string, path: string): readonly Table[] {
  try {
    return Kept.parse(JSON.parse(text)).tables.map((table) => ({
      ...table,
      rows: table.rows.map((row) => table.columns.map(({ key }) => row[key] ?? null)),
    }))
  } catch (cause) {
    throw new Fault('bad-record', `${path} holds no tables of a measuring command.`, {
      cause,
      remedy: 'Name files that such a command wrote with --export FILE.json.',
    })
  }
}

/** CSV by RFC 4180: commas, CRLF at the end of each record, and quotes where a field holds either, or a quote. */
import type { Table } from '../../../../shared/table.ts'
import { flatten, type Flat } from './flat.ts'

/** A heading of keys, then the rows; no value is an empty field. UTF-8 without a mark. */
export function toCsv(table: Table): string {
  const columns = flatten(table)
  const records = [
    columns.map(({ key }) => key),
    ...table.rows.map((_, row) => columns.map(({ values }) => fieldOf(values[row] ?? null))),
  ]
  return records.map((record) => `${record.join(',')}\r\n`).join('')
}

/** An empty text is quoted, so that it is told from no value. */
function fieldOf(value: Flat): string {
  if (value === null) return ''
  const text = String(value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

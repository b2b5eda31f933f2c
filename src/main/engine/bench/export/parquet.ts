/** Parquet: the only door to hyparquet-writer. */
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { Table } from '../../../../shared/table.ts'
import { flatten, type FlatColumn } from './flat.ts'

const types = { text: 'STRING', integer: 'INT64', number: 'DOUBLE', flag: 'BOOLEAN' } as const

/** A column for each key, null where there is no value; what the columns mean is in the file's metadata as `refrag.table`. */
export function toParquet(table: Table): Uint8Array {
  const { rows: _rows, ...meaning } = table
  const bytes = parquetWriteBuffer({
    columnData: flatten(table).map((column) => ({
      name: column.key,
      data: valuesOf(column),
      type: types[column.kind],
    })),
    kvMetadata: [{ key: 'refrag.table', value: JSON.stringify(meaning) }],
    createdBy: 'REFRAG Workbench',
  })
  return new Uint8Array(bytes)
}

/** INT64 is written from bigints. */
function valuesOf({ key, kind, values }: FlatColumn) {
  if (kind !== 'integer') return [...values]
  return values.map((value) => {
    if (value === null) return null
    if (!Number.isSafeInteger(value)) throw new Error(`internal: ${key} is no column of integers: ${String(value)}`)
    return BigInt(value as number)
  })
}

/** Plain-text tables and lines for people; `--json` prints none of this. */
import { isNumeric, shown, type Table } from '../../shared/table.ts'

export type Cell = string | number | boolean | null

/** Rows under their headings, numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = headings.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'))
  return align(
    headings,
    rows.map((row) => row.map(print)),
    numeric,
  )
}

function align(headings: readonly string[], rows: readonly (readonly string[])[], numeric: readonly boolean[]): string {
  const cells = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          numeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A table value as text: headings with their units, numbers to the right. */
export function show({ columns, rows }: Table): string {
  const headings = columns.map(({ label, unit }) => (unit === null ? label : `${label} ${unit}`))
  const cells = rows.map((row) => columns.map((column, at) => shown(row[at] ?? null, column)))
  return align(headings, cells, columns.map(isNumeric))
}

function print(cell: Cell): string {
  if (cell === null) return '-'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (typeof cell === 'string') return cell
  if (Number.isInteger(cell)) return String(cell)
  return Math.abs(cell) >= 100 ? cell.toFixed(1) : cell.toFixed(3)
}

/** A number of bytes as people read it. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1 << 20) return `${(bytes / 1024).toFixed(1)} KiB`
  return bytes < 1 << 30 ? `${(bytes / (1 << 20)).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`
}

/** Comma- and tab-separated values through papaparse: a record a document, with the raw characters of its text. */
import Papa from 'papaparse'
import { Fault } from '../../../../shared/fault.ts'
import { textFields, textStart, titleFields, trimRange, type Section, type SourceFile } from '../section.ts'

type Row = { readonly fields: readonly string[]; readonly from: number; readonly to: number }

/** Values between commas, semicolons or whatever the file uses. */
export function readCsv(file: SourceFile): Iterable<Section> {
  return readRecords(file)
}

/** Values between tabs. */
export function readTsv(file: SourceFile): Iterable<Section> {
  return readRecords(file, '\t')
}

/** The text column is chosen by its header; without one, a record is told column by column. */
function* readRecords(file: SourceFile, separator = ''): Generator<Section> {
  const { rows, delimiter } = parse(file, separator)
  const header = rows[0]?.fields.map((field) => field.trim())
  if (!header) return
  const textColumn = columnOf(header, textFields)
  const titleColumn = columnOf(header, titleFields)
  for (const row of rows.slice(1)) {
    const title = row.fields[titleColumn]?.trim() || file.name
    const base = { title, whole: false, document: true }
    const exact = textColumn === -1 ? undefined : fieldRange(file.source, row, textColumn, delimiter)
    if (exact) {
      if (exact.from < exact.to) yield { ...base, ...exact }
      continue
    }
    const text = textColumn === -1 ? told(header, row.fields) : row.fields[textColumn]?.trim()
    if (text) yield { ...base, ...trimRange(file.source, row.from, row.to), text }
  }
}

function parse(file: SourceFile, separator: string): { readonly rows: readonly Row[]; readonly delimiter: string } {
  const start = textStart(file.source)
  const rows: Row[] = []
  let delimiter = separator
  let from = start
  Papa.parse<string[]>(file.source.slice(start), {
    delimiter: separator,
    step: ({ data, errors, meta }) => {
      const to = start + meta.cursor
      const broken = errors.find((error) => error.type === 'Quotes')
      if (broken) throw badRecord(file, from, broken.message)
      delimiter = meta.delimiter
      if (data.some((field) => field.trim() !== '')) rows.push({ fields: data, from, to })
      from = to
    },
  })
  return { rows, delimiter }
}

function badRecord(file: SourceFile, at: number, reason: string): Fault {
  const line = file.source.slice(0, at).split('\n').length
  return new Fault('bad-record', `${file.file}, line ${line}: the record cannot be read as CSV (${reason}).`)
}

function columnOf(header: readonly string[], wanted: readonly string[]): number {
  const names = header.map((name) => name.toLowerCase())
  const found = wanted.find((name) => names.includes(name))
  return found === undefined ? -1 : names.indexOf(found)
}

/** The characters of a column in the file, if they are the value as it stands (no doubled quotes, nothing odd). */
function fieldRange(source: string, row: Row, column: number, delimiter: string) {
  let at = row.from
  for (const [index, value] of row.fields.entries()) {
    const quoted = source[at] === '"'
    const raw = quoted ? `"${value.replaceAll('"', '""')}"` : value
    if (source.slice(at, at + raw.length) !== raw) return undefined
    const from = quoted ? at + 1 : at
    if (index === column)
      return source.startsWith(value, from) ? trimRange(source, from, from + value.length) : undefined
    at += raw.length + delimiter.length
  }
  return undefined
}

function told(header: readonly string[], fields: readonly string[]): string {
  const cells = fields.map((field, column) => `${header[column] || `Column ${column + 1}`}: ${field.trim()}`)
  return `${cells.filter((_, column) => fields[column]?.trim()).join('; ')}.`
}

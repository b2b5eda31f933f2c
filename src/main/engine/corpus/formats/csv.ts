/** Comma- and tab-separated values through papaparse: a record a document, with the raw characters of its text. */
import Papa from 'papaparse'
import { Fault } from '../../../../shared/fault.ts'
import { askedBy, checkColumns, nameOf, proposeColumns, told } from '../columns.ts'
import { textStart, trimRange, type Reading, type ReaderInput, type Section, type SourceFile } from '../section.ts'
import type { ColumnMapping } from '../../../../shared/corpus.ts'

type Row = { readonly fields: readonly string[]; readonly from: number; readonly to: number }

/** Values between commas, semicolons or whatever the file uses. */
export function readCsv(input: ReaderInput): Promise<Reading> {
  return readValues(input, '')
}

/** Values between tabs. */
export function readTsv(input: ReaderInput): Promise<Reading> {
  return readValues(input, '\t')
}

async function readValues({ file, name, text, columns }: ReaderInput, separator: string): Promise<Reading> {
  const source = await text()
  return { source, whole: false, sections: readRecords({ file, name, source }, columns, separator) }
}

/** The header and the first records of a file, as they stand. */
export function previewCsv(source: string, separator: string, count: number): readonly (readonly string[])[] {
  const { data } = Papa.parse<string[]>(source.slice(textStart(source)), {
    delimiter: separator,
    preview: count + 1,
    skipEmptyLines: true,
  })
  return data
}

/** The text column is the one that was mapped, or that is named so; without one, a record is told column by column. */
function* readRecords(file: SourceFile, mapped: ColumnMapping, separator: string): Generator<Section> {
  const { rows, delimiter } = parse(file, separator)
  const header = rows[0]?.fields.map((field) => field.trim())
  if (!header) return
  checkColumns(file.file, header, mapped)
  const columns = proposeColumns(header, mapped)
  const textColumn = columns.text === undefined ? -1 : header.indexOf(columns.text)
  for (const [at, row] of rows.slice(1).entries()) {
    const record = new Map(header.map((name, column) => [name, row.fields[column] ?? '']))
    const base = {
      title: nameOf(record, columns, 'title') || file.name,
      id: nameOf(record, columns, 'id') || undefined,
      whole: false,
      document: true,
      part: { unit: 'record', number: at + 1 } as const,
      asked: askedBy(record, columns),
    }
    const exact = textColumn === -1 ? undefined : fieldRange(file.source, row, textColumn, delimiter)
    if (exact) {
      if (exact.from < exact.to) yield { ...base, ...exact }
      continue
    }
    const named = row.fields.map((field, column) => [header[column] || `Column ${column + 1}`, field] as const)
    const text = textColumn === -1 ? told(named) : row.fields[textColumn]?.trim()
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

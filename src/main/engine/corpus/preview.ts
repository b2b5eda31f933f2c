/** The first records of a file, for the choice of columns before it is read. */
import type { ColumnMapping, FormatName } from '../../../shared/corpus.ts'
import type { TablePreview } from '../../../shared/review.ts'
import { proposeColumns } from './columns.ts'
import { formats } from './formats.ts'
import { linesOf, textStart } from './section.ts'

type Rows = {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly records: number | null
}

const shownRows = 5
const shownCharacters = 200
/** Enough of a file of lines to show its first records. */
const headBytes = 1 << 20
/** JSON is parsed whole: past this it is left to the reading. */
const wholeBytes = 32 << 20

/** Readers of the first rows, by format; text is decoded leniently, for a preview must not fail where a reading would say why. */
const readers: Partial<Record<FormatName, (bytes: Buffer, file: string) => Promise<Rows>>> = {
  csv: (bytes) => previewValues(bytes, ''),
  tsv: (bytes) => previewValues(bytes, '\t'),
  jsonl: async (bytes) => previewLines(head(bytes)),
  json: previewJson,
  parquet: async (bytes, file) => {
    const { readRows } = await import('./formats/parquet.ts')
    const { names, rows, total } = await readRows(file, bytes, shownRows)
    return { ...ofRecords(rows, names), records: total }
  },
}

/** The columns and first rows of a file of records; null where its format has none, or nothing of it can be shown. */
export async function previewTable(
  file: string,
  format: FormatName,
  bytes: Buffer,
  mapped: ColumnMapping,
): Promise<TablePreview | null> {
  const read = formats[format].records ? readers[format] : undefined
  const found = await read?.(bytes, file).catch(() => undefined)
  if (!found || found.columns.length === 0) return null
  const { columns, rows, records } = found
  return {
    columns: [...columns],
    rows: rows.map((row) => columns.map((_, at) => short(row[at] ?? ''))),
    records,
    mapping: proposeColumns(columns, mapped),
  }
}

async function previewValues(bytes: Buffer, separator: string): Promise<Rows> {
  const { previewCsv } = await import('./formats/csv.ts')
  const [columns = [], ...rows] = previewCsv(head(bytes), separator, shownRows)
  return { columns: columns.map((name) => name.trim()), rows, records: null }
}

function previewLines(source: string): Rows {
  const records: unknown[] = []
  for (const { from, to } of linesOf(source, textStart(source))) {
    const line = source.slice(from, to).trim()
    if (line !== '') records.push(JSON.parse(line))
    if (records.length === shownRows) break
  }
  return { ...ofRecords(records), records: null }
}

async function previewJson(bytes: Buffer, file: string): Promise<Rows> {
  if (bytes.length > wholeBytes) return { columns: [], rows: [], records: null }
  const { recordsIn } = await import('./formats/json.ts')
  const source = bytes.toString('utf8')
  const ranges = recordsIn(source, file)
  const records: unknown[] = ranges.slice(0, shownRows).map(({ from, to }) => JSON.parse(source.slice(from, to)))
  return { ...ofRecords(records), records: ranges.length }
}

/** Records as rows; the columns are those of any of them, unless they are known. */
function ofRecords(records: readonly unknown[], known?: readonly string[]): Pick<Rows, 'columns' | 'rows'> {
  const fields = records.map((record) => new Map(Object.entries(record ?? {})))
  const columns = known ?? [...new Set(fields.flatMap((row) => [...row.keys()]))]
  return { columns, rows: fields.map((row) => columns.map((name) => cell(row.get(name)))) }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner))
}

function head(bytes: Buffer): string {
  return new TextDecoder().decode(bytes.subarray(0, headBytes))
}

function short(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ').trim()
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters - 1)}…` : line
}

/** The first records of a file, for the choice of columns before it is read. */
import type { FileReading, FormatName } from '../../../shared/corpus.ts'
import type { TablePreview } from '../../../shared/review.ts'
import { proposeColumns } from './columns.ts'
import type { OpenedFile } from './document.ts'
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

/** A file to be shown, with its first text, decoded leniently: a preview must not fail where a reading would say why. */
type Shown = { readonly file: string; readonly bytes: Buffer; readonly head: () => Promise<string> }

/** Readers of the first rows, by format. */
const readers: Partial<Record<FormatName, (shown: Shown) => Promise<Rows>>> = {
  csv: ({ head }) => previewValues(head, ''),
  tsv: ({ head }) => previewValues(head, '\t'),
  jsonl: async ({ head }) => previewLines(await head()),
  json: previewJson,
  parquet: async ({ bytes, file }) => {
    const { readRows } = await import('./formats/parquet.ts')
    const { names, rows, total } = await readRows(file, bytes, shownRows)
    return { ...ofRecords(rows, names), records: total }
  },
}

/** The columns and first rows of a file of records; null where its format has none, or nothing of it can be shown. */
export async function previewTable(
  { facts: { file, format }, bytes }: OpenedFile,
  { columns: mapped = {}, encoding }: FileReading,
): Promise<TablePreview | null> {
  const read = formats[format].records ? readers[format] : undefined
  const found = await read?.({ file, bytes, head: () => headOf(bytes, encoding) }).catch(() => undefined)
  if (!found || found.columns.length === 0) return null
  const { columns, rows, records } = found
  return {
    columns: [...columns],
    rows: rows.map((row) => columns.map((_, at) => short(row[at] ?? ''))),
    records,
    mapping: proposeColumns(columns, mapped),
  }
}

async function previewValues(head: Shown['head'], separator: string): Promise<Rows> {
  const { previewCsv } = await import('./formats/csv.ts')
  const [columns = [], ...rows] = previewCsv(await head(), separator, shownRows)
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

async function previewJson({ bytes, file }: Shown): Promise<Rows> {
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

/** The first text of a file, in the encoding that it will be read in or seems to be in where it is not UTF-8. */
async function headOf(bytes: Buffer, encoding: string | undefined): Promise<string> {
  const start = bytes.subarray(0, headBytes)
  try {
    // A character may be cut at the end.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(start, { stream: true })
  } catch {
    const { detectEncoding } = await import('./encoding.ts')
    return new TextDecoder(encoding ?? detectEncoding(bytes), { ignoreBOM: true }).decode(start)
  }
}

function short(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ').trim()
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters - 1)}…` : line
}

/** Parquet: a row a document: the only door to hyparquet. */
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { Fault } from '../../../../shared/fault.ts'
import { askedBy, checkColumns, nameOf, proposeColumns, told } from '../columns.ts'
import type { Reading, ReaderInput, Section } from '../section.ts'

/** Snappy is the library's own; the others are Node's. */
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliDecompressSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
}

type Row = Readonly<Record<string, unknown>>

/** The texts of all rows, one after another, are the source that spans count in. Throws Fault file-damaged or bad-input. */
export async function readParquet({ file, name, bytes, columns: mapped }: ReaderInput): Promise<Reading> {
  const { names, rows } = await readRows(file, await bytes())
  checkColumns(file, names, mapped)
  const columns = proposeColumns(names, mapped)
  const texts: string[] = []
  const sections: Section[] = []
  let from = 0
  for (const [at, row] of rows.entries()) {
    const record = new Map(Object.entries(row))
    const text =
      columns.text === undefined
        ? told(names.map((column) => [column, plain(row[column])] as const))
        : plain(row[columns.text]).trim()
    if (text === '') continue
    texts.push(text)
    sections.push({
      title: nameOf(record, columns, 'title') || name,
      id: nameOf(record, columns, 'id') || undefined,
      from,
      to: from + text.length,
      whole: false,
      document: true,
      part: { unit: 'record', number: at + 1 },
      linesFrom: from,
      asked: askedBy(record, columns),
    })
    from += text.length + 2
  }
  return { source: texts.join('\n\n'), whole: false, sections }
}

/** The columns and the first `count` rows, all where it is left out, and how many there are. */
export async function readRows(file: string, bytes: Buffer, count?: number) {
  try {
    // A buffer may be a window of a larger one.
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    const metadata = await parquetMetadataAsync(buffer)
    const names = parquetSchema(metadata).children.map(({ element }) => element.name)
    const end = count === undefined ? {} : { rowEnd: count }
    const rows: readonly Row[] = await parquetReadObjects({ file: buffer, metadata, compressors, ...end })
    return { names, rows, total: Number(metadata.num_rows) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('file-damaged', `${file} cannot be read as Parquet (${reason}).`, { cause: error })
  }
}

/** A value as a person would write it. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value.join('\n\n')
  if (typeof value === 'object') {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner))
  }
  return String(value as number | boolean | bigint)
}

/** Writing tables to files, in the format that the file's name ends in. */
import { extname } from 'node:path'
import { Fault } from '../../../../shared/fault.ts'
import { exportFormats, formatOf, type ExportFormat, type Table } from '../../../../shared/table.ts'
import { writeAtomic } from '../../store/files.ts'
import { toCsv } from './csv.ts'
import { toJson } from './json.ts'
import { toLatex } from './latex.ts'
import { toMarkdown } from './markdown.ts'
import { toParquet } from './parquet.ts'
import { toHtml, type DocumentHead } from './html.ts'
import { toPdf } from './pdf.ts'

type Print = (html: string) => Promise<Uint8Array>
type Writer =
  | { readonly whole: (tables: readonly Table[], head: DocumentHead, print: Print) => string | Promise<Uint8Array> }
  | { readonly single: (table: Table) => string | Uint8Array }

const writers: Readonly<Record<ExportFormat, Writer>> = {
  csv: { single: toCsv },
  json: { whole: toJson },
  md: { whole: toMarkdown },
  tex: { whole: toLatex },
  parquet: { single: toParquet },
  html: { whole: toHtml },
  pdf: { whole: (tables, head, print) => print(toHtml(tables, head)) },
}

/**
 * Writes the tables and gives the files. Where a format holds one table a file, the first has the name given and the others
 * their own names behind it: out.csv, out-pairs.csv. Each file is there whole or not at all. `print` makes a PDF of a page.
 * Throws Fault bad-input for another format, disk-full, file-unreadable where the folder takes no file.
 */
export async function writeTables(
  tables: readonly Table[],
  path: string,
  title: string = tables[0]?.caption ?? 'Report',
  print: Print = toPdf,
): Promise<readonly string[]> {
  const format = formatOf(path)
  if (format === undefined) {
    throw new Fault('bad-input', `${path} names no format that tables are written in.`, {
      remedy: `End the name in one of: ${exportFormats.map((each) => `.${each}`).join(', ')}.`,
    })
  }
  const writer = writers[format]
  if ('whole' in writer) {
    const head = { title, made: new Date().toISOString().slice(0, 10) }
    await writeAtomic(path, await writer.whole(tables, head, print))
    return [path]
  }
  const files: string[] = []
  for (const [at, table] of tables.entries()) {
    const end = extname(path)
    const file = at === 0 ? path : `${path.slice(0, -end.length)}-${table.name}${end}`
    await writeAtomic(file, writer.single(table))
    files.push(file)
  }
  return files
}

/** The formats that can be read: one row each. A reader, and with it the package behind it, is loaded when a file needs it. */
import type { FormatName } from '../../../shared/corpus.ts'
import { readMarkdown } from './formats/markdown.ts'
import { readLines, readProse, readText } from './formats/text.ts'
import type { FormatReader, Section, SourceFile } from './section.ts'

export type Format = {
  /** What it is called before a person. */
  readonly label: string
  /** With their dot, lower case; '' for files without one. */
  readonly extensions: readonly string[]
  /** True where each record is a document and columns can be mapped. */
  readonly records: boolean
  readonly read: FormatReader
}

/** Rows by name, in the order in which help and documents list them. */
export const formats: Readonly<Record<FormatName, Format>> = {
  text: prose('text', ['.txt', '.text', ''], readText),
  lines: prose('a passage a line', [], readLines),
  prose: prose('running text', [], readProse),
  markdown: prose('Markdown', ['.md', '.markdown'], readMarkdown),
  html: made('HTML', ['.html', '.htm', '.xhtml'], async (input) => (await import('./formats/html.ts')).readHtml(input)),
  pdf: made('PDF', ['.pdf'], async (input) => (await import('./formats/pdf.ts')).readPdf(input)),
  docx: made('Word', ['.docx'], async (input) => (await import('./formats/docx.ts')).readDocx(input)),
  pptx: made('PowerPoint', ['.pptx'], async (input) => (await import('./formats/pptx.ts')).readPptx(input)),
  epub: made('EPUB', ['.epub'], async (input) => (await import('./formats/epub.ts')).readEpub(input)),
  notebook: made('notebook', ['.ipynb'], async (input) => (await import('./formats/notebook.ts')).readNotebook(input)),
  csv: records('CSV', ['.csv'], async (input) => (await import('./formats/csv.ts')).readCsv(input)),
  tsv: records('TSV', ['.tsv', '.tab'], async (input) => (await import('./formats/csv.ts')).readTsv(input)),
  json: records('JSON', ['.json'], async (input) => (await import('./formats/json.ts')).readJson(input)),
  jsonl: records('JSON Lines', ['.jsonl', '.ndjson'], async (input) =>
    (await import('./formats/jsonl.ts')).readJsonl(input),
  ),
  parquet: records('Parquet', ['.parquet'], async (input) => (await import('./formats/parquet.ts')).readParquet(input)),
}

const byExtension: ReadonlyMap<string, FormatName> = new Map(
  (Object.keys(formats) as FormatName[]).flatMap((name) =>
    formats[name].extensions.map((extension) => [extension, name] as const),
  ),
)

/** The format of an extension, with its dot and in lower case. */
export function formatOf(extension: string): FormatName | undefined {
  return byExtension.get(extension)
}

function prose(
  label: string,
  extensions: readonly string[],
  sections: (file: SourceFile) => Iterable<Section>,
): Format {
  const read: FormatReader = async ({ file, name, text }) => {
    const source = await text()
    return { source, whole: true, sections: sections({ file, name, source }) }
  }
  return { label, extensions, records: false, read }
}

function made(label: string, extensions: readonly string[], read: FormatReader): Format {
  return { label, extensions, records: false, read }
}

function records(label: string, extensions: readonly string[], read: FormatReader): Format {
  return { label, extensions, records: true, read }
}

/** Reading a corpus: files and folders into passages, one table of formats; what fails is listed and the rest goes on. */
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Passage } from '../../../shared/corpus.ts'
import { Fault, isAbort, toFault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import { beirFiles } from './beir.ts'
import { nameParts, readTextFile } from './file.ts'
import { readCsv, readTsv } from './formats/csv.ts'
import { readJsonl } from './formats/jsonl.ts'
import { readMarkdown } from './formats/markdown.ts'
import { readLines, readProse, readText } from './formats/text.ts'
import { indexLines, passagesOf } from './passages.ts'
import type { FormatReader } from './section.ts'

export type ReadFailure = { readonly file: string; readonly reason: string; readonly remedy: string }

/** `repeated` counts passages left out because the very same text stood in the corpus before. */
export type Corpus = {
  readonly passages: readonly Passage[]
  readonly documents: number
  readonly repeated: number
  readonly failures: readonly ReadFailure[]
}

/** Readers by name; `lines` and `prose` can be asked for, the others go by the file's extension. */
const formats = {
  text: readText,
  lines: readLines,
  prose: readProse,
  markdown: readMarkdown,
  csv: readCsv,
  tsv: readTsv,
  jsonl: readJsonl,
} satisfies Record<string, FormatReader>
export type FormatName = keyof typeof formats

const extensions: Readonly<Record<string, FormatName>> = {
  '': 'text',
  '.txt': 'text',
  '.text': 'text',
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}
const sectionsBetweenBreaths = 500

export type ReadOptions = {
  readonly paths: readonly string[]
  /** Read every file as this format, whatever its extension. */
  readonly format?: FormatName
  /** A folder to pass by, such as the index that stands among its own documents. */
  readonly except?: string
  readonly signal?: AbortSignal
}

/**
 * Reads files and folders, giving a `partial` for each file that failed and the corpus at the end.
 * Throws the fault of the only file, or Fault corpus-empty, when no passage could be read; an AbortError on abort.
 */
export async function* readCorpus(
  options: ReadOptions,
): AsyncGenerator<JobEvent<ReadFailure, Corpus>, void, undefined> {
  const faults = new Map<string, Fault>()
  const files = await walk(options, faults)
  const byId = new Map<string, Passage>()
  const read = meter('read', 'files', files.length)
  let documents = 0
  let repeated = 0
  for (const [file, fault] of faults) yield { type: 'partial', partial: failure(file, fault) }
  for (const [done, file] of files.entries()) {
    if (read.due()) yield read.at(done, basename(file))
    try {
      const found = await readOne(file, options)
      documents += found.documents
      for (const passage of found.passages) {
        if (byId.has(passage.id)) repeated++
        else byId.set(passage.id, passage)
      }
    } catch (error) {
      if (isAbort(error)) throw error
      const fault = isSystem(error) ? unreadable(file, error) : toFault(error)
      faults.set(file, fault)
      yield { type: 'partial', partial: failure(file, fault) }
    }
  }
  yield read.at(files.length)
  if (byId.size === 0) throw nothingRead(options.paths, [...faults.values()])
  const failures = [...faults].map(([file, fault]) => failure(file, fault))
  yield { type: 'done', result: { passages: [...byId.values()], documents, repeated, failures } }
}

async function readOne(file: string, { format, signal }: ReadOptions) {
  signal?.throwIfAborted()
  const { name, extension } = nameParts(file)
  const reader = format ?? extensions[extension]
  if (!reader) throw new Fault('unsupported-format', `${file}: no reader for ${extension} files.`)
  const source = await readTextFile(file, signal)
  const sourceFile = { file, name, source }
  const lines = indexLines(source)
  const passages: Passage[] = []
  let documents = 0
  let sections = 0
  for (const section of formats[reader](sourceFile)) {
    if (section.document) documents++
    passages.push(...passagesOf(sourceFile, section, lines))
    if (++sections % sectionsBetweenBreaths === 0) await breathe(undefined, { signal })
  }
  return { passages, documents }
}

/** The files under the paths, sorted, without hidden ones; of a BEIR folder its corpus. A path that is not there becomes a failure. */
async function walk({ paths, except }: ReadOptions, faults: Map<string, Fault>): Promise<readonly string[]> {
  const files = new Set<string>()
  const passedBy = except === undefined ? undefined : resolve(except)
  const visit = async (path: string): Promise<void> => {
    if (path === passedBy) return
    try {
      if (!(await stat(path)).isDirectory()) {
        files.add(path)
        return
      }
      const entries = await readdir(path, { withFileTypes: true })
      const beir = beirFiles(entries.map(({ name }) => name))
      if (beir) return await visit(join(path, beir.corpus))
      const wanted = entries.filter((entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()))
      for (const entry of wanted.sort((a, b) => (a.name < b.name ? -1 : 1))) await visit(join(path, entry.name))
    } catch (error) {
      faults.set(path, unreadable(path, error))
    }
  }
  for (const path of paths) await visit(resolve(path))
  return [...files]
}

function unreadable(path: string, error: unknown): Fault {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  const message = missing ? `${path} is not there.` : `${path} cannot be read (${String(error)}).`
  return new Fault(missing ? 'file-missing' : 'file-unreadable', message, { cause: error })
}

function isSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function failure(file: string, fault: Fault): ReadFailure {
  return { file, reason: fault.message, remedy: fault.remedy }
}

/** The reason is worth more than "empty" when there is just one. */
function nothingRead(paths: readonly string[], faults: readonly Fault[]): Fault {
  const [only] = faults
  if (only && faults.length === 1) return only
  const reasons = faults.slice(0, 3).map((fault) => fault.message)
  const message = [
    'No text was found',
    paths.length === 1 ? ` in ${paths[0]}` : '',
    '.',
    ...reasons.map((r) => ` ${r}`),
  ]
  return new Fault('corpus-empty', message.join(''))
}

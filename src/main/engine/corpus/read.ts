/** Reading a corpus: files and folders into documents and passages; what fails is listed and the rest goes on. */
import { basename, resolve } from 'node:path'
import type { FileFailure, FileReading, Passage, Question } from '../../../shared/corpus.ts'
import { Fault, isAbort, toFault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import { openFile, readDocuments, type CorpusDocument, type FileFacts } from './document.ts'
import { unreadable, walk } from './walk.ts'

/** `repeated` counts passages left out because the very same text stood in the corpus before. */
export type Corpus = {
  readonly files: readonly FileFacts[]
  readonly documents: readonly CorpusDocument[]
  /** Each text once, in the order of the documents. */
  readonly passages: readonly Passage[]
  readonly repeated: number
  readonly questions: readonly Question[]
  readonly failures: readonly FileFailure[]
}

/** How files are read: what is said of one by its path goes before what is said of all. */
export type ReadOptions = FileReading & {
  readonly paths: readonly string[]
  readonly files?: Readonly<Record<string, FileReading>> | undefined
  /** A folder to pass by, such as the index that stands among its own documents. */
  readonly except?: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads files and folders, giving a `partial` for each file that failed and the corpus at the end.
 * Throws the fault of the only file, or Fault corpus-empty, when no passage could be read; an AbortError on abort.
 */
export async function* readCorpus(
  options: ReadOptions,
): AsyncGenerator<JobEvent<FileFailure, Corpus>, void, undefined> {
  const walked = await walk(options.paths, options)
  const faults = new Map(walked.faults)
  const read = meter('read', 'files', walked.files.length)
  const files: FileFacts[] = []
  const documents: CorpusDocument[] = []
  for (const [file, fault] of faults) yield { type: 'partial', partial: failure(file, fault) }
  for (const [done, file] of walked.files.entries()) {
    if (read.due()) yield read.at(done, basename(file))
    try {
      const reading = readingOf(file, options)
      const opened = await openFile(file, reading, options.signal)
      const found = await readDocuments(opened, reading, options.signal)
      files.push(opened.facts)
      for (const document of found) documents.push(document)
    } catch (error) {
      if (isAbort(error)) throw error
      const fault = faultOf(file, error)
      faults.set(file, fault)
      yield { type: 'partial', partial: failure(file, fault) }
    }
  }
  yield read.at(walked.files.length)
  if (documents.length === 0) throw nothingRead(options.paths, [...faults.values()])
  const failures = [...faults].map(([file, fault]) => failure(file, fault))
  yield {
    type: 'done',
    result: { files, documents, ...distinct(documents), questions: questionsOf(documents), failures },
  }
}

/** How one file is read. */
export function readingOf(
  file: string,
  { format, columns, encoding, files = {} }: Omit<ReadOptions, 'paths'>,
): FileReading {
  const own = Object.entries(files).find(([path]) => resolve(path) === file)?.[1]
  return { format, columns, encoding, ...own }
}

function distinct(documents: readonly CorpusDocument[]): Pick<Corpus, 'passages' | 'repeated'> {
  const byId = new Map<string, Passage>()
  let placed = 0
  for (const document of documents) {
    for (const { passage } of document.placed) {
      placed++
      if (!byId.has(passage.id)) byId.set(passage.id, passage)
    }
  }
  return { passages: [...byId.values()], repeated: placed - byId.size }
}

/** The questions that records ask, each once: the same one asked of several records has the passages of all. */
function questionsOf(documents: readonly CorpusDocument[]): Question[] {
  const byText = new Map<string, { id: string; answers: Set<string>; passages: Set<string> }>()
  for (const { asked, id } of documents) {
    if (!asked) continue
    const { question, answers } = asked.question
    const kept = byText.get(question) ?? { id: id ?? String(byText.size + 1), answers: new Set(), passages: new Set() }
    byText.set(question, kept)
    for (const answer of answers) kept.answers.add(answer)
    for (const passage of asked.passages) kept.passages.add(passage)
  }
  return [...byText].map(([question, { id, answers, passages }]) => ({
    id,
    question,
    answers: [...answers],
    passages: [...passages],
  }))
}

/** What kept a file from being read, as a fault that names it. */
export function faultOf(file: string, error: unknown): Fault {
  return isSystem(error) ? unreadable(file, error) : toFault(error)
}

function isSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function failure(file: string, fault: Fault): FileFailure {
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

/** Reviewing files before any work starts: each is looked at, and read through as long as there is time. */
import { stat } from 'node:fs/promises'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import { isAbort } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { ReviewedFile, ReviewInput, TextCounts } from '../../../shared/review.ts'
import { openFile, readDocuments, type CorpusDocument } from './document.ts'
import { formatOf } from './formats.ts'
import { nameParts } from './file.ts'
import { previewTable } from './preview.ts'
import { faultOf, readingOf } from './read.ts'
import { walk } from './walk.ts'

/** What a review found, with some of the texts for whoever times what is to be done with them. */
export type Reviewed = {
  readonly files: readonly ReviewedFile[]
  /** Texts of passages, at most `sampled`, from as many files as there are. */
  readonly texts: readonly string[]
  /** Seconds that reading through took, for files that were. */
  readonly readSeconds: number
}

const sampled = 64
const perFile = 8

/** Reviews files and folders, each file a `partial` as soon as it is known. Throws an AbortError on abort. */
export async function* reviewFiles(
  input: ReviewInput,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<ReviewedFile, Reviewed>, void, undefined> {
  const walked = await walk(input.paths, { signal })
  const progress = meter('review', 'files', walked.files.length)
  const files: ReviewedFile[] = []
  const byHash = new Map<string, string>()
  const texts: string[] = []
  let readSeconds = 0
  for (const [file, fault] of walked.faults) {
    const reviewed = { ...unknown(file, input.paths), fault: told(fault) }
    files.push(reviewed)
    yield { type: 'partial', partial: reviewed }
  }
  for (const [done, file] of walked.files.entries()) {
    if (progress.due()) yield progress.at(done, basename(file))
    const timeLeft = readSeconds < input.seconds
    const { reviewed, documents, seconds } = await reviewFile(file, input, { byHash, timeLeft, signal })
    readSeconds += seconds
    for (const { placed } of documents.slice(0, perFile)) {
      for (const { passage } of placed.slice(0, perFile)) if (texts.length < sampled) texts.push(passage.text)
    }
    files.push(reviewed)
    yield { type: 'partial', partial: reviewed }
  }
  yield progress.at(walked.files.length)
  yield { type: 'done', result: { files, texts, readSeconds } }
}

async function reviewFile(
  file: string,
  input: ReviewInput,
  at: { readonly byHash: Map<string, string>; readonly timeLeft: boolean; readonly signal: AbortSignal | undefined },
): Promise<{ reviewed: ReviewedFile; documents: readonly CorpusDocument[]; seconds: number }> {
  const reading = readingOf(file, input)
  const base = { ...unknown(file, input.paths), bytes: (await stat(file).catch(() => ({ size: 0 }))).size }
  let known: ReviewedFile = { ...base, format: reading.format ?? formatOf(nameParts(file).extension) ?? null }
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  try {
    const opened = await openFile(file, reading, at.signal)
    const { hash, format } = opened.facts
    const duplicateOf = at.byHash.get(hash) ?? null
    if (duplicateOf === null) at.byHash.set(hash, file)
    const table = await previewTable(file, format, opened.bytes, reading.columns ?? {})
    known = { ...known, hash, duplicateOf, table }
    if (duplicateOf !== null || !at.timeLeft) return { reviewed: known, documents: [], seconds: 0 }
    const documents = await readDocuments(opened, reading, at.signal)
    const text = countsOf(documents)
    const counted = table === null ? null : { ...table, records: table.records ?? text.documents }
    return { reviewed: { ...known, text, table: counted }, documents, seconds: seconds() }
  } catch (error) {
    if (isAbort(error)) throw error
    return { reviewed: { ...known, fault: told(faultOf(file, error)) }, documents: [], seconds: seconds() }
  }
}

function countsOf(documents: readonly CorpusDocument[]): TextCounts {
  const parts = new Set<number>()
  let unit: 'page' | 'slide' | 'cell' | null = null
  for (const { placed } of documents) {
    for (const { span } of placed.map(({ passage }) => passage)) {
      if (!span.part || span.part.unit === 'record') continue
      unit = span.part.unit
      parts.add(span.part.number)
    }
  }
  return {
    documents: documents.length,
    passages: documents.reduce((sum, { placed }) => sum + placed.length, 0),
    characters: documents.reduce((sum, { text }) => sum + text.length, 0),
    questions: documents.filter(({ asked }) => asked !== null).length,
    parts: unit === null ? null : { unit, count: parts.size },
  }
}

/** A file of which nothing is known but its path. */
function unknown(file: string, paths: readonly string[]): ReviewedFile {
  const root = paths.map((path) => resolve(path)).find((path) => file === path || file.startsWith(`${path}${sep}`))
  return {
    file,
    name: root === undefined ? basename(file) : relative(dirname(root), file),
    format: null,
    bytes: 0,
    hash: null,
    duplicateOf: null,
    fault: null,
    text: null,
    table: null,
  }
}

function told({ code, message, remedy }: ReturnType<typeof faultOf>): NonNullable<ReviewedFile['fault']> {
  return { code, reason: message, remedy }
}

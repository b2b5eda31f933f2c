/** Building an index: documents -> passages -> vectors and words, in a staged folder that takes its place when it is whole. */
import { readdir, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { FileFailure, FileReading, IndexInfo, Passage, Question } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import { readCorpus, type Corpus } from '../corpus/read.ts'
import { makeDatabase, transact, type Database } from '../store/database.ts'
import { exists, namingDisk, stageFolder } from '../store/files.ts'
import { denseDefaults, loadDense, makeDense, type Dense } from './dense.ts'
import { documentWriter } from './documents.ts'
import type { Embedder } from './embedder.ts'
import { finishWords, wordWriter } from './lexical.ts'
import { hashFile, indexFiles, infoOf, nameOf, questionsFile, readManifest, writeManifest } from './manifest.ts'
import { migrations, passageWriter } from './schema.ts'

export type BuildOptions = FileReading & {
  /** Files and folders of the corpus. */
  readonly paths: readonly string[]
  /** The index's folder; an index there is replaced, any other folder with files in it is refused. */
  readonly out: string
  readonly name?: string
  readonly embedder: Embedder
  /** How single files are read, by path. */
  readonly files?: Readonly<Record<string, FileReading>> | undefined
  readonly signal?: AbortSignal
}

const batch = 32
const documentsAtOnce = 200
const seed = 7

/**
 * Reads, embeds and indexes; a `partial` for each file that failed. Until the end, what stood at `out` stays as it was.
 * Throws the faults of `readCorpus`, bad-input for a folder that is no index, disk-full; an AbortError on abort.
 */
export async function* buildIndex(
  options: BuildOptions,
): AsyncGenerator<JobEvent<FileFailure, IndexInfo>, void, undefined> {
  const { out, embedder, signal } = options
  await refuseOthers(out)
  const corpus = yield* readAll(options)
  const staged = await stageFolder(out)
  try {
    const cut = yield* fill(staged.temporary, corpus, embedder, signal)
    await writeQuestions(join(staged.temporary, questionsFile), corpus.questions)
    const manifest = {
      version: 1 as const,
      name: options.name ?? nameOf(out),
      sources: corpus.files.length,
      documents: corpus.documents.length,
      passages: corpus.passages.length,
      vectors: corpus.passages.length,
      dimension: embedder.dimension,
      embedder: embedder.hash,
      made: new Date().toISOString(),
      failures: [...corpus.failures],
      repeated: corpus.repeated,
      ...(corpus.questions.length === 0 ? {} : { questions: corpus.questions.length }),
      ...(embedder.model === undefined ? {} : { model: embedder.model }),
      ...(cut === 0 || embedder.window === undefined ? {} : { cut: { passages: cut, window: embedder.window } }),
      dense: settingsFor(embedder),
      files: {
        [indexFiles.passages]: await hashFile(join(staged.temporary, indexFiles.passages)),
        [indexFiles.vectors]: await hashFile(join(staged.temporary, indexFiles.vectors)),
      },
    }
    await writeManifest(staged.temporary, manifest)
    signal?.throwIfAborted()
    await staged.commit()
    yield { type: 'done', result: infoOf(out, manifest) }
  } catch (error) {
    throw namingDisk(error, out)
  } finally {
    await staged.discard()
  }
}

async function* readAll(options: BuildOptions): AsyncGenerator<JobEvent<FileFailure, never>, Corpus, undefined> {
  for await (const event of readCorpus({ ...options, except: options.out })) {
    if (event.type === 'done') return event.result
    yield event
  }
  throw new Error('internal: reading ended without a corpus')
}

/** The questions that records asked, as a question set beside the index; nothing where none did. */
async function writeQuestions(path: string, questions: readonly Question[]): Promise<void> {
  if (questions.length > 0) await writeFile(path, questions.map((question) => `${JSON.stringify(question)}\n`).join(''))
}

/** Fills the index, and gives how many passages were cut to the embedder's window. */
async function* fill(folder: string, corpus: Corpus, embedder: Embedder, signal: AbortSignal | undefined) {
  let cut = 0
  const { passages } = corpus
  const settings = settingsFor(embedder)
  const dense = makeDense(passages.length, settings)
  const database = makeDatabase(join(folder, indexFiles.passages), migrations)
  try {
    const index = meter('index', 'passages', passages.length)
    for (let from = 0; from < passages.length; from += batch) {
      signal?.throwIfAborted()
      if (index.due()) yield index.at(from)
      cut += await addBatch(database, dense, passages.slice(from, from + batch), from, embedder, signal)
      await breathe()
    }
    finishWords(database)
    yield* addDocuments(database, corpus, signal)
    yield index.at(passages.length)
  } finally {
    database.close()
  }
  await saveWhole(dense, join(folder, indexFiles.vectors), folder)
  return cut
}

async function addBatch(
  database: Database,
  dense: Dense,
  passages: readonly Passage[],
  from: number,
  embedder: Embedder,
  signal: AbortSignal | undefined,
): Promise<number> {
  let cut = 0
  const vectors = await embedder.embed(
    passages.map((passage) => passage.text),
    'passage',
    signal,
    (count) => void (cut = count),
  )
  const writePassage = passageWriter(database)
  const writeWords = wordWriter(database)
  transact(database, () => {
    for (const [at, passage] of passages.entries()) {
      const vector = vectors[at]
      if (vector?.length !== embedder.dimension || !vector.every(Number.isFinite)) {
        throw new Error(`internal: the embedder gave no vector of ${embedder.dimension} numbers for ${passage.id}`)
      }
      dense.add(vector, from + at)
      writePassage(passage, from + at)
      writeWords(passage, from + at)
    }
  })
  return cut
}

/** The documents' own texts, in transactions of a few hundred. */
async function* addDocuments(database: Database, corpus: Corpus, signal: AbortSignal | undefined) {
  const { documents, files, passages } = corpus
  const keep = meter('keep', 'documents', documents.length)
  const write = documentWriter(database, files, new Map(passages.map(({ id }, label) => [id, label])))
  for (let from = 0; from < documents.length; from += documentsAtOnce) {
    signal?.throwIfAborted()
    if (keep.due()) yield keep.at(from)
    transact(database, () => {
      for (const [at, document] of documents.slice(from, from + documentsAtOnce).entries()) write(document, from + at)
    })
    await breathe()
  }
}

/** hnswlib says nothing when the disk is full: what was written is read back before it is trusted. */
async function saveWhole(dense: Dense, path: string, folder: string): Promise<void> {
  try {
    dense.save(path)
    if (loadDense(path, dense.settings).count() === dense.count()) return
  } catch (error) {
    const { bavail, bsize } = await statfs(folder)
    const needed = dense.count() * (dense.settings.dimension * 4 + dense.settings.m * 8 + 64)
    if (bavail * bsize < needed) throw new Fault('disk-full', `No room on the disk for ${path}.`, { cause: error })
    throw error
  }
  throw new Error(`internal: ${path} was not written whole`)
}

function settingsFor(embedder: Embedder) {
  return { dimension: embedder.dimension, ...denseDefaults, seed }
}

/** Replacing a folder removes what is in it, so only an index may be replaced. */
async function refuseOthers(out: string): Promise<void> {
  if (!(await exists(out))) return
  const names = await readdir(out).catch(() => undefined)
  if (names?.length === 0) return
  const isIndex =
    names !== undefined &&
    (await readManifest(out).then(
      () => true,
      (error: unknown) => error instanceof Fault && error.code === 'index-damaged',
    ))
  if (isIndex) return
  throw new Fault('bad-input', `${out} holds other files, which building an index there would remove.`, {
    remedy: 'Choose an empty or new folder for the index.',
  })
}

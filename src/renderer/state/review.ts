/** The review of dropped files before any work starts: what each is, how it will be read, and which of them go into the index. */
import { createStore } from 'zustand/vanilla'
import type { FileReading } from '../../shared/corpus.ts'
import type { ModelInfo } from '../../shared/models.ts'
import type { Estimate, ReviewedFile } from '../../shared/review.ts'
import { link } from '../link.ts'
import { baseName } from '../parts/format.ts'
import { buildIndex, isBuilding } from './corpus.ts'
import { pathsOf } from './files.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { say, showScreen } from './view.ts'

export type ReviewState = {
  /** What was dropped; empty while nothing is reviewed. */
  readonly paths: readonly string[]
  readonly name: string
  readonly job: JobState
  /** In the order in which they are read, each as soon as it is known. */
  readonly files: readonly ReviewedFile[]
  readonly estimate: Estimate | null
  /** How single files are read, by path, where a person said so. */
  readonly readings: Readonly<Record<string, FileReading>>
  /** Files that a person left out, or took in although they stand twice, by path. */
  readonly chosen: ReadonlyMap<string, boolean>
  /** The file whose columns are shown. */
  readonly opened: string | null
  /** Imported models that make vectors of texts, and the one that the index is to be built by; null for the bundle's own. */
  readonly embedders: readonly ModelInfo[]
  readonly embedder: string | null
}

const nothing: ReviewState = {
  paths: [],
  name: '',
  job: idleJob,
  files: [],
  estimate: null,
  readings: {},
  chosen: new Map(),
  opened: null,
  embedders: [],
  embedder: null,
}
export const review = createStore<ReviewState>()(() => nothing)

let controller: AbortController | null = null

/** True where nothing but a person's wish keeps a file out. */
export function canRead(file: ReviewedFile): boolean {
  return file.fault === null && file.format !== null
}

/** Whether a file goes into the index: what can be read does, a second copy only where it was asked for. */
export function isTaken(file: ReviewedFile, { chosen }: Pick<ReviewState, 'chosen'>): boolean {
  return canRead(file) && (chosen.get(file.file) ?? file.duplicateOf === null)
}

/** Looks over files that were dropped or chosen: by path on the desktop, by upload in a browser. */
export async function reviewFiles(files: readonly File[]): Promise<void> {
  const names = files.map(({ name }) => name)
  await begin(names, (mine) => pathsOf(files, mine.signal, (at) => told(mine, reading(at, files.length))))
}

/** Looks over files and folders that the engine can read, as the system handed them over. */
export async function reviewPaths(paths: readonly string[]): Promise<void> {
  await begin(paths.map(baseName), async () => [...paths])
}

async function begin(names: readonly string[], find: (mine: AbortController) => Promise<string[]>): Promise<void> {
  const first = names[0]
  if (first === undefined || isBuilding()) return
  controller?.abort()
  const mine = (controller = new AbortController())
  const name = nameFor(first, names.length)
  review.setState({ ...nothing, name, job: { phase: 'running', progress: null, fault: null } }, true)
  showScreen('corpus')
  void listEmbedders(mine)
  await look(mine, async () => {
    const paths = await find(mine)
    if (controller === mine) review.setState({ paths })
    return paths
  })
  if (controller === mine) nameAnew(first, name)
}

function nameFor(first: string, count: number): string {
  return `${first.replace(/\.[^.]+$/, '')}${count > 1 ? ` and ${count - 1} more` : ''}`
}

/** An index is called by a file that is in it, and by how many more are; a folder's name stays, and one that was typed. */
function nameAnew(first: string, given: string): void {
  const state = review.getState()
  const named = state.files.find((file) => baseName(file.file) === first)
  const taken = state.files.filter((file) => isTaken(file, state))
  const by = named !== undefined && isTaken(named, state) ? named : taken[0]
  if (named !== undefined && by !== undefined && state.name === given)
    review.setState({ name: nameFor(baseName(by.file), taken.length) })
}

/** What else an index can be built by; where it cannot be told, the bundle's own embedder is all there is to choose. */
async function listEmbedders(mine: AbortController): Promise<void> {
  const models = await link()
    .models.list()
    .catch(() => [])
  const embedders = models.filter(({ role, tokenizer }) => role !== 'decoder' && tokenizer)
  if (controller === mine) review.setState({ embedders })
}

/** Looks over all of it once more, with the readings that stand. */
export async function reviewAgain(): Promise<void> {
  const { paths } = review.getState()
  if (paths.length === 0) return
  controller?.abort()
  const mine = (controller = new AbortController())
  await look(mine, async () => [...paths])
}

/** Reads one file another way: other columns, another encoding; only that file is looked at again. */
export async function changeReading(file: string, change: FileReading): Promise<void> {
  const { readings } = review.getState()
  const next = { ...readings, [file]: { ...readings[file], ...change } }
  review.setState({ readings: next })
  await reviewAgain()
}

/** Takes a file in, or leaves it out. */
export function takeFile(file: string, taken: boolean): void {
  review.setState(({ chosen }) => ({ chosen: new Map(chosen).set(file, taken) }))
}

export function openFile(opened: string | null): void {
  review.setState({ opened })
}

export function nameIndex(name: string): void {
  review.setState({ name })
}

/** Builds the index by an imported embedder; null for the bundle's own. */
export function chooseEmbedder(embedder: string | null): void {
  review.setState({ embedder })
}

/** Lets the review go; nothing was made of it. */
export function closeReview(): void {
  controller?.abort()
  controller = null
  review.setState(nothing, true)
}

/** Builds the index of the files that are taken; the review is over then. */
export async function buildReviewed(): Promise<void> {
  const state = review.getState()
  const taken = state.files.filter((file) => isTaken(file, state)).map(({ file }) => file)
  if (taken.length === 0 || isBuilding()) return
  const { name, readings, embedder } = state
  const files = Object.fromEntries(Object.entries(readings).filter(([file]) => taken.includes(file)))
  closeReview()
  const by = embedder === null ? {} : { embedder }
  await buildIndex({ paths: taken, name: name.trim() || 'Corpus', files, ...by })
}

async function look(mine: AbortController, find: () => Promise<string[]>): Promise<void> {
  const { readings } = review.getState()
  const found = new Map<string, ReviewedFile>()
  const end = await follow<ReviewedFile[], { files: ReviewedFile[]; estimate: Estimate | null }>(
    'look over the files',
    mine.signal,
    async () => link().corpus.review({ paths: await find(), files: readings }, { signal: mine.signal }),
    (job) => told(mine, job),
    (lot) => {
      for (const file of lot) found.set(file.file, file)
      // Files looked at before stand until they are told anew.
      if (controller === mine) review.setState(({ files }) => ({ files: merged(files, found) }))
    },
  )
  if (controller !== mine || end.phase !== 'done') return
  const { files, estimate } = end.result
  review.setState({ files, estimate })
  const left = files.filter((file) => !canRead(file)).length
  say(`${files.length} files looked over${left > 0 ? `, ${left} cannot be read` : ''}.`)
}

function told(mine: AbortController, job: JobState): void {
  if (controller === mine) review.setState({ job })
}

function merged(before: readonly ReviewedFile[], found: ReadonlyMap<string, ReviewedFile>): readonly ReviewedFile[] {
  const known = new Set(before.map(({ file }) => file))
  return [
    ...before.map((file) => found.get(file.file) ?? file),
    ...[...found.values()].filter(({ file }) => !known.has(file)),
  ]
}

function reading(done: number, total: number): JobState {
  const progress = { type: 'progress', stage: 'read files', unit: 'files', perSecond: null, secondsLeft: null } as const
  return { phase: 'running', progress: { ...progress, done, total }, fault: null }
}

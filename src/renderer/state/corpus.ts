/** Indexes: those on disk, the demo, and the building of new ones from dropped files. */
import { createStore } from 'zustand/vanilla'
import type { IndexInfo, Question } from '../../shared/corpus.ts'
import type { FaultData } from '../../shared/fault.ts'
import { link, noteOpened } from '../link.ts'
import { baseName } from '../parts/format.ts'
import { run } from './ask.ts'
import { noteFault } from './engine.ts'
import { pathsOf } from './files.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { plan, setCase } from './plan.ts'
import { say, showScreen } from './view.ts'

export type FileFailure = { readonly file: string; readonly reason: string; readonly remedy: string }
/** The one job of this screen: what it makes, how far it is, and the files that it had to leave out. */
export type BuildState = JobState & {
  readonly title: string
  readonly failures: readonly FileFailure[]
  readonly made: IndexInfo | null
}

export type CorpusState = {
  /** Null until the engine has answered. */
  readonly indexes: readonly IndexInfo[] | null
  readonly listFault: FaultData | null
  readonly demoQuestions: readonly Question[]
  readonly demoIndex: string
  readonly build: BuildState
}

const noBuild: BuildState = { ...idleJob, title: '', failures: [], made: null }

export const corpus = createStore<CorpusState>()(() => ({
  indexes: null,
  listFault: null,
  demoQuestions: [],
  demoIndex: '',
  build: noBuild,
}))

let controller: AbortController | null = null

/** Asks which indexes are on disk; a plan whose index is gone loses it. */
export async function listIndexes(): Promise<void> {
  try {
    const indexes = await link().index.list()
    corpus.setState({ indexes: indexes.toSorted((a, b) => b.made.localeCompare(a.made)), listFault: null })
    const { index } = plan.getState().present
    if (index !== '' && !indexes.some((info) => info.path === index)) setCase('Forget a missing index', { index: '' })
  } catch (error) {
    corpus.setState({ listFault: noteFault('list the indexes', error) })
  }
}

/** Takes an index to the bench. */
export function openIndex(info: IndexInfo): void {
  if (plan.getState().present.index !== info.path) setCase(`Open ${info.name}`, { index: info.path, target: '' })
  showScreen('bench')
}

/** Opens the built-in demo, made on first use, and asks its first question. */
export async function openDemo(): Promise<void> {
  const end = await findDemo()
  if (end === null) return
  const first = end.questions[0]
  setCase('Open the demo', { index: end.index.path, question: first?.question ?? '', target: first?.answers[0] ?? '' })
  showScreen('bench')
  void run()
}

/** Makes the demo's index and questions known, on first use by making them; null where that failed or was cancelled. */
export async function findDemo(): Promise<{ readonly index: IndexInfo; readonly questions: Question[] } | null> {
  const end = await work('Demo corpus', 'open the demo', (signal) => link().demo(undefined, { signal }))
  if (end === null) return null
  corpus.setState({ demoQuestions: end.questions, demoIndex: end.index.path })
  made(end.index)
  return end
}

/** Indexes dropped or chosen files: by path on the desktop, by upload in a browser. */
export async function indexFiles(files: readonly File[]): Promise<void> {
  const names = files.map((file) => file.name)
  await indexNamed(names, (signal) => pathsOf(files, signal, (at) => reportReading(at, files.length)))
}

/** Indexes files that the engine can read, as they were handed over by the system. */
export async function indexPaths(paths: readonly string[]): Promise<void> {
  await indexNamed(paths.map(baseName), async () => [...paths])
}

async function indexNamed(
  names: readonly string[],
  pathsIn: (signal: AbortSignal) => Promise<string[]>,
): Promise<void> {
  const first = names[0]
  if (first === undefined || corpus.getState().build.phase === 'running') return
  const name = first.replace(/\.[^.]+$/, '')
  const title = names.length === 1 ? first : `${first} and ${names.length - 1} more`
  const end = await work(title, `index ${title}`, async (signal) => {
    const paths = await pathsIn(signal)
    noteOpened(paths)
    return link().index.build({ paths, name }, { signal })
  })
  if (end === null) return
  made(end)
  say(`Indexed ${end.passages} passages.`)
}

/** Stops the build; what was there before stays. */
export function cancelBuild(): void {
  const { build } = corpus.getState()
  if (build.phase !== 'running') return
  corpus.setState({ build: { ...build, phase: 'cancelling' } })
  controller?.abort()
}

/** Clears the build's outcome from the screen. */
export function dismissBuild(): void {
  corpus.setState({ build: noBuild })
}

function made(info: IndexInfo): void {
  corpus.setState((state) => ({ build: { ...state.build, made: info, failures: info.failures } }))
  void listIndexes()
}

type Events<Result> = Parameters<typeof follow<FileFailure, Result>>[2]

async function work<Result>(
  title: string,
  what: string,
  start: (signal: AbortSignal) => ReturnType<Events<Result>>,
): Promise<Result | null> {
  if (corpus.getState().build.phase === 'running') return null
  const mine = new AbortController()
  controller = mine
  corpus.setState({ build: { ...noBuild, title } })
  const end = await follow<FileFailure, Result>(
    what,
    mine.signal,
    () => start(mine.signal),
    (job) => corpus.setState((state) => ({ build: { ...state.build, ...job } })),
    (failure) => corpus.setState(({ build }) => ({ build: { ...build, failures: [...build.failures, failure] } })),
  )
  return end.phase === 'done' ? end.result : null
}

function reportReading(done: number, total: number): void {
  const progress = {
    type: 'progress',
    stage: 'read files',
    done,
    total,
    unit: 'files',
    perSecond: null,
    secondsLeft: null,
  } as const
  corpus.setState(({ build }) => ({ build: { ...build, progress } }))
}

/** Indexes: those on disk, the demo, and the building of new ones from dropped files. */
import { createStore } from 'zustand/vanilla'
import type { BuildInput, FileFailure, IndexInfo, Question } from '../../shared/corpus.ts'
import type { FaultData } from '../../shared/fault.ts'
import { link, noteOpened } from '../link.ts'
import { baseName } from '../parts/format.ts'
import { run } from './ask.ts'
import { noteFault } from './engine.ts'
import { recall } from './memory.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { plan, setCase } from './plan.ts'
import { session } from './sessionNow.ts'
import { say, showScreen } from './view.ts'

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

/** Asks which indexes are on disk; a plan whose index is gone loses it, unless its session explains what can be done. */
export async function listIndexes(): Promise<void> {
  try {
    const indexes = await link().index.list()
    corpus.setState({ indexes: indexes.toSorted((a, b) => b.made.localeCompare(a.made)), listFault: null })
    const { index } = plan.getState().present
    const kept = session.getState().id !== null || recall<string | null>('session', null) !== null
    if (!kept && index !== '' && !indexes.some((info) => info.path === index))
      setCase('Forget a missing index', { index: '' })
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

/** Builds an index of files and folders by path; files that cannot be read are told, the others are read all the same. */
export async function buildIndex(input: BuildInput): Promise<void> {
  const first = input.paths[0]
  if (first === undefined || isBuilding()) return
  const title = input.name ?? baseName(first)
  noteOpened(input.paths)
  const end = await work(title, `index ${title}`, (signal) => link().index.build(input, { signal }))
  if (end === null) return
  made(end)
  say(`Indexed ${end.passages} passages.`)
}

/** True while an index is being made. */
export function isBuilding(): boolean {
  const { phase } = corpus.getState().build
  return phase === 'running' || phase === 'cancelling'
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

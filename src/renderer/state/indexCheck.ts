/** What is asked of an index beside questions: whether it is whole, and what it finds. */
import { createStore } from 'zustand/vanilla'
import type { RetrievedPassage } from '../../shared/corpus.ts'
import type { IndexHealth } from '../../shared/documents.ts'
import type { FaultData } from '../../shared/fault.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { say } from './view.ts'

/** Passages that a search tells of; a passage that is missed is looked for among as many as one call gives. */
const listed = 10
const reach = 200

export type IndexCheckState = {
  /** The index that the rest is of. */
  readonly path: string
  readonly health: IndexHealth | null
  readonly checking: JobState
  readonly query: string
  readonly found: { readonly query: string; readonly all: readonly RetrievedPassage[] } | null
  readonly searching: boolean
  readonly fault: FaultData | null
  /** Words of a passage that should have been found. */
  readonly missed: string
}

const nothing = {
  health: null,
  checking: idleJob,
  query: '',
  found: null,
  searching: false,
  fault: null,
  missed: '',
} as const
export const indexCheck = createStore<IndexCheckState>()(() => ({ path: '', ...nothing }))

let checking: AbortController | null = null
let searching: AbortController | null = null

/** What was found is of one index: another begins anew. */
export function checkOf(path: string): void {
  if (indexCheck.getState().path === path) return
  checking?.abort()
  searching?.abort()
  indexCheck.setState({ path, ...nothing })
}

/** Counts what must agree and measures recall against exact search. */
export async function checkHealth(k: number): Promise<void> {
  const { path } = indexCheck.getState()
  if (path === '' || indexCheck.getState().checking.phase === 'running') return
  const mine = (checking = new AbortController())
  const end = await follow<never, IndexHealth>(
    'check the index',
    mine.signal,
    () => link().index.health({ path, k }, { signal: mine.signal }),
    (job) => {
      if (checking === mine) indexCheck.setState({ checking: job })
    },
    () => {},
  )
  if (checking !== mine || end.phase !== 'done') return
  indexCheck.setState({ health: end.result })
  say(end.result.agree ? 'The index is whole.' : 'Counts of the index disagree.')
}

export function cancelCheck(): void {
  checking?.abort()
}

export function setQuery(query: string): void {
  indexCheck.setState({ query })
}

export function setMissed(missed: string): void {
  indexCheck.setState({ missed })
}

/** Searches the index for the query, without asking the decoder anything. */
export async function searchOnly(): Promise<void> {
  const { path, query } = indexCheck.getState()
  if (path === '' || query.trim() === '') return
  searching?.abort()
  const mine = (searching = new AbortController())
  indexCheck.setState({ searching: true, fault: null })
  try {
    const all = await link().index.search({ path, query, passages: reach }, { signal: mine.signal })
    if (searching === mine) indexCheck.setState({ found: { query, all }, searching: false })
  } catch (error) {
    if (searching === mine) indexCheck.setState({ searching: false, fault: noteFault('search the index', error) })
  }
}

/** The passages listed, and those in reach that hold the words that were missed. */
export function resultsOf({ found, missed }: Pick<IndexCheckState, 'found' | 'missed'>): {
  readonly listed: readonly RetrievedPassage[]
  readonly holding: readonly RetrievedPassage[]
} {
  const all = found?.all ?? []
  const words = missed.trim().toLowerCase()
  const holding = words === '' ? [] : all.filter(({ title, text }) => `${title}\n${text}`.toLowerCase().includes(words))
  return { listed: all.slice(0, listed), holding }
}

export const searched = reach

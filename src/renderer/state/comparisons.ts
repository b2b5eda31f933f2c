/** Comparisons as the page sees them: the one looked at, what is being measured of it, and those there are. */
import { createStore } from 'zustand/vanilla'
import type { BlindVote, ChangeComparison, ComparisonInfo, ComparisonView, Vote } from '../../shared/comparison.ts'
import type { FaultData } from '../../shared/fault.ts'
import type { Token } from '../../shared/run.ts'
import { link } from '../link.ts'
import { setColumns } from './columns.ts'
import { downloadReport } from './download.ts'
import { noteFault } from './engine.ts'
import { idleJob, type JobState } from './job.ts'
import { say } from './view.ts'

export type ComparisonsState = {
  /** The comparison looked at: of the columns' runs, as far as they stand. */
  readonly shown: ComparisonView | null
  readonly reading: boolean
  readonly fault: { readonly what: string; readonly fault: FaultData } | null
  /** The column whose plan runs, with what has come of its answer. */
  readonly running: { readonly key: number; readonly tokens: readonly Token[] } | null
  readonly cancelling: boolean
  readonly scoring: JobState
  readonly timing: JobState
  /** The comparison that is timed, or was last. */
  readonly timed: string | null
  /** The ballot that was gone to, by its place; null for the first that is open. */
  readonly ballot: number | null
  /** Rounds that the next timing adds, and those before that it drops. */
  readonly repeats: number
  readonly warmups: number
  /** Null until the engine has answered. */
  readonly list: readonly ComparisonInfo[] | null
  readonly listFault: FaultData | null
}

export const comparisons = createStore<ComparisonsState>()(() => ({
  shown: null,
  reading: false,
  fault: null,
  running: null,
  cancelling: false,
  scoring: idleJob,
  timing: idleJob,
  timed: null,
  ballot: null,
  repeats: 5,
  warmups: 1,
  list: null,
  listFault: null,
}))

/** Changes the comparison looked at: its baseline or note. */
export async function changeComparison(change: Omit<ChangeComparison, 'id' | 'runs'>): Promise<void> {
  await onShown('change the comparison', 'The change was not kept.', (id) => link().compare.change({ id, ...change }))
}

export async function beginVote(seed: number): Promise<void> {
  await onShown('begin the blind vote', 'The blind vote could not begin.', (id) => link().compare.blind({ id, seed }))
}

/** The place of the ballot that is voted on now. */
export function ballotNow({ ballots }: BlindVote, gone: number | null): number {
  const open = ballots.findIndex((each) => each.vote === null)
  return gone ?? (open === -1 ? ballots.length - 1 : open)
}

/** Whether names are hidden now. */
export function isVoting(): boolean {
  return comparisons.getState().shown?.comparison.blind?.opened === false
}

/** Votes on the ballot that is shown. */
export async function vote(preferred: Vote): Promise<void> {
  const { shown, ballot } = comparisons.getState()
  const blind = shown?.comparison.blind ?? null
  if (blind === null) return
  const at = ballotNow(blind, ballot)
  comparisons.setState({ ballot: null })
  await onShown('keep the vote', 'The vote was not kept.', (id) => link().compare.vote({ id, at, vote: preferred }))
}

export async function showNames(): Promise<void> {
  await onShown('end the blind vote', 'The names could not be shown.', (id) => link().compare.unblind({ id }))
  void listComparisons()
}

const mediaTypes = {
  html: 'text/html',
  md: 'text/markdown',
  pdf: 'application/pdf',
  json: 'application/json',
} as const

export async function exportComparison(format: keyof typeof mediaTypes, text: boolean): Promise<void> {
  const id = comparisons.getState().shown?.comparison.id
  if (id === undefined) return
  await attempt('export the comparison', 'The comparison could not be exported.', async () => {
    const file = await link().compare.report({ id, format, text })
    downloadReport(file)
    say(`${file.name} is downloaded.`)
  })
}

/** Asks which comparisons there are. */
export async function listComparisons(): Promise<void> {
  try {
    comparisons.setState({ list: await link().compare.list(), listFault: null })
  } catch (error) {
    comparisons.setState({ listFault: noteFault('list the comparisons', error) })
  }
}

/** Deletes a comparison; its runs stay. */
export async function removeComparison(id: string): Promise<void> {
  await attempt('delete the comparison', 'The comparison was not deleted.', async () => {
    await link().compare.remove({ id })
    if (comparisons.getState().shown?.comparison.id === id) {
      setColumns([])
      comparisons.setState({ shown: null })
    }
    say('The comparison is deleted. Its runs are kept.')
  })
  await listComparisons()
}

/** Clears the screen for another comparison; what was compared is kept. */
export function newComparison(): void {
  setColumns([])
  comparisons.setState({ shown: null, fault: null, scoring: idleJob })
}

export function dismissComparisonFault(): void {
  comparisons.setState({ fault: null })
}

/** Shows what came of a change, unless another comparison is looked at by now. */
export function take(view: ComparisonView): void {
  comparisons.setState(({ shown }) => (shown?.comparison.id === view.comparison.id ? { shown: view } : {}))
}

async function onShown(work: string, what: string, act: (id: string) => Promise<ComparisonView>): Promise<void> {
  const id = comparisons.getState().shown?.comparison.id
  if (id !== undefined) await attempt(work, what, async () => take(await act(id)))
}

/** Does what needs the engine; a fault stands above the panes. */
export async function attempt(work: string, what: string, act: () => Promise<void>): Promise<void> {
  comparisons.setState({ reading: true, fault: null })
  try {
    await act()
  } catch (error) {
    comparisons.setState({ fault: { what, fault: noteFault(work, error) } })
    say(what)
  } finally {
    comparisons.setState({ reading: false })
  }
}

/** Comparing: plans are cloned from the bench, run where they have no run, then scored and timed against each other. */
import type { ComparisonView, Round } from '../../shared/comparison.ts'
import type { Run } from '../../shared/run.ts'
import { isStopped, link } from '../link.ts'
import { ask } from './ask.ts'
import { wholeRun } from './baseline.ts'
import {
  addColumn,
  beginWith,
  closeFields,
  columns,
  dropColumn,
  isFresh,
  redoColumns,
  sameCaseAs,
  setColumns,
  setRun,
  swapColumns,
  undoColumns,
  type Column,
} from './columns.ts'
import { attempt, comparisons, isVoting, listComparisons, take } from './comparisons.ts'
import { noteFault } from './engine.ts'
import { follow, idleJob } from './job.ts'
import { differences, plan, settle, toPlan } from './plan.ts'
import { say, showScreen } from './view.ts'

let stopRunning: AbortController | null = null
let stopScoring: AbortController | null = null
let stopTiming: AbortController | null = null

/** The ids of the columns' runs where every plan has one; null else. */
function freshRuns(all: readonly Column[]): readonly string[] | null {
  if (all.length < 2 || !all.every(isFresh)) return null
  return all.flatMap(({ run }) => (run === null ? [] : [run.id]))
}

/** One step of the columns back or forward; what was compared then comes back with it. */
export function undoPlans(): string | null {
  const name = undoColumns()
  void sync()
  return name
}

export function redoPlans(): string | null {
  const name = redoColumns()
  void sync()
  return name
}

/** Whether the comparison looked at is of the plans as they stand. */
export function isShown(shown: ComparisonView | null, all: readonly Column[]): boolean {
  return shown !== null && freshRuns(all)?.join() === shown.runs.map(({ id }) => id).join()
}

/** Clones the bench's plan to the next column; a plan of another case begins a comparison of its own. */
export function cloneFromBench(): void {
  if (isVoting()) return say('A blind vote goes on: end it first.')
  settle()
  const draft = plan.getState().present
  const run = ask.getState().shown?.run ?? null
  const own = run !== null && differences(draft, ask.getState().shown?.plan ?? draft).length === 0 ? run : null
  if (!sameCaseAs(draft)) {
    beginWith(draft, own)
    comparisons.setState({ shown: null, fault: null })
    say('The plan stands as A and is cloned to B. Change B.')
  } else tellAdded(addColumn(draft, own))
  showScreen('compare')
  void sync()
}

/** Clones the last column to the next. */
export function cloneLast(): void {
  const last = columns.getState().columns.at(-1)
  if (last === undefined) return cloneFromBench()
  tellAdded(addColumn(last.draft, null))
}

function tellAdded(letter: string | null): void {
  say(letter === null ? 'Four plans stand already. Remove one first.' : `The plan is cloned to ${letter}.`)
}

export function removeColumn(key: number): void {
  dropColumn(key)
  void sync()
}

/** Exchanges A and B, or any two. */
export function swap(a = 0, b = 1): void {
  swapColumns(a, b)
  say(`${'ABCD'[a]} and ${'ABCD'[b]} are exchanged.`)
  void sync()
}

/** Compares kept runs. */
export async function compareRuns(ids: readonly string[]): Promise<void> {
  showScreen('compare')
  await attempt('compare the runs', 'The runs could not be compared.', async () =>
    look(await link().compare.make({ runs: [...ids] })),
  )
}

/** Opens a comparison that is kept. */
export async function openComparison(id: string): Promise<void> {
  await attempt('open the comparison', 'The comparison could not be opened.', async () =>
    look(await link().compare.open({ id })),
  )
}

function look(shown: ComparisonView): void {
  setColumns(shown.runs)
  show(shown)
}

/** Shows a comparison, and scores it where it has no scores yet; what was being scored before gives way. */
function show(shown: ComparisonView): void {
  stopScoring?.abort()
  stopScoring = null
  comparisons.setState({ shown, scoring: idleJob, ballot: null })
  void listComparisons()
  if (shown.comparison.scores === null) void score()
}

/** Takes up what stood here at the last visit. */
export async function restoreColumns(): Promise<void> {
  const { awaited } = columns.getState()
  if (awaited.length === 0) return
  columns.setState({ awaited: [] })
  const found = await Promise.all(awaited.map((id) => openKept(id)))
  columns.setState(({ columns: all }) => ({
    columns: all.map((column, at) => (column.run === null ? { ...column, run: found[at] ?? null } : column)),
  }))
  await sync()
}

/** A run by its id; null where it is gone. */
async function openKept(id: string | null): Promise<Run | null> {
  if (id === null) return null
  return link()
    .runs.open({ id })
    .catch(() => null)
}

/** Shows the comparison of the columns' runs, once every plan has one. */
export async function sync(): Promise<void> {
  const { columns: all } = columns.getState()
  const { shown } = comparisons.getState()
  const ids = freshRuns(all)
  if (ids === null || isShown(shown, all) || new Set(ids).size !== ids.length) return
  await attempt('compare the runs', 'The runs could not be compared.', async () => {
    show(await link().compare.make({ runs: [...ids] }))
    closeFields()
  })
}

/** Why the plans cannot run yet; null when they can. */
export function whyNotRun(all: readonly Column[]): string | null {
  if (all.length < 2) return 'Clone a plan first: two are compared.'
  if (all.some(({ draft }) => draft.index === '')) return 'A plan has no index.'
  return all.some(({ draft }) => draft.question.trim() === '') ? 'A plan has no question.' : null
}

/** Runs every plan that has no run of its own yet, one after the other, then compares them. */
export async function runPlans(): Promise<void> {
  const { columns: all } = columns.getState()
  const reason = whyNotRun(all)
  if (reason !== null) return say(reason)
  if (stopRunning !== null) return
  const mine = new AbortController()
  stopRunning = mine
  comparisons.setState({ fault: null, cancelling: false })
  try {
    for (const { key } of all.filter((column) => !isFresh(column))) {
      const column = columns.getState().columns.find((each) => each.key === key)
      if (column === undefined) continue
      comparisons.setState({ running: { key, tokens: [] } })
      const run = await wholeRun(toPlan(column.draft), mine.signal, (tokens) =>
        comparisons.setState(({ running }) => ({
          running: running?.key === key ? { key, tokens: [...running.tokens, ...tokens] } : running,
        })),
      )
      setRun(key, run, column.draft)
    }
    say('Every plan has its run.')
  } catch (error) {
    if (mine.signal.aborted || isStopped(error)) say('Cancelled. The runs that were whole are kept.')
    else comparisons.setState({ fault: { what: 'A plan could not be run.', fault: noteFault('run the plans', error) } })
  } finally {
    stopRunning = null
    comparisons.setState({ running: null, cancelling: false })
  }
  await sync()
}

/** Computes the teacher-forced log-probabilities. */
export async function score(): Promise<void> {
  const id = comparisons.getState().shown?.comparison.id
  if (id === undefined || stopScoring !== null) return
  const mine = new AbortController()
  stopScoring = mine
  const end = await follow<never, ComparisonView>(
    'score the runs',
    mine.signal,
    () => link().compare.score({ id }, { signal: mine.signal }),
    (scoring) => stopScoring === mine && comparisons.setState({ scoring }),
    () => {},
  )
  if (stopScoring === mine) stopScoring = null
  if (end.phase === 'done') take(end.result)
}

/** Adds rounds of interleaved repeats; they go on when another comparison is looked at. */
export async function time(): Promise<void> {
  const { shown, repeats, warmups } = comparisons.getState()
  const id = shown?.comparison.id
  if (id === undefined || stopTiming !== null) return
  const mine = new AbortController()
  stopTiming = mine
  comparisons.setState({ timed: id })
  const end = await follow<Round, ComparisonView>(
    'time the plans',
    mine.signal,
    () => link().compare.time({ id, repeats, warmups }, { signal: mine.signal }),
    (timing) => comparisons.setState({ timing }),
    () => {},
  )
  stopTiming = null
  if (end.phase === 'done') {
    take(end.result)
    say(`Timed: ${end.result.comparison.rounds.length} rounds in all.`)
  } else {
    // Rounds that had ended are kept when the rest was cancelled or failed.
    await attempt('read the rounds', 'The rounds could not be read.', async () =>
      take(await link().compare.open({ id })),
    )
  }
  void listComparisons()
}

/** Whether anything of a comparison is under way here. */
export function isComparing(): boolean {
  return stopRunning !== null || stopTiming !== null || stopScoring !== null
}

/** Stops whatever is under way here; what ended is kept. */
export function cancelComparing(): void {
  if (stopRunning !== null) comparisons.setState({ cancelling: true })
  if (stopTiming !== null) comparisons.setState(({ timing }) => ({ timing: { ...timing, phase: 'cancelling' } }))
  if (stopScoring !== null) comparisons.setState(({ scoring }) => ({ scoring: { ...scoring, phase: 'cancelling' } }))
  for (const stop of [stopRunning, stopTiming, stopScoring]) stop?.abort()
}

/** The plans side by side: up to four columns, each with the run it gave; fields can be linked to stay equal. */
import { createStore } from 'zustand/vanilla'
import { letterOf, mostCompared } from '../../shared/comparison.ts'
import type { Run } from '../../shared/run.ts'
import { commit, redo, seal, undo, type History } from './history.ts'
import { keep, recall } from './memory.ts'
import { differences, draftOf, fieldNames, firstDraft, sameChunks, type Draft, type Setting } from './plan.ts'

/** A plan with the run that was made of it, which its edits leave behind. */
export type Column = { readonly key: number; readonly draft: Draft; readonly run: Run | null }
export type Field = Setting

/** What undo goes back to. */
type Stand = {
  readonly columns: readonly Column[]
  /** Fields kept equal in all columns. */
  readonly links: ReadonlySet<Field>
}
export type ColumnsState = Stand & {
  readonly past: History<Stand>['past']
  readonly future: History<Stand>['future']
  readonly open: string | null
  /** Fields shown although they are the same. */
  readonly opened: ReadonlySet<Field>
  /** Ids of runs that columns had at the last visit and that have not been read again. */
  readonly awaited: readonly (string | null)[]
}

/** In the order in which they are read. */
export const fields: readonly Field[] = [
  'question',
  'target',
  'index',
  'passages',
  'k',
  'p',
  'policy',
  'forced',
  'seed',
  'maxTokens',
  'temperature',
  'prefix',
]
/** What is compared most: open for a change in a plan that was just cloned. */
export const offered: readonly Field[] = ['k', 'p', 'policy']
/** The case, and what is seldom compared, stay equal until they are unlinked. */
const linkedAtFirst: readonly Field[] = ['question', 'target', 'index', 'passages', 'seed', 'maxTokens', 'temperature']

type Remembered = {
  readonly columns: readonly { readonly draft: Draft; readonly run: string | null }[]
  readonly links: readonly Field[]
}

let lastKey = 0
const columnOf = (draft: Draft, run: Run | null): Column => ({ key: ++lastKey, draft, run })

export const columns = createStore<ColumnsState>()(() => {
  const kept = recall<Remembered>('compare', { columns: [], links: linkedAtFirst })
  return {
    columns: kept.columns.map(({ draft }) => columnOf({ ...firstDraft, ...draft }, null)),
    links: new Set(kept.links),
    past: [],
    future: [],
    open: null,
    opened: new Set<Field>(),
    awaited: kept.columns.map(({ run }) => run),
  }
})

columns.subscribe((state) => {
  const remembered: Remembered = {
    columns: state.columns.map(({ draft, run }, at) => ({ draft, run: run?.id ?? state.awaited[at] ?? null })),
    links: [...state.links],
  }
  keep('compare', remembered)
})

/** Takes a named step; edits with one key join until `settleColumns`. */
function step(name: string, change: Partial<Stand>, key: string | null = null): void {
  const history = historyNow()
  put(commit(history, name, { ...history.present, ...change }, key))
}

function historyNow(): History<Stand> {
  const { columns: all, links, past, future, open } = columns.getState()
  return { past, future, open, present: { columns: all, links } }
}

function put({ past, future, open, present }: History<Stand>): void {
  columns.setState({ ...present, past, future, open })
}

/** Ends a stretch of edits: what follows is a new step. */
export function settleColumns(): void {
  put(seal(historyNow()))
}

/** One step back; gives its name, or null when there is none. */
export function undoColumns(): string | null {
  const name = columns.getState().past.at(-1)?.name ?? null
  put(withRuns(undo(historyNow())))
  return name
}

/** One step forward; gives its name, or null when there is none. */
export function redoColumns(): string | null {
  const name = columns.getState().future[0]?.name ?? null
  put(withRuns(redo(historyNow())))
  return name
}

/** Plans go back, runs do not: a run that was made meanwhile of the very plan that comes back is its run. */
function withRuns(history: History<Stand>): History<Stand> {
  const made = columns.getState().columns
  const restored = history.present.columns.map((column) => {
    const now = made.find(({ key }) => key === column.key)?.run ?? null
    return !isFresh(column) && isFresh({ ...column, run: now }) ? { ...column, run: now } : column
  })
  return { ...history, present: { ...history.present, columns: restored } }
}

/** Whether a column's run is that of the plan as it stands. */
export function isFresh({ draft, run }: Column): boolean {
  return run !== null && differences(draft, draftOf(run.plan)).length === 0
}

/** The fields in which not all columns agree. */
export function differing(all: readonly Column[]): ReadonlySet<Field> {
  const [first, ...rest] = all
  if (first === undefined) return new Set()
  return new Set(
    fields.filter((field) =>
      rest.some(({ draft }) => JSON.stringify(draft[field]) !== JSON.stringify(first.draft[field])),
    ),
  )
}

/** Sets a field of a column, and of all where it is linked; what is forced by hand goes with the chunks that it named. */
export function setColumn<F extends Field>(key: number, field: F, value: Draft[F]): void {
  const { columns: all, links } = columns.getState()
  const at = all.findIndex((column) => column.key === key)
  const edited = all[at]
  if (edited === undefined) return
  const next = all.map((column) => {
    const own = column.key === key
    if (!own && !links.has(field)) return column
    // An index names another chunk where other chunks are cut.
    if (!own && field === 'forced' && !sameChunks(column.draft, edited.draft)) return column
    return { ...column, draft: changed(column.draft, field, value) }
  })
  step(`Change ${fieldNames[field]} of ${letterOf(at)}`, { columns: next }, `${field} ${key}`)
}

function changed<F extends Field>(draft: Draft, field: F, value: Draft[F]): Draft {
  const next = {
    ...draft,
    [field]: value,
    ...(field === 'question' || field === 'index' ? { prefix: null, pins: [] } : {}),
  }
  return sameChunks(draft, next) ? next : { ...next, forced: { expand: [], compress: [] }, locked: [] }
}

/** Links a field, which then takes the value of A everywhere, or lets it differ. */
export function toggleLink(field: Field): void {
  const { columns: all, links } = columns.getState()
  const next = new Set(links)
  const linked = !next.delete(field)
  if (linked) next.add(field)
  step(`${linked ? 'Link' : 'Unlink'} ${fieldNames[field]}`, { links: next })
  const [first] = all
  if (linked && first !== undefined) setColumn(first.key, field, first.draft[field])
}

/** Leaves the settings that differ alone in sight. */
export function closeFields(): void {
  columns.setState({ opened: new Set() })
}

export function showField(field: Field): void {
  columns.setState(({ opened }) => ({ opened: new Set([...opened, field]) }))
}

/** Puts runs side by side, in place of what stood there. */
export function setColumns(runs: readonly Run[]): void {
  const next = runs.map((run) => columnOf(draftOf(run.plan), run))
  // What differs in what is opened must not be equal at the first edit.
  const apart = differing(next)
  step(next.length === 0 ? 'New comparison' : 'Open a comparison', {
    columns: next,
    links: new Set(linkedAtFirst.filter((field) => !apart.has(field))),
  })
  columns.setState({ opened: new Set(), awaited: [] })
}

/** Adds a plan as the next column, with its run where it has one; gives its letter, or null where four stand already. */
export function addColumn(draft: Draft, run: Run | null): string | null {
  const { columns: all } = columns.getState()
  if (all.length >= mostCompared) return null
  // A run is not compared with itself: the plan is run once more.
  const known = run !== null && all.some((column) => column.run?.id === run.id)
  step(`Clone to ${letterOf(all.length)}`, { columns: [...all, columnOf(draft, known ? null : run)] })
  columns.setState(({ opened }) => ({ opened: new Set([...opened, ...offered]) }))
  return letterOf(all.length)
}

/** Begins anew with a plan and its clone. */
export function beginWith(draft: Draft, run: Run | null): void {
  step('Clone to B', { columns: [columnOf(draft, run), columnOf(draft, null)], links: new Set(linkedAtFirst) })
  columns.setState({ opened: new Set(offered), awaited: [] })
}

export function dropColumn(key: number): void {
  const { columns: all } = columns.getState()
  const at = all.findIndex((column) => column.key === key)
  step(`Remove ${letterOf(at)}`, { columns: all.filter((column) => column.key !== key) })
  columns.setState({ awaited: [] })
}

/** Exchanges two columns. */
export function swapColumns(a: number, b: number): void {
  const { columns: all } = columns.getState()
  const [first, second] = [all[a], all[b]]
  if (first === undefined || second === undefined) return
  const next = all.map((column, at) => (at === a ? second : at === b ? first : column))
  step(`Exchange ${letterOf(a)} and ${letterOf(b)}`, { columns: next })
}

/** Gives a column the run that was made of its plan `of`; a plan that was edited meanwhile stays as it is. */
export function setRun(key: number, run: Run, of: Draft): void {
  columns.setState(({ columns: all }) => ({
    columns: all.map((column) => {
      if (column.key !== key) return column
      // The run's own plan has its gold answer trimmed: the two must not differ for that.
      return { ...column, run, draft: column.draft === of ? draftOf(run.plan) : column.draft }
    }),
  }))
}

/** Whether plans ask the same: columns of another case are another comparison. */
export function sameCaseAs(draft: Draft): boolean {
  const [first] = columns.getState().columns
  return first !== undefined && first.draft.question === draft.question && first.draft.index === draft.index
}

/** The plans side by side: up to four columns, each with the run it gave; fields can be linked to stay equal. */
import { createStore } from 'zustand/vanilla'
import { letterOf, mostCompared } from '../../shared/comparison.ts'
import type { Run } from '../../shared/run.ts'
import { keep, recall } from './memory.ts'
import { differences, draftOf, firstDraft, sameChunks, type Draft } from './plan.ts'

/** A plan with the run that was made of it, which its edits leave behind. */
export type Column = { readonly key: number; readonly draft: Draft; readonly run: Run | null }
export type Field = keyof Draft

export type ColumnsState = {
  readonly columns: readonly Column[]
  /** Fields kept equal in all columns. */
  readonly links: ReadonlySet<Field>
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
]
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
  columns.setState(({ columns: all, links }) => {
    const edited = all.find((column) => column.key === key)
    return {
      columns: all.map((column) => {
        const own = column.key === key
        if (!own && !links.has(field)) return column
        // An index names another chunk where other chunks are cut.
        if (!own && field === 'forced' && edited && !sameChunks(column.draft, edited.draft)) return column
        return { ...column, draft: changed(column.draft, field, value) }
      }),
    }
  })
}

function changed<F extends Field>(draft: Draft, field: F, value: Draft[F]): Draft {
  const next = { ...draft, [field]: value }
  return sameChunks(draft, next) ? next : { ...next, forced: { expand: [], compress: [] } }
}

/** Links a field, which then takes the value of A everywhere, or lets it differ. */
export function toggleLink(field: Field): void {
  const { columns: all, links } = columns.getState()
  const next = new Set(links)
  const linked = !next.delete(field)
  if (linked) next.add(field)
  columns.setState({ links: next })
  const [first] = all
  if (linked && first !== undefined) setColumn(first.key, field, first.draft[field])
}

export function showField(field: Field): void {
  columns.setState(({ opened }) => ({ opened: new Set([...opened, field]) }))
}

/** Puts runs side by side, in place of what stood there. */
export function setColumns(runs: readonly Run[]): void {
  const next = runs.map((run) => columnOf(draftOf(run.plan), run))
  // What differs in what is opened must not be equal at the first edit.
  const apart = differing(next)
  columns.setState({
    columns: next,
    links: new Set(linkedAtFirst.filter((field) => !apart.has(field))),
    opened: new Set(),
    awaited: [],
  })
}

/** Adds a plan as the next column, with its run where it has one; gives its letter, or null where four stand already. */
export function addColumn(draft: Draft, run: Run | null): string | null {
  const { columns: all } = columns.getState()
  if (all.length >= mostCompared) return null
  // A run is not compared with itself: the plan is run once more.
  const known = run !== null && all.some((column) => column.run?.id === run.id)
  columns.setState({ columns: [...all, columnOf(draft, known ? null : run)] })
  return letterOf(all.length)
}

/** Begins anew with a plan and its clone. */
export function beginWith(draft: Draft, run: Run | null): void {
  columns.setState({
    columns: [columnOf(draft, run), columnOf(draft, null)],
    links: new Set(linkedAtFirst),
    opened: new Set(),
    awaited: [],
  })
}

export function dropColumn(key: number): void {
  columns.setState(({ columns: all }) => ({ columns: all.filter((column) => column.key !== key), awaited: [] }))
}

/** Exchanges two columns. */
export function swapColumns(a: number, b: number): void {
  columns.setState(({ columns: all }) => {
    const [first, second] = [all[a], all[b]]
    if (first === undefined || second === undefined) return {}
    return { columns: all.map((column, at) => (at === a ? second : at === b ? first : column)) }
  })
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

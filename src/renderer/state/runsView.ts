/** How the runs table is looked at: filter, order, grouping, columns; columns, order and grouping are remembered. */
import { createStore } from 'zustand/vanilla'
import { keep, recall } from './memory.ts'

export type RunsViewState = {
  readonly filter: string
  /** Names of columns as `views/runs/columns.ts` knows them; null is the first choice of the workbench. */
  readonly columns: readonly string[] | null
  readonly sort: { readonly column: string; readonly down: boolean }
  readonly group: string
  readonly hideConstant: boolean
}
type Remembered = Omit<RunsViewState, 'filter'>

const first: Remembered = { columns: null, sort: { column: 'time', down: true }, group: 'none', hideConstant: false }

export const runsView = createStore<RunsViewState>()(() => ({
  filter: '',
  ...first,
  ...recall<Partial<Remembered>>('runs', {}),
}))

runsView.subscribe(({ filter: _filter, ...remembered }) => keep('runs', remembered))

export function setRunsView(change: Partial<RunsViewState>): void {
  runsView.setState(change)
}

/** Shows the runs that carry a tag, among those that the filter shows already. */
export function filterByTag(tag: string): void {
  const part = `tag:${/\s/.test(tag) ? `"${tag}"` : tag}`
  runsView.setState(({ filter }) => ({
    filter: filter.includes(part) ? filter : `${filter} ${part}`.trim(),
  }))
}

/** Sorts by a column; the same again turns the order. A first press puts figures lowest first, times latest first. */
export function sortBy(column: string): void {
  runsView.setState(({ sort }) => ({
    sort: sort.column === column ? { column, down: !sort.down } : { column, down: column === 'time' },
  }))
}

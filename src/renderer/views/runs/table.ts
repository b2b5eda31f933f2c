/** What the runs table shows now: list, filter, order, grouping and columns put together. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { parseFilter, type RunFilter } from '../../../shared/runFilter.ts'
import type { RunSummary } from '../../../shared/runs.ts'
import { runs } from '../../state/runs.ts'
import { runsView } from '../../state/runsView.ts'
import {
  columnNames,
  columns,
  constantColumns,
  firstColumns,
  groupings,
  linesOf,
  sortRuns,
  type ColumnName,
  type Grouping,
  type Line,
  type Sort,
} from './columns.ts'

export type ShownTable = {
  readonly filter: RunFilter
  readonly runs: readonly RunSummary[]
  readonly lines: readonly Line[]
  readonly chosenColumns: readonly ColumnName[]
  readonly columns: readonly ColumnName[]
  /** Hidden because all runs shown say the same. */
  readonly constant: readonly ColumnName[]
  readonly sort: Sort
  readonly group: Grouping
}

const nothing: readonly RunSummary[] = []

/** A filter that cannot be read shows all runs: nothing seems lost while one is being typed. */
export function useRunsTable(): ShownTable {
  const list = useStore(runs, (state) => state.list) ?? nothing
  const view = useStore(runsView)
  const filter = useMemo(() => parseFilter(view.filter), [view.filter])
  const fitting = useMemo(() => (filter.ok ? list.filter(filter.test) : list), [list, filter])
  const sort = useMemo<Sort>(
    () => ({ ...view.sort, column: isColumn(view.sort.column) ? view.sort.column : 'time' }),
    [view.sort],
  )
  const sorted = useMemo(() => sortRuns(fitting, sort), [fitting, sort])
  const group = groupings.find((name) => name === view.group) ?? 'none'
  const lines = useMemo(() => linesOf(sorted, group), [sorted, group])
  const chosenColumns = useMemo(() => {
    const wanted = new Set(view.columns ?? firstColumns)
    return columnNames.filter((name) => wanted.has(name))
  }, [view.columns])
  const constant = useMemo(
    () => (view.hideConstant ? constantColumns(fitting, chosenColumns) : []),
    [view.hideConstant, fitting, chosenColumns],
  )
  const inOrder = useMemo(() => lines.flatMap((line) => (line.type === 'run' ? [line.run] : [])), [lines])
  return {
    filter,
    runs: inOrder,
    lines,
    chosenColumns,
    columns: chosenColumns.filter((name) => !constant.includes(name)),
    constant,
    sort,
    group,
  }
}

function isColumn(name: string): name is ColumnName {
  return Object.hasOwn(columns, name)
}

/** The runs screen: every kept run in one table, some of them side by side, one of them in detail. */
import { useCallback, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { mostListed } from '../../../shared/runs.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { report } from '../../state/report.ts'
import { dismissFault, forgetRemoved, listRuns, openDetails, restoreRemoved, runs } from '../../state/runs.ts'
import { setRunsView } from '../../state/runsView.ts'
import { showScreen } from '../../state/view.ts'
import { Builder } from '../report/Builder.tsx'
import { Beside } from './Beside.tsx'
import { Chosen } from './Chosen.tsx'
import { columnOf } from './columns.ts'
import { Details } from './Details.tsx'
import { Grid } from './Grid.tsx'
import { useRunKeys } from './keys.ts'
import { useRunsTable, type ShownTable } from './table.ts'
import { Toolbar } from './Toolbar.tsx'

export function Runs() {
  const status = useStore(engine, (state) => state.status.state)
  const list = useStore(runs, (state) => state.list)
  const fault = useStore(runs, (state) => state.fault)
  const opened = useStore(runs, (state) => state.opened)
  const draft = useStore(report, (state) => state.draft)
  const [current, setCurrent] = useState<string | null>(null)
  const table = useRunsTable()
  useEffect(() => {
    if (status === 'ready') void listRuns()
  }, [status])
  const look = useCallback((id: string) => {
    setCurrent(id)
    if (runs.getState().opened !== null) void openDetails(id)
  }, [])
  useRunKeys(table, current, look)
  if (draft !== null)
    return (
      <main className="runs">
        <h1 className="unseen">Report</h1>
        <Builder draft={draft} />
      </main>
    )
  return (
    <>
      <main className="runs">
        <h1 className="unseen">Runs</h1>
        {fault !== null && <FaultNote what={fault.what} fault={fault.fault} onDismiss={dismissFault} />}
        <Removed />
        <Beside />
        <Pane
          title="Runs"
          className="runs-pane"
          stale={status === 'gone' && list !== null}
          note={list === null ? undefined : countOf(table, list.length)}
          aside={<Chosen shown={table.runs} />}
        >
          <Table table={table} current={current} look={look} />
        </Pane>
      </main>
      {opened !== null && <Details opened={opened} table={table} look={look} />}
    </>
  )
}

type TableProps = {
  readonly table: ShownTable
  readonly current: string | null
  readonly look: (id: string) => void
}

function Table({ table, current, look }: TableProps) {
  const list = useStore(runs, (state) => state.list)
  const listFault = useStore(runs, (state) => state.listFault)
  if (listFault !== null) {
    return <FaultNote what="The runs could not be listed." fault={listFault} onRetry={() => void listRuns()} />
  }
  if (list === null) return <Loading label="Reading the kept runs" lines={6} />
  if (list.length === 0) {
    return (
      <Empty
        action={
          <button type="button" onClick={() => showScreen('bench')}>
            Go to the bench
          </button>
        }
      >
        No run is kept yet. Every question answered on the bench or by refrag ask is kept here.
      </Empty>
    )
  }
  return (
    <>
      <Toolbar table={table} />
      {table.constant.length > 0 && table.runs[0] !== undefined && (
        <p className="quiet runs-same">
          The same in all {formatCount(table.runs.length)}:{' '}
          {table.constant
            .map((name) => `${columnOf(name).label} ${table.runs[0] && columnOf(name).say(table.runs[0])}`)
            .join(', ')}
        </p>
      )}
      {table.runs.length === 0 ? (
        <Empty
          action={
            <button type="button" onClick={() => setRunsView({ filter: '' })}>
              Clear the filter
            </button>
          }
        >
          No run fits the filter.
        </Empty>
      ) : (
        <Grid table={table} current={current} look={look} />
      )}
      {list.length === mostListed && (
        <p className="quiet">
          Only the latest {formatCount(mostListed)} runs are listed. Delete some to see earlier ones.
        </p>
      )}
    </>
  )
}

function countOf({ runs: shown, filter }: ShownTable, all: number): string {
  return filter.ok && shown.length < all ? `${formatCount(shown.length)} of ${plural(all, 'run')}` : formatCount(all)
}

/** What was deleted last stays within reach until something else is deleted or it is let go. */
function Removed() {
  const removed = useStore(runs, (state) => state.removed)
  if (removed.length === 0) return null
  return (
    <div className="run-line" role="status">
      <span className="grow">
        {removed.length === 1
          ? `Deleted “${removed[0]?.question ?? ''}”.`
          : `Deleted ${plural(removed.length, 'run')}.`}{' '}
        <span className="quiet">Kept aside for 30 days, then gone.</span>
      </span>
      <button type="button" onClick={() => void restoreRemoved()}>
        Undo
      </button>
      <button type="button" onClick={forgetRemoved}>
        Dismiss
      </button>
    </div>
  )
}

/** The sweep looked at: how it stands, and what its cells came to so far. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { SweepInfo } from '../../../shared/sweep.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { openReport } from '../../state/report.ts'
import { beginSweep, resumeSweep, stopSweep, sweeps } from '../../state/sweeps.ts'
import { plannedCells, setUpBeside, sweepSetUp } from '../../state/sweepSetUp.ts'
import { standingOf } from './cases.ts'
import { takeDemo } from './Questions.tsx'
import { Results } from './Results.tsx'

export function Shown() {
  const { shown, list } = useStore(sweeps)
  const info = list?.find((each) => each.id === shown) ?? null
  const settings = useStore(sweepSetUp)
  useStore(corpus)
  const away = useStore(engine, (state) => state.status.state !== 'ready' || state.health === null)
  const nothing = plannedCells(settings).length === 0
  if (list === null)
    return (
      <Pane title="Sweep">
        <Loading label="Asking the engine" lines={3} />
      </Pane>
    )
  if (info !== null) return <One key={info.id} info={info} />
  return (
    <Pane title="Sweep">
      <Empty
        action={
          <button type="button" disabled={away} onClick={() => void (nothing ? takeDemo() : beginSweep())}>
            {nothing ? 'Use the demo' : 'Measure'}
          </button>
        }
      >
        No sweep yet. It asks the same questions in every cell of a grid, full context in turn with each, and keeps a
        cell as it ends: one that was stopped, or killed, goes on with the cells that are missing.
      </Empty>
    </Pane>
  )
}

/** What it asks, of what, and on what: a line. */
function noteOf({ index, sets, bundles, machine, input }: SweepInfo): string {
  const cases = sets.reduce((sum, set) => sum + set.cases, 0)
  return [
    index.name,
    `${sets.map(({ name }) => name).join(', ')}, ${plural(cases, 'case')} × ${plural(input.repeats, 'ask')}`,
    bundles.map(({ name }) => name).join(', '),
    `${machine.device}, ${plural(machine.threads, 'thread')}`,
    ...(machine.decoder === undefined ? [] : [`decoded by ${machine.decoder}`]),
    `seed ${input.seed}`,
  ].join('; ')
}

function One({ info }: { readonly info: SweepInfo }) {
  const { cells, running, phase } = useStore(sweeps)
  const standing = useMemo(() => standingOf(info, cells, running), [info, cells, running])
  const reading = phase === 'reading' || (phase === 'following' && cells.size === 0)
  return (
    <Pane title={info.id} className="swept" note={noteOf(info)}>
      <State info={info} />
      <Failures />
      {cells.size === 0 && reading ? (
        <Loading label={phase === 'reading' ? 'Reading its cells' : 'Waiting for the first cell'} lines={5} />
      ) : (
        <Results standing={standing} />
      )}
    </Pane>
  )
}

function State({ info }: { readonly info: SweepInfo }) {
  const { phase, progress } = useStore(sweeps)
  const idle = useStore(sweeps, (state) => state.phase === 'idle' && !state.probing)
  if (phase === 'following' || phase === 'stopping')
    return (
      <ProgressBar
        title="Sweep"
        progress={progress}
        cancelling={phase === 'stopping'}
        onCancel={() => void stopSweep()}
      />
    )
  const actions = (
    <>
      {info.state !== 'finished' && (
        <button type="button" disabled={!idle} onClick={() => void resumeSweep(info)}>
          Resume
        </button>
      )}
      <button type="button" onClick={() => setUpBeside(info)}>
        Extend…
      </button>
      <button type="button" disabled={info.done === 0} onClick={() => openReport({ sweeps: [info.input.out] })}>
        Report
      </button>
    </>
  )
  if (info.state === 'failed' && info.fault !== null)
    return (
      <FaultNote
        what={`Stopped: it could not go on. ${formatCount(info.done)} of ${plural(info.cells, 'cell')} are kept.`}
        fault={info.fault}
        actions={actions}
      />
    )
  return (
    <div className="job-line train-state">
      <strong>{info.state === 'finished' ? 'Finished' : 'Stopped'}</strong>
      <span className="quiet grow">
        {formatCount(info.done)} of {plural(info.cells, 'cell')} measured
        {info.failed > 0 && `, ${formatCount(info.failed)} failed`}
        {info.state !== 'finished' && ' · partial'}
      </span>
      {actions}
    </div>
  )
}

/** Cells that failed or were disturbed, by what ended them. */
function Failures() {
  const cells = useStore(sweeps, (state) => state.cells)
  const failed = [...cells.values()].filter(({ fault }) => fault !== null)
  const groups = Map.groupBy(failed, ({ fault }) => fault?.message ?? '')
  return [...groups.values()].map(([first, ...more]) =>
    first === undefined || first.fault === null ? null : (
      <FaultNote
        key={first.fault.message}
        what={`${plural(1 + more.length, 'cell')} ${first.state === 'invalid' ? 'disturbed' : 'failed'}.`}
        fault={first.fault}
      />
    ),
  )
}

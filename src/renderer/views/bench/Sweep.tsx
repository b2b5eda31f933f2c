/** The sweep: TTFT against k and against p on this machine, with full context beside it; chart and table of the same rows. */
import { lazy, Suspense, useState } from 'react'
import { useStore } from 'zustand'
import type { TtftRow } from '../../../shared/bench.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { Segments } from '../../parts/Segments.tsx'
import { formatCount, formatMs } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { cancelSweep, runSweep, setSweep, sweep, sweepContexts, sweepPs } from '../../state/sweep.ts'
import { againstK, againstP } from './curves.ts'

const Chart = lazy(async () => ({ default: (await import('../../parts/Chart.tsx')).Chart }))

type Face = 'chart' | 'table'

export function Sweep() {
  const state = useStore(sweep)
  const [face, setFace] = useState<Face>('chart')
  const busy = state.phase === 'running' || state.phase === 'cancelling'
  return (
    <Pane
      title="TTFT against k and p"
      className="sweep"
      stale={!busy && state.rows.some((row) => row.context !== state.context || row.cached !== state.cached)}
      note={
        state.rows.length === 0
          ? 'measured here, refrag-mini'
          : noteOf(state.rows, state.phase === 'cancelled' || state.phase === 'failed')
      }
      aside={<SweepBar busy={busy} face={face} onFace={setFace} />}
    >
      {busy && (
        <ProgressBar
          title="Sweep"
          progress={state.progress}
          cancelling={state.phase === 'cancelling'}
          onCancel={cancelSweep}
        />
      )}
      {state.fault !== null && (
        <FaultNote what="The sweep failed." fault={state.fault} onRetry={() => void runSweep()} />
      )}
      {state.rows.length === 0 && !busy && state.fault === null && (
        <Empty>
          A sweep measures every k of the bundle at five values of p, and full context through the same code. It takes
          seconds.
        </Empty>
      )}
      {state.rows.length > 0 &&
        (face === 'chart' ? <Charts rows={state.rows} ks={state.ks} /> : <Table rows={state.rows} />)}
    </Pane>
  )
}

function SweepBar({
  busy,
  face,
  onFace,
}: {
  readonly busy: boolean
  readonly face: Face
  readonly onFace: (face: Face) => void
}) {
  const { context, cached, rows } = useStore(sweep)
  const window = useStore(engine, (state) => state.health?.bundle.window ?? 0)
  return (
    <div className="sweep-bar">
      <label className="field">
        <span className="label">context</span>
        <select value={context} disabled={busy} onChange={(event) => setSweep({ context: Number(event.target.value) })}>
          {sweepContexts
            .filter((tokens) => window === 0 || tokens < window)
            .map((tokens) => (
              <option key={tokens} value={tokens}>
                {formatCount(tokens)} tokens
              </option>
            ))}
        </select>
      </label>
      <label className="field check" title="Embeddings taken from the cache, or encoded within the time measured">
        <input
          type="checkbox"
          checked={cached}
          disabled={busy}
          onChange={(event) => setSweep({ cached: event.target.checked })}
        />
        cached
      </label>
      {rows.length > 0 && (
        <Segments
          label="Shown as"
          value={face}
          options={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
          onChange={onFace}
        />
      )}
      <button type="button" disabled={busy} onClick={() => void runSweep()}>
        {rows.length === 0 ? 'Measure' : 'Measure again'}
      </button>
    </div>
  )
}

function Charts({ rows, ks }: { readonly rows: readonly TtftRow[]; readonly ks: readonly number[] }) {
  return (
    <div className="charts">
      <Suspense fallback={<Loading label="Loading the chart" lines={4} />}>
        <Chart {...againstK(rows, ks)} />
        <Chart {...againstP(rows, sweepPs)} />
      </Suspense>
    </div>
  )
}

function Table({ rows }: { readonly rows: readonly TtftRow[] }) {
  return (
    <Scroll className="scroll-tall">
      <table>
        <caption className="unseen">TTFT by k and p: medians with quartiles</caption>
        <thead>
          <tr>
            <th scope="col">k</th>
            <th scope="col">p</th>
            <th scope="col">context</th>
            <th scope="col">REFRAG TTFT</th>
            <th scope="col">quartiles</th>
            <th scope="col">full context</th>
            <th scope="col">times faster</th>
            <th scope="col">of the bound</th>
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.context} ${row.k} ${row.p} ${row.cached}`}>
              <td>{row.k}</td>
              <td>{row.p.toFixed(2)}</td>
              <td>{formatCount(row.context)}</td>
              <td>{formatMs(row.refragMs)}</td>
              <td className="quiet">
                {formatMs(row.refragQuartiles[0])} to {formatMs(row.refragQuartiles[1])}
              </td>
              <td>{formatMs(row.fullMs)}</td>
              <td>{row.speedup.toFixed(2)}</td>
              <td>{row.boundShare.toFixed(2)}</td>
              <td>{row.n}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function noteOf(rows: readonly TtftRow[], partial: boolean): string {
  const [first] = rows
  if (first === undefined) return ''
  const kind = first.cached ? 'cached' : 'uncached'
  return `${first.arch}, ${formatCount(first.context)} tokens, ${kind}, median of ${first.n}${partial ? '; partial' : ''}`
}

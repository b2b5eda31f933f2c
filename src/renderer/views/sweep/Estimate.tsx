/** Cells times cases times asks, and about how long: known once a few asks were timed. */
import { useStore } from 'zustand'
import { estimate } from '../../../shared/grid.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { formatMs, formatSpan, plural } from '../../parts/format.ts'
import { cancelProbe, probeSweep, sweeps } from '../../state/sweeps.ts'
import { mostCases, plannedCells, sameSweep, sweepSetUp } from '../../state/sweepSetUp.ts'

export function Estimate() {
  const settings = useStore(sweepSetUp)
  const { probed, probing, probeFault, cells: known } = useStore(sweeps)
  const cells = plannedCells(settings)
  if (cells.length === 0) return null
  const { repeats, warmups, beside } = settings
  const stale = probed !== null && !sameSweep(probed.settings, settings)
  const cases = probed !== null && !stale ? probed.probe.cases : mostCases(settings)
  const { asks, seconds } = estimate(cells, { cases, repeats, warmups }, stale ? null : (probed?.probe ?? null))
  return (
    <section className="dry" aria-label="Estimate" data-stale={stale || undefined}>
      <div className="dry-head">
        <h3>Estimate</h3>
        {stale && <small role="status">The settings have changed since.</small>}
      </div>
      {seconds !== null && (
        <p className="dry-span">
          <strong>{formatSpan(seconds)}</strong>
        </p>
      )}
      <p>
        {plural(cells.length, 'cell')}, {probed === null || stale ? 'at most ' : ''}
        {plural(asks, 'ask')}
        {beside !== null && known.size > 0 && '; those measured before are not asked again'}
      </p>
      {probing && <ProgressBar title="Timing" progress={null} cancelling={false} onCancel={cancelProbe} />}
      {probeFault !== null && (
        <FaultNote
          what="The sweep cannot be run as it is set up."
          fault={probeFault}
          onRetry={() => void probeSweep()}
          onDismiss={() => sweeps.setState({ probeFault: null })}
        />
      )}
      {probed !== null && !stale && (
        <p className="quiet">
          From the first case: {formatMs(probed.probe.fullMs)} an ask of full context,{' '}
          {formatMs(probed.probe.compressedMs)} all compressed, and {formatMs(probed.probe.firstMs)} for the first token
          of full context in turn with each.
        </p>
      )}
    </section>
  )
}

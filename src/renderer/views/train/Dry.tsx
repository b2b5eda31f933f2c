/** The dry run, beneath the settings that it tried. */
import { useStore } from 'zustand'
import type { DryRun } from '../../../shared/train.ts'
import { Facts } from '../../parts/Facts.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { formatBytes, formatCount, formatMs, formatSpan, plural } from '../../parts/format.ts'
import { cancelDry, dry } from '../../state/dry.ts'
import { sameSettings, setUp } from '../../state/setUp.ts'
import { tryOut } from '../../state/train.ts'
import { DataFacts } from './DataFacts.tsx'

export function Dry() {
  const { settings, phase, progress, fault, report, result } = useStore(dry)
  const now = useStore(setUp)
  if (settings === null) return null
  const stale = !sameSettings(settings, now)
  return (
    <section className="dry" aria-label="Dry run" data-stale={stale || undefined}>
      <div className="dry-head">
        <h3>Dry run</h3>
        {stale && <small role="status">The settings have changed since.</small>}
      </div>
      {(phase === 'running' || phase === 'cancelling') && (
        <ProgressBar
          title="Timing steps"
          progress={progress}
          cancelling={phase === 'cancelling'}
          onCancel={cancelDry}
        />
      )}
      {fault !== null && (
        <FaultNote
          what="The training cannot be run as it is set up."
          fault={fault}
          onRetry={() => void tryOut()}
          onDismiss={() => dry.setState({ fault: null, settings: null })}
        />
      )}
      {phase === 'cancelled' && <p className="quiet">Cancelled before its end.</p>}
      {result !== null && <Found result={result} />}
      {report !== null && <DataFacts report={report} />}
    </section>
  )
}

function Found({ result }: { readonly result: DryRun }) {
  const { steps, stepSeconds, tokensPerSecond, residentBytes, run } = result
  const ms = (seconds: number): string => formatMs(1000 * seconds)
  return (
    <>
      <p className="dry-span">
        <strong>{formatSpan(run.seconds)}</strong> for {plural(run.steps, 'step')}
      </p>
      <Facts
        facts={[
          ['a step, median', ms(stepSeconds.median)],
          ['quartiles', `${ms(stepSeconds.low)} to ${ms(stepSeconds.high)}`],
          ['tokens a second', formatCount(Math.round(tokensPerSecond))],
          ['memory at the peak', formatBytes(residentBytes.peak)],
          ['memory before', formatBytes(residentBytes.before)],
        ]}
      />
      <p className="quiet">
        {plural(steps, 'step')} of this very run, spread over it; weights left as they were.{' '}
        {run.validationSeconds === null
          ? 'It has no validations; '
          : `${plural(run.validations, 'validation')} of ${ms(run.validationSeconds)} counted; `}
        {plural(run.checkpoints, 'checkpoint')} not counted.
      </p>
    </>
  )
}

/** The line above the stages: what the shown run is, or, striped, that it was made with other settings. */
import { useStore } from 'zustand'
import { decoderWords } from '../../../shared/remoteKinds.ts'
import type { StageName } from '../../../shared/run.ts'
import { formatMs } from '../../parts/format.ts'
import { ask, run, type Shown } from '../../state/ask.ts'
import { cloneFromBench } from '../../state/comparing.ts'
import { differences, fieldNames, plan } from '../../state/plan.ts'
import { stages, view } from '../../state/view.ts'
import { CopyCommand } from './CopyCommand.tsx'

/** The names of what changed since the shown run; empty while it is current or another one goes. */
export function useStale(): readonly string[] {
  const draft = useStore(plan, (state) => state.present)
  const shown = useStore(ask, (state) => state.shown)
  const phase = useStore(ask, (state) => state.phase)
  if (shown === null || phase === 'running' || phase === 'cancelling') return []
  return differences(draft, shown.plan).map((field) => fieldNames[field])
}

/** It always takes the same room, so that nothing below it moves when a setting changes. */
export function RunLine() {
  const changed = useStale()
  const auto = useStore(view, (state) => state.autoRun)
  const shown = useStore(ask, (state) => state.shown)
  const phase = useStore(ask, (state) => state.phase)
  // A toggle that is about to run by itself needs no call to run.
  const forcedOnly = changed.length === 1 && changed[0] === fieldNames.forced
  if (changed.length > 0 && !(auto && forcedOnly)) {
    return (
      <div className="run-line" data-stale>
        <span className="grow">
          Settings changed since this run: <strong>{changed.join(', ')}</strong>
        </span>
        <button type="button" onClick={() => void run()}>
          Run again <kbd>Ctrl+Enter</kbd>
        </button>
      </div>
    )
  }
  return (
    <div className="run-line">
      <span className="grow">{changed.length > 0 ? 'Toggled; the plan runs again…' : describe(phase, shown)}</span>
      <button type="button" title="Clone this plan to the next column of Compare" onClick={cloneFromBench}>
        Compare <kbd>Ctrl+D</kbd>
      </button>
      <CopyCommand />
    </div>
  )
}

const doing: Readonly<Record<StageName, string>> = {
  retrieve: 'retrieving passages',
  compress: 'compressing chunks',
  sense: 'scoring chunks',
  expand: 'laying out and prefilling',
  decode: 'decoding',
  measure: 'measuring',
}

function describe(phase: string, shown: Shown | null): string {
  if (shown === null) return 'Not run yet.'
  if (phase === 'cancelling') return 'Cancelling…'
  if (phase === 'running') {
    const stage = stages.find((name) => shown.stages[name].state === 'running')
    return stage === undefined ? 'Running…' : `Running: ${doing[stage]}…`
  }
  if (shown.run === null) {
    return shown.answering
      ? 'Stopped early: what came of the run is shown, marked partial.'
      : 'Stopped before its first token.'
  }
  const { manifest, timings } = shown.run
  const elsewhere = decoderWords(manifest.decoder)
  return `Run of ${new Date(manifest.time).toLocaleTimeString()}, ${formatMs(timings.totalMs)} in all${elsewhere === null ? '' : `, decoded elsewhere: ${elsewhere}`}. The settings are those of the run.`
}

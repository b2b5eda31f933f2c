/** The six stages with what each gave and how long it took; press one to look into it. */
import { useStore } from 'zustand'
import type { StageName } from '../../../shared/run.ts'
import { formatCount, formatMs, formatScore, plural } from '../../parts/format.ts'
import { ask, type Shown, type StageState } from '../../state/ask.ts'
import { showStage, stages, view } from '../../state/view.ts'

const names: Readonly<Record<StageName, string>> = {
  retrieve: 'Retrieve',
  compress: 'Compress',
  sense: 'Sense',
  expand: 'Expand',
  decode: 'Decode',
  measure: 'Measure',
}

export function Stepper() {
  const stage = useStore(view, (state) => state.stage)
  const shown = useStore(ask, (state) => state.shown)
  return (
    <div className="steps" role="group" aria-label="Stages">
      {stages.map((name) => {
        const state = shown?.stages[name]
        return (
          <button
            key={name}
            type="button"
            aria-current={stage === name ? 'step' : undefined}
            data-state={state?.state ?? 'waiting'}
            onClick={() => showStage(name)}
          >
            <b>{names[name]}</b>
            <Summary name={name} state={state ?? null} shown={shown} />
          </button>
        )
      })}
    </div>
  )
}

type SummaryProps = { readonly name: StageName; readonly state: StageState | null; readonly shown: Shown | null }

/** What came of a stage, and its time: on one line, or on two where room is short. */
function Summary({ name, state, shown }: SummaryProps) {
  if (shown === null || state === null) return <span>not run</span>
  if (state.state === 'running') return <span>running…</span>
  if (state.state === 'failed') return <span>stopped</span>
  if (state.state === 'waiting') return <span>waiting</span>
  const what = outcome(name, shown)
  return (
    <span>
      {what !== '' && <i>{what}</i>}
      {state.ms !== null && <i>{formatMs(state.ms)}</i>}
    </span>
  )
}

function outcome(name: StageName, shown: Shown): string {
  const counts = shown.run?.counts
  switch (name) {
    case 'retrieve':
      return plural(shown.passages.length, 'passage')
    case 'compress':
      return plural(shown.chunks.length, 'chunk')
    case 'sense':
      return shown.sensed?.policy ?? ''
    case 'expand':
      return counts === undefined ? '' : `${formatCount(counts.contextTokens)} → ${formatCount(counts.positions)}`
    case 'decode':
      return plural(shown.tokens.length, 'token')
    case 'measure': {
      const nll = shown.run?.quality.logPerplexity ?? null
      return nll === null ? '' : `log-ppl ${formatScore(nll)}`
    }
  }
}

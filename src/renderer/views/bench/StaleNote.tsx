/** The striped header: the shown run was made with other settings than those on the screen. */
import { useStore } from 'zustand'
import { ask, run } from '../../state/ask.ts'
import { differences, fieldNames, plan } from '../../state/plan.ts'
import { view } from '../../state/view.ts'

/** The names of what changed since the shown run; empty while it is current or another one goes. */
export function useStale(): readonly string[] {
  const draft = useStore(plan, (state) => state.present)
  const shown = useStore(ask, (state) => state.shown)
  const phase = useStore(ask, (state) => state.phase)
  if (shown === null || phase === 'running' || phase === 'cancelling') return []
  return differences(draft, shown.plan).map((field) => fieldNames[field])
}

export function StaleNote() {
  const changed = useStale()
  const auto = useStore(view, (state) => state.autoRun)
  if (changed.length === 0) return null
  // A toggle that is about to run by itself needs no call to run.
  if (auto && changed.length === 1 && changed[0] === fieldNames.forced) return null
  return (
    <div className="stale">
      <span className="grow">
        Settings changed since this run: <strong>{changed.join(', ')}</strong>
      </span>
      <button type="button" onClick={() => void run()}>
        Run again <kbd>Ctrl+Enter</kbd>
      </button>
    </div>
  )
}

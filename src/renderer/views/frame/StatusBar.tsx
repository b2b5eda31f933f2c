/** The status bar: what a number on the screen was made with. */
import { useStore } from 'zustand'
import { formatBytes, formatMs, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { plan } from '../../state/plan.ts'
import { openDialog } from '../../state/view.ts'

export function StatusBar() {
  const health = useStore(engine, (state) => state.health)
  const errors = useStore(engine, (state) => state.seen.length)
  const { index, k, p, seed } = useStore(plan, (state) => state.present)
  const info = useStore(corpus, (state) => state.indexes?.find((other) => other.path === index))
  const timings = useStore(ask, (state) => state.shown?.run?.timings)
  return (
    <footer className="status">
      {health !== null && (
        <span title={`${plural(health.bundle.parameters, 'parameter')}, ${health.bundle.hash}`}>
          {health.bundle.name}
        </span>
      )}
      <span className="status-long">
        {info === undefined ? 'no index' : `${info.name}, ${plural(info.passages, 'passage')}`}
      </span>
      <span>k {k}</span>
      <span>p {p.toFixed(2)}</span>
      <span>seed {seed}</span>
      <span className="grow" />
      {timings !== undefined && <span>last TTFT {formatMs(timings.ttftMs)}</span>}
      {health !== null && <span className="status-wide">RAM {formatBytes(health.residentBytes)}</span>}
      <button type="button" className={errors > 0 ? 'plain bad' : 'plain'} onClick={() => openDialog('errors')}>
        {plural(errors, 'error')}
      </button>
    </footer>
  )
}

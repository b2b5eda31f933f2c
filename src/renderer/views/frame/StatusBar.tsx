/** The status bar: what a number on the screen was made with, what runs, and what went wrong. */
import { useStore } from 'zustand'
import { formatBytes, formatMs, plural } from '../../parts/format.ts'
import { describeProgress } from '../../parts/ProgressBar.tsx'
import { ask } from '../../state/ask.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { isActive, jobs } from '../../state/jobs.ts'
import { setLogFilter } from '../../state/log.ts'
import { plan } from '../../state/plan.ts'
import { showScreen, showTray, view } from '../../state/view.ts'

export function StatusBar() {
  const health = useStore(engine, (state) => state.health)
  const { index, k, p, seed } = useStore(plan, (state) => state.present)
  const info = useStore(corpus, (state) => state.indexes?.find((other) => other.path === index))
  const timings = useStore(ask, (state) => state.shown?.run?.timings)
  const resident = useStore(jobs, (state) => state.residentBytes)
  const inMemory = useStore(jobs, (state) => state.held?.bundle !== false)
  const bytes = resident ?? health?.residentBytes
  return (
    <footer className="status">
      <JobsButton />
      {health !== null && (
        <span
          title={`${plural(health.bundle.parameters, 'parameter')}, ${health.bundle.hash}${inMemory ? '' : '; out of memory: a question opens it again'}`}
        >
          {health.bundle.name}
          {!inMemory && ' (not loaded)'}
        </span>
      )}
      {health !== null && (
        <span
          className={health.fellBack === null ? undefined : 'bad'}
          title={health.fellBack ?? 'What the engine runs on'}
        >
          {health.device}
          {health.weights !== 'f32' && `, ${health.weights}`}
          {health.fellBack !== null && ' (fallen back)'}
        </span>
      )}
      <span className="status-long" title={info === undefined ? undefined : info.path}>
        {info === undefined ? 'no index' : `${info.name}, ${plural(info.passages, 'passage')}`}
      </span>
      <span>k {k}</span>
      <span>p {p.toFixed(2)}</span>
      <span>seed {seed}</span>
      <span className="grow" />
      {timings !== undefined && <span>last TTFT {formatMs(timings.ttftMs)}</span>}
      {bytes !== undefined && <span className="status-wide">RAM {formatBytes(bytes)}</span>}
      <ErrorsButton />
    </footer>
  )
}

/** How many jobs run, and how far the first of them is; opens the list. */
function JobsButton() {
  const open = useStore(view, (state) => state.tray)
  const list = useStore(jobs, (state) => state.list)
  const active = (list ?? []).filter(isActive)
  const [first] = active
  return (
    <button
      type="button"
      className="plain status-jobs"
      aria-expanded={open}
      aria-controls={open ? 'jobs-tray' : undefined}
      title="Show or hide the jobs (Ctrl+J)"
      onClick={() => showTray(!open)}
    >
      {active.length === 0 ? 'no jobs' : plural(active.length, 'job')}
      {first !== undefined && (
        <span className="quiet status-wide">
          {first.title.slice(0, 40)}: {describeProgress(first.progress, 'count')}
        </span>
      )}
    </button>
  )
}

/** Errors that this page has met; opens the log at warnings and errors. */
function ErrorsButton() {
  const errors = useStore(engine, (state) => state.seen.length)
  return (
    <button
      type="button"
      className={errors > 0 ? 'plain bad' : 'plain'}
      title="Open the log"
      onClick={() => {
        setLogFilter({ text: '', least: 'warning', source: 'all' })
        showScreen('log')
      }}
    >
      {plural(errors, 'error')}
    </button>
  )
}

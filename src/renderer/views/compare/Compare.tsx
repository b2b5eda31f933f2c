/** The compare screen: up to four plans beside each other, and everything in which their runs differ. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { letterOf } from '../../../shared/comparison.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Pane } from '../../parts/Pane.tsx'
import { ask } from '../../state/ask.ts'
import { columns } from '../../state/columns.ts'
import { cloneFromBench, restoreColumns } from '../../state/comparing.ts'
import {
  changeComparison,
  comparisons,
  dismissComparisonFault,
  exportComparison,
  listComparisons,
  newComparison,
} from '../../state/comparisons.ts'
import { engine } from '../../state/engine.ts'
import { showScreen } from '../../state/view.ts'
import { Answers } from './Answers.tsx'
import { Blind, useVoting, Voting } from './Blind.tsx'
import { Decisions } from './Decisions.tsx'
import { Earlier } from './Earlier.tsx'
import { Figures } from './Figures.tsx'
import { LogProbs } from './LogProbs.tsx'
import { Plans } from './Plans.tsx'
import { Times } from './Times.tsx'

export function Compare() {
  const status = useStore(engine, (state) => state.status.state)
  const fault = useStore(comparisons, (state) => state.fault)
  const some = useStore(columns, (state) => state.columns.length > 0)
  const voting = useVoting()
  useEffect(() => {
    if (status !== 'ready') return
    void listComparisons()
    void restoreColumns()
  }, [status])
  return (
    <main className="compare">
      <h1 className="unseen">Compare</h1>
      {fault !== null && <FaultNote what={fault.what} fault={fault.fault} onDismiss={dismissComparisonFault} />}
      {voting !== null ? (
        <Voting view={voting.view} blind={voting.blind} />
      ) : (
        <>
          {some ? <Results /> : <Nothing />}
          <Earlier />
        </>
      )}
    </main>
  )
}

function Results() {
  const many = useStore(comparisons, (state) => (state.shown?.runs.length ?? 0) > 2)
  return (
    <>
      <Kept />
      <Plans />
      <Answers />
      <Decisions />
      <div className="compare-two" data-many={many || undefined}>
        <LogProbs />
        <Figures />
      </div>
      <Times />
      <Blind />
    </>
  )
}

function Nothing() {
  const run = useStore(ask, (state) => state.shown?.run ?? null)
  return (
    <Pane title="Compare">
      <Empty
        action={
          <span className="pair">
            <button type="button" className="primary" onClick={cloneFromBench}>
              Clone the current plan <kbd>Ctrl+D</kbd>
            </button>
            <button type="button" onClick={() => showScreen('runs')}>
              Choose from Runs
            </button>
          </span>
        }
      >
        Clone the current plan to compare{run === null ? '' : `, “${run.plan.question}”`}, or choose two to four runs.
      </Empty>
    </Pane>
  )
}

/** The comparison as it is kept: its note, its export, the way to another. */
function Kept() {
  const shown = useStore(comparisons, (state) => state.shown)
  return (
    <div className="compare-kept">
      {shown === null ? (
        <span className="quiet grow">Kept once every plan has run.</span>
      ) : (
        <Note key={shown.comparison.id} note={shown.comparison.note} />
      )}
      {shown !== null && shown.missing.length > 0 && (
        <span className="bad">
          {shown.missing.map((id) => letterOf(shown.comparison.runs.indexOf(id))).join(', ')} was deleted; Runs can
          restore it for 30 days.
        </span>
      )}
      {shown !== null && <Export />}
      <button type="button" onClick={newComparison}>
        New comparison
      </button>
    </div>
  )
}

/** Kept when the field is left. */
function Note({ note }: { readonly note: string }) {
  const [text, setText] = useState(note)
  return (
    <input
      type="text"
      className="grow"
      aria-label="Note"
      placeholder="A note on this comparison"
      maxLength={4000}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => text !== note && void changeComparison({ note: text })}
    />
  )
}

const formats = [
  ['html', 'HTML'],
  ['md', 'Markdown'],
  ['pdf', 'PDF'],
  ['json', 'JSON'],
] as const

function Export() {
  const [text, setText] = useState(true)
  return (
    <details className="runs-menu">
      <summary>Export</summary>
      <div className="runs-menu-body runs-report">
        <p>
          One file with settings, figures, answers, decisions, log-probabilities, rounds and votes; JSON holds the runs
          too.
        </p>
        <label className="field check">
          <input type="checkbox" checked={text} onChange={(event) => setText(event.target.checked)} />
          with the text of the passages
        </label>
        <div className="button-row">
          {formats.map(([format, name]) => (
            <button key={format} type="button" onClick={() => void exportComparison(format, text)}>
              {name}
            </button>
          ))}
        </div>
      </div>
    </details>
  )
}

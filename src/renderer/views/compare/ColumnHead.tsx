/** The head of a plan's column: its letter, whether it is the baseline, its run, and what can be done with it. */
import { useStore } from 'zustand'
import { letterOf } from '../../../shared/comparison.ts'
import { Icon } from '../../parts/Icon.tsx'
import { openRun } from '../../state/ask.ts'
import { isFresh, type Column } from '../../state/columns.ts'
import { removeColumn } from '../../state/comparing.ts'
import { changeComparison, comparisons } from '../../state/comparisons.ts'
import { setCase } from '../../state/plan.ts'
import { showScreen } from '../../state/view.ts'

export function ColumnHead({ column, at }: { readonly column: Column; readonly at: number }) {
  const letter = letterOf(at)
  const baseline = useStore(comparisons, (state) => state.shown?.comparison.baseline)
  const known = useStore(comparisons, (state) => state.shown?.comparison.runs)
  const isBaseline = column.run !== null && column.run.id === baseline
  const canBe = column.run !== null && known?.includes(column.run.id) === true
  return (
    <th scope="col" className="compare-head">
      <span className="compare-letter">{letter}</span>
      <button
        type="button"
        className="runs-star"
        aria-pressed={isBaseline}
        aria-label={`${letter} is the baseline`}
        title={canBe ? 'Baseline: differences are taken from it' : 'Run the plans first'}
        disabled={!canBe}
        onClick={() => column.run !== null && void changeComparison({ baseline: column.run.id })}
      >
        <Icon name="star" />
      </button>
      <Standing column={column} />
      <span className="grow" />
      <button
        type="button"
        className="linkish"
        aria-label={`Open ${letter} on the bench`}
        onClick={() => toBench(column)}
      >
        Bench
      </button>
      <button
        type="button"
        className="plain"
        aria-label={`Remove ${letter}`}
        title="Remove"
        onClick={() => removeColumn(column.key)}
      >
        <Icon name="close" />
      </button>
    </th>
  )
}

function Standing({ column }: { readonly column: Column }) {
  const running = useStore(comparisons, (state) => state.running?.key === column.key)
  if (running) return <small>running…</small>
  if (column.run === null) return <small className="compare-new">not run yet</small>
  if (!isFresh(column)) return <small className="compare-new">changed since its run</small>
  const { time } = column.run.manifest
  return (
    <small>
      run of <time dateTime={time}>{new Date(time).toLocaleTimeString()}</time>
    </small>
  )
}

/** A plan with its run is shown as the run it is; one without is taken as the plan to go on with. */
function toBench(column: Column): void {
  if (column.run !== null && isFresh(column)) openRun(column.run)
  else {
    const { forced: _forced, ...fields } = column.draft
    setCase('Take a plan from Compare', fields)
  }
  showScreen('bench')
}

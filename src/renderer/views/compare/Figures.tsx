/** Every measure of every run against the baseline, with its interval; and the repeats that times rest on. */
import { useStore } from 'zustand'
import type { ComparisonView, Figure, FigureCell } from '../../../shared/comparison.ts'
import { verdictOf } from '../../../shared/comparisonTables.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { arrow, formatMs, formatScore, plural } from '../../parts/format.ts'
import { cancelComparing, time } from '../../state/comparing.ts'
import { comparisons } from '../../state/comparisons.ts'
import { ResultPane } from './ResultPane.tsx'
import { baseLetter, sidesOf } from './standing.ts'

export function Figures() {
  return (
    <ResultPane
      title="Figures"
      note="against the baseline; brackets hold 95 % intervals"
      empty="Run the plans to see their times and quality against each other."
    >
      {(view) => (
        <>
          <Table view={view} />
          <Repeats view={view} />
        </>
      )}
    </ResultPane>
  )
}

function Table({ view }: { readonly view: ComparisonView }) {
  const sides = sidesOf(view)
  return (
    <div className="compare-scroll">
      <table className="compare-figures">
        <caption className="unseen">Figures of the runs</caption>
        <thead>
          <tr>
            <th scope="col">figure</th>
            {sides.map(({ letter, isBaseline, run }) => (
              <th key={run.id} scope="col">
                {letter}
                {isBaseline && <small> baseline</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.figures.map((figure) => (
            <tr key={figure.name}>
              <th scope="row">
                {figure.label.replace('the baseline’s', `${baseLetter(view)}’s`)}{' '}
                {figure.better && arrow(figure.better)}
                <small>{overOf(figure)}</small>
              </th>
              {sides.map(({ run }) => {
                const cell = figure.cells.find((each) => each.run === run.id)
                return <td key={run.id}>{cell === undefined ? '—' : <Cell cell={cell} figure={figure} />}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What a value is over. */
function overOf({ of, cells, unit }: Figure): string {
  const n = cells.find((cell) => cell.n !== null)?.n ?? null
  if (of === 'rounds' && n !== null) return ` median of ${plural(n, 'round')}`
  if (of === 'tokens' && n !== null) return ` mean of ${plural(n, 'token')}`
  return unit === 'ms' ? ' one run each' : ''
}

function Cell({ cell, figure }: { readonly cell: FigureCell; readonly figure: Figure }) {
  const { value, interval, quartiles, delta } = cell
  if (value === null) return '—'
  const title = [
    interval === null ? '' : `95 % of it ${between(interval, figure)}`,
    quartiles === null ? '' : `quartiles ${between(quartiles, figure)}`,
  ]
  const verdict = verdictOf(cell, figure.better)
  return (
    <>
      <span className="compare-figure" title={title.filter((part) => part !== '').join('; ') || undefined}>
        {say(value, figure)}
      </span>
      {quartiles !== null && <small> {between(quartiles, figure)} quartiles</small>}
      {quartiles === null && interval !== null && <small> {between(interval, figure)}</small>}
      {delta !== null && (
        <span className="compare-delta" data-says={verdict}>
          {delta.kind === 'ratio' ? `×${delta.value.toFixed(2)}` : signed(delta.value, figure)}
          {delta.interval !== null && (
            <small>
              {' '}
              [{delta.interval.map((end) => (delta.kind === 'ratio' ? end.toFixed(2) : signed(end, figure))).join(', ')}
              ]
            </small>
          )}
          {saidOf(verdict, cell, figure) !== '' && <b> {saidOf(verdict, cell, figure)}</b>}
        </span>
      )}
    </>
  )
}

/** What is counted rather than measured is not repeated, and needs no word for it. */
function saidOf(verdict: string, { delta, n }: FigureCell, { unit }: Figure): string {
  return delta?.noise === null && n === null && unit !== 'ms' ? '' : verdict
}

function say(value: number, { unit, name }: Figure): string {
  if (unit === 'ms') return formatMs(value)
  if (name === 'em') return value === 1 ? 'yes' : 'no'
  return Number.isInteger(value) && unit === null ? String(value) : formatScore(value)
}

function between([low, high]: readonly [number, number], figure: Figure): string {
  return `${say(low, figure)} to ${say(high, figure)}`
}

function signed(value: number, figure: Figure): string {
  if (value === 0) return '±0'
  const size = Math.abs(value)
  return `${value > 0 ? '+' : '−'}${Number.isInteger(size) && figure.unit === null ? size : size.toFixed(3)}`
}

/** The repeats: how many more, what they met, and their progress. */
function Repeats({ view }: { readonly view: ComparisonView }) {
  const { timing, timed, repeats, warmups } = useStore(comparisons)
  const { rounds, sittings } = view.comparison
  const busy = timing.phase === 'running' || timing.phase === 'cancelling'
  const disturbed = [...new Set(sittings.flatMap((sitting) => sitting.disturbed))]
  const last = sittings.at(-1)
  return (
    <div className="compare-repeats">
      {busy ? (
        <ProgressBar
          title={timed === view.comparison.id ? 'Timing in turn' : 'Timing another comparison'}
          progress={timing.progress}
          cancelling={timing.phase === 'cancelling'}
          onCancel={cancelComparing}
        />
      ) : (
        <div className="compare-acts">
          <NumberField
            label="rounds"
            value={repeats}
            min={1}
            max={1000}
            onChange={(value) => comparisons.setState({ repeats: value })}
            onSettle={() => {}}
          />
          <NumberField
            label="warm-ups dropped"
            value={warmups}
            min={0}
            max={100}
            onChange={(value) => comparisons.setState({ warmups: value })}
            onSettle={() => {}}
          />
          <button type="button" disabled={view.missing.length > 0} onClick={() => void time()}>
            {rounds.length === 0 ? 'Time in turn' : 'Add rounds'} <kbd>Ctrl+Shift+↵</kbd>
          </button>
        </div>
      )}
      {timing.fault !== null && timed === view.comparison.id && (
        <FaultNote
          what="The timing ended early; rounds that were whole are kept."
          fault={timing.fault}
          onRetry={() => void time()}
        />
      )}
      <p className="quiet">
        {rounds.length === 0
          ? 'Times are of one run each and scatter with load. Rounds ask every plan in turn, A B A B, so that drift hits all alike.'
          : `${plural(rounds.length, 'round')} in ${plural(sittings.length, 'sitting')}, every plan in turn; ${last?.device ?? ''}, ${plural(last?.threads ?? 0, 'thread')}. Ratios are of medians, their intervals over rounds drawn whole.`}{' '}
        Each round reads the run’s own passages with its chunk embeddings cached: retrieval takes no part. Within noise:
        the interval holds no difference.
      </p>
      {disturbed.map((each) => (
        <p key={each} className="bad">
          Disturbed: {each}.
        </p>
      ))}
    </div>
  )
}

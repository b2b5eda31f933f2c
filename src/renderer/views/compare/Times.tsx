/** Where the time to the first token went, run beside run on one scale: medians of the rounds where there are any. */
import type { Comparison, ComparisonView } from '../../../shared/comparison.ts'
import type { Run, Timings } from '../../../shared/run.ts'
import { Waterfall, type Phase } from '../../parts/Waterfall.tsx'
import { ResultPane } from './ResultPane.tsx'
import { sidesOf } from './standing.ts'

const phases: readonly (readonly [name: string, of: (timings: Timings) => number])[] = [
  ['retrieve', ({ retrieveMs }) => retrieveMs],
  ['compress', ({ tokenizeMs, compressMs }) => tokenizeMs + compressMs],
  ['sense', ({ senseMs }) => senseMs],
  ['lay out', ({ layoutMs }) => layoutMs],
  ['prefill', ({ prefillMs }) => prefillMs],
  ['first sample', ({ sampleMs }) => sampleMs],
  ['other', ({ otherMs }) => otherMs],
]

export function Times() {
  return (
    <ResultPane
      title="Time to first token"
      note="all on one scale"
      empty="Run the plans to see where the time to the first token goes in each."
    >
      {(view) => <Beside view={view} />}
    </ResultPane>
  )
}

function Beside({ view }: { readonly view: ComparisonView }) {
  const { comparison } = view
  const timed = sidesOf(view).map((side) => ({ ...side, timings: timingsOf(comparison, side.run) }))
  const longest = Math.max(...timed.map(({ timings }) => medianOf(timings, ({ ttftMs }) => ttftMs)))
  return (
    <>
      <div className="compare-row">
        {timed.map(({ letter, run, timings }) => (
          <article key={run.id} aria-label={`Time to first token of ${letter}`}>
            <h3>
              <span className="compare-letter">{letter}</span>{' '}
              <small>{comparison.rounds.length === 0 ? 'one run' : `medians of ${timings.length} rounds`}</small>
            </h3>
            <Waterfall
              phases={phases.map(([name, of]): Phase => ({ name, ms: medianOf(timings, of) }))}
              total="TTFT"
              totalMs={medianOf(timings, ({ ttftMs }) => ttftMs)}
              scaleMs={longest}
            />
          </article>
        ))}
      </div>
      {comparison.rounds.length > 0 && (
        <p className="quiet">Medians are taken phase by phase: their sum is near the median TTFT, not equal to it.</p>
      )}
    </>
  )
}

/** The times of a run: those of its rounds, else its own. */
function timingsOf({ rounds }: Comparison, run: Run): readonly Timings[] {
  const timed = rounds.flatMap(({ asks }) => asks.filter((ask) => ask.run === run.id).map(({ timings }) => timings))
  return timed.length === 0 ? [run.timings] : timed
}

function medianOf(timings: readonly Timings[], of: (timings: Timings) => number): number {
  const sorted = timings.map(of).toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

/** Where the time to the first token went, run beside run on one scale: the middle round of each where there are any. */
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
  ['network', ({ serializeMs = 0, connectMs = 0, sendMs = 0 }) => serializeMs + connectMs + sendMs],
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
  const timed = sidesOf(view).map((side) => ({ ...side, ...middleOf(comparison, side.run) }))
  const longest = Math.max(...timed.map(({ timings }) => timings.ttftMs))
  return (
    <>
      <div className="compare-row">
        {timed.map(({ letter, run, timings, rounds }) => (
          <article key={run.id} aria-label={`Time to first token of ${letter}`}>
            <h3>
              <span className="compare-letter">{letter}</span>{' '}
              <small>{rounds === 0 ? 'its one run' : `the middle one of ${rounds} rounds`}</small>
            </h3>
            <Waterfall
              phases={phases
                .filter(([name]) => name !== 'network' || timings.connectMs !== undefined)
                .map(([name, of]): Phase => ({ name, ms: of(timings) }))}
              total="TTFT"
              totalMs={timings.ttftMs}
              scaleMs={longest}
            />
          </article>
        ))}
      </div>
      {comparison.rounds.length > 0 && (
        <p className="quiet">
          Each shows the round whose TTFT stands in the middle of its own, so that its phases add up; medians of each
          phase would not.
        </p>
      )}
    </>
  )
}

/** The times of the round whose TTFT is the median, the lower of two; the run's own where nothing was repeated. */
function middleOf({ rounds }: Comparison, run: Run): { readonly timings: Timings; readonly rounds: number } {
  const timed = rounds
    .flatMap(({ asks }) => asks.filter((ask) => ask.run === run.id).map(({ timings }) => timings))
    .toSorted((a, b) => a.ttftMs - b.ttftMs)
  return { timings: timed[Math.floor((timed.length - 1) / 2)] ?? run.timings, rounds: timed.length }
}

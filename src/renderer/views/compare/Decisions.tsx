/** Who expands what: counted in tokens against the baseline, and drawn lane by lane. */
import { useMemo, useState } from 'react'
import type { ComparisonView } from '../../../shared/comparison.ts'
import { agreementOf, alignDecisions } from '../../../shared/decisionDiff.ts'
import { formatCount } from '../../parts/format.ts'
import { Lanes, type LanesProps } from './Lanes.tsx'
import { ResultPane } from './ResultPane.tsx'
import { sidesOf } from './standing.ts'

export function Decisions() {
  return (
    <ResultPane
      title="Decisions"
      note="a stretch is as wide as its tokens; plans of different k are aligned by token"
      empty="Run the plans to see which chunks each of them expands."
    >
      {(view) => <Aligned view={view} />}
    </ResultPane>
  )
}

function Aligned({ view }: { readonly view: ComparisonView }) {
  const sides = useMemo(() => sidesOf(view), [view])
  const stretches = useMemo(() => alignDecisions(view.runs), [view.runs])
  const [looked, setLooked] = useState<number | null>(null)
  if (new Set(view.runs.map(({ manifest }) => manifest.bundle.hash)).size > 1)
    return (
      <p className="quiet">
        The runs were made with different bundles, which cut text into other tokens: they cannot be aligned.
      </p>
    )
  if (stretches.length === 0) return <p className="quiet">No plan reads a passage.</p>
  const base = sides.findIndex(({ isBaseline }) => isBaseline)
  const stretch = looked === null ? undefined : stretches[looked]
  return (
    <>
      <Counts sides={sides} stretches={stretches} base={base} />
      <Lanes sides={sides} stretches={stretches} base={base} onLook={setLooked} />
      <div className="compare-stretch">
        {stretch === undefined ? (
          <p className="quiet">
            Point at a stretch, or walk with the arrow keys, to read it. Space or a click flips the chunk by hand in
            that plan.
          </p>
        ) : (
          <p>
            <span className="quiet">
              {stretch.title}, tokens {stretch.from} to {stretch.to - 1}
            </span>{' '}
            <q>{stretch.text}</q>{' '}
            <span className="quiet">
              {sides.map(({ letter }, at) => `${letter} ${stretch.fed[at] ?? ''}`).join(', ')}
            </span>
          </p>
        )}
      </div>
    </>
  )
}

function Counts({ sides, stretches, base }: Omit<LanesProps, 'onLook'>) {
  const first = sides[base]?.letter ?? ''
  return (
    <table className="compare-counts">
      <caption className="unseen">Context tokens by who expands them</caption>
      <thead>
        <tr>
          <th scope="col">tokens</th>
          <th scope="col">both expand</th>
          <th scope="col">only {first}</th>
          <th scope="col">only the other</th>
          <th scope="col">both compress</th>
          <th scope="col">read by one alone</th>
        </tr>
      </thead>
      <tbody>
        {sides.map(({ letter, isBaseline }, at) => {
          if (isBaseline) return null
          const counts = agreementOf(stretches, base, at)
          return (
            <tr key={letter}>
              <th scope="row">
                {first} and {letter}
              </th>
              <td>{formatCount(counts.both)}</td>
              <td>{formatCount(counts.onlyFirst)}</td>
              <td>{formatCount(counts.onlySecond)}</td>
              <td>{formatCount(counts.neither)}</td>
              <td>{formatCount(counts.unshared)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

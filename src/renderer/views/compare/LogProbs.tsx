/** One text under every plan, token by token: what each thinks of the same words. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { letterOf, type ComparisonView, type Scores } from '../../../shared/comparison.ts'
import { visible } from '../../parts/AnswerText.tsx'
import { Choice } from '../../parts/Choice.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Scroll } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { diverging, styleOf } from '../../parts/colour.ts'
import { formatScore } from '../../parts/format.ts'
import { cancelComparing, score } from '../../state/comparing.ts'
import { comparisons } from '../../state/comparisons.ts'
import { ResultPane } from './ResultPane.tsx'
import { baseLetter, sidesOf, type Side } from './standing.ts'

export function LogProbs() {
  const scoring = useStore(comparisons, (state) => state.scoring)
  const busy = scoring.phase === 'running' || scoring.phase === 'cancelling'
  return (
    <ResultPane
      title="Log-probabilities"
      note="teacher-forced, in nats: each token given those before it; higher is surer"
      empty="Run the plans to see what each thinks of the others’ answers."
    >
      {(view) => (
        <>
          {busy && (
            <ProgressBar
              title="Scoring"
              progress={scoring.progress}
              cancelling={scoring.phase === 'cancelling'}
              onCancel={cancelComparing}
            />
          )}
          {scoring.fault !== null && (
            <FaultNote what="The runs could not be scored." fault={scoring.fault} onRetry={() => void score()} />
          )}
          {view.comparison.scores === null && !busy && scoring.fault === null && (
            <Empty
              action={
                <button type="button" onClick={() => void score()}>
                  Score the answers
                </button>
              }
            >
              Not scored yet: every answer, and the gold one, under every plan.
            </Empty>
          )}
          {view.comparison.scores !== null && <Scored view={view} scores={view.comparison.scores} />}
        </>
      )}
    </ResultPane>
  )
}

function Scored({ view, scores }: { readonly view: ComparisonView; readonly scores: Scores }) {
  const { runs } = view.comparison
  const [chosen, setChosen] = useState<string | null>(null)
  const nameOf = (of: string | null): string => of ?? 'gold'
  const texts = scores.texts.map(({ of }): readonly [string, string] => [
    nameOf(of),
    of === null ? 'the gold answer' : `the answer of ${letterOf(runs.indexOf(of))}`,
  ])
  const wanted = texts.some(([name]) => name === chosen)
    ? chosen
    : (texts.find(([name]) => name === runs[0])?.[0] ?? texts[0]?.[0])
  const at = scores.texts.findIndex(({ of }) => nameOf(of) === wanted)
  const text = scores.texts[at]
  return (
    <>
      {scores.left.map(({ run, reason }) => (
        <p key={run} className="quiet">
          {letterOf(runs.indexOf(run))} is not scored. {reason}
        </p>
      ))}
      {text !== undefined && wanted !== undefined && wanted !== null && (
        <>
          <Choice label="text" value={wanted} options={texts} onChange={setChosen} />
          <Tokens view={view} scores={scores} at={at} />
        </>
      )}
    </>
  )
}

/** Differences of this many nats have the full colour. */
const fullColour = 2

function Tokens({ view, scores, at }: { readonly view: ComparisonView; readonly scores: Scores; readonly at: number }) {
  const tokens = scores.texts[at]?.tokens ?? []
  const rows = new Map(scores.rows.filter(({ text }) => text === at).map(({ run, logProbs }) => [run, logProbs]))
  const sides = sidesOf(view).filter(({ run }) => rows.has(run.id))
  const base = sides.find(({ isBaseline }) => isBaseline)
  const of = ({ run }: Side, token: number): number => rows.get(run.id)?.[token] ?? 0
  const sumOf = (side: Side): number => tokens.reduce((sum, _, token) => sum + of(side, token), 0)
  if (tokens.length === 0) return <p className="quiet">The text has no token.</p>
  return (
    <Scroll className="scroll-tall">
      <table className="compare-tokens">
        <caption className="unseen">Log-probability of each token under each plan</caption>
        <thead>
          <tr>
            <th scope="col">token</th>
            {sides.map((side) => (
              <th key={side.run.id} scope="col" colSpan={side === base || base === undefined ? 1 : 2}>
                {side.letter}
                {side !== base && base !== undefined && <small> less {baseLetter(view)}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tokens.map((token, i) => (
            <tr key={i}>
              <th scope="row">
                <span className="quiet">{i}</span> <code>{token.text === '' ? 'end' : visible(token.text)}</code>
              </th>
              {sides.map((side) => (
                <Value
                  key={side.run.id}
                  value={of(side, i)}
                  by={side === base || base === undefined ? null : of(side, i) - of(base, i)}
                />
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">mean</th>
            {sides.map((side) => (
              <Value
                key={side.run.id}
                value={sumOf(side) / tokens.length}
                by={side === base || base === undefined ? null : (sumOf(side) - sumOf(base)) / tokens.length}
              />
            ))}
          </tr>
        </tfoot>
      </table>
    </Scroll>
  )
}

function Value({ value, by }: { readonly value: number; readonly by: number | null }) {
  return (
    <>
      <td>{formatScore(value)}</td>
      {by !== null && (
        <td className="compare-by">
          <span style={styleOf(diverging(by / fullColour))}>{signed(by)}</span>
        </td>
      )}
    </>
  )
}

/** A difference with its sign; nothing much is said as nothing. */
function signed(by: number): string {
  if (Math.abs(by) < 5e-4) return '0.000'
  return `${by > 0 ? '+' : '−'}${Math.abs(by).toFixed(3)}`
}

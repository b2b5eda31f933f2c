/** The blind vote: two answers at a time without their names, until all is voted and the names are shown. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { letterOf, settingOf, type BlindVote, type ComparisonView } from '../../../shared/comparison.ts'
import { NumberField } from '../../parts/NumberField.tsx'
import { Pane, Scroll } from '../../parts/Pane.tsx'
import { ballotNow, beginVote, comparisons, showNames, vote } from '../../state/comparisons.ts'
import { ResultPane } from './ResultPane.tsx'

/** The vote while it goes on: it has the screen to itself. */
export function Voting({ view, blind }: { readonly view: ComparisonView; readonly blind: BlindVote }) {
  const gone = useStore(comparisons, (state) => state.ballot)
  const at = ballotNow(blind, gone)
  const goTo = (ballot: number): void => comparisons.setState({ ballot })
  const ballot = blind.ballots[at]
  const done = blind.ballots.filter(({ vote: given }) => given !== null).length
  const answerOf = (id: string): string => view.runs.find((run) => run.id === id)?.answer.trim() ?? ''
  const gold = view.runs[0]?.plan.target
  return (
    <Pane
      title="Blind vote"
      note={`${done} of ${blind.ballots.length} voted; names are hidden, sides and order shuffled by seed ${blind.seed}`}
      aside={
        <button
          type="button"
          className={done === blind.ballots.length ? 'primary' : ''}
          onClick={() => void showNames()}
        >
          {done === blind.ballots.length ? 'Show the names' : 'End and show the names'}
        </button>
      }
    >
      <p className="run-question">{view.comparison.question}</p>
      {gold !== undefined && <p className="quiet">gold answer: {gold}</p>}
      {ballot !== undefined && (
        <>
          <div className="compare-row compare-ballot">
            {([ballot.left, ballot.right] as const).map((id, side) => (
              <article key={side} aria-label={side === 0 ? 'First answer' : 'Second answer'}>
                <h3>{side === 0 ? 'First answer' : 'Second answer'}</h3>
                <p className="compare-answer">{answerOf(id) || <span className="quiet">no answer</span>}</p>
              </article>
            ))}
          </div>
          <div className="compare-votes" role="group" aria-label="Vote">
            {(
              [
                ['left', 'The first is better', '1'],
                ['tie', 'A tie', '0'],
                ['right', 'The second is better', '2'],
              ] as const
            ).map(([choice, words, key]) => (
              <button
                key={choice}
                type="button"
                aria-pressed={ballot.vote === choice}
                onClick={() => void vote(choice)}
              >
                {words} <kbd>{key}</kbd>
              </button>
            ))}
          </div>
          {blind.ballots.length > 1 && (
            <div className="compare-acts">
              <button type="button" disabled={at === 0} onClick={() => goTo(at - 1)}>
                Previous pair
              </button>
              <span className="quiet">
                pair {at + 1} of {blind.ballots.length}
              </span>
              <button type="button" disabled={at === blind.ballots.length - 1} onClick={() => goTo(at + 1)}>
                Next pair
              </button>
            </div>
          )}
        </>
      )}
    </Pane>
  )
}

/** The vote before it begins, and after its names were shown. */
export function Blind() {
  const [seed, setSeed] = useState(7)
  return (
    <ResultPane
      title="Blind vote"
      note="names hidden, order and sides shuffled"
      empty="Run the plans to vote on their answers without knowing whose they are."
    >
      {(view) => (
        <>
          {view.comparison.blind !== null && <Votes view={view} blind={view.comparison.blind} />}
          <div className="compare-acts">
            <NumberField
              label="seed"
              value={seed}
              min={0}
              max={2_147_483_647}
              width={84}
              onChange={setSeed}
              onSettle={() => {}}
            />
            <button type="button" disabled={view.missing.length > 0} onClick={() => void beginVote(seed)}>
              {view.comparison.blind === null ? 'Begin a blind vote' : 'Vote anew'}
            </button>
            {view.comparison.blind !== null && <small>the votes above are then replaced</small>}
          </div>
        </>
      )}
    </ResultPane>
  )
}

function Votes({ view, blind }: { readonly view: ComparisonView; readonly blind: BlindVote }) {
  const { runs } = view.comparison
  const letter = (id: string): string => letterOf(runs.indexOf(id))
  const words = (id: string): string => {
    const run = view.runs.find((each) => each.id === id)
    return run === undefined ? letter(id) : `${letter(id)}: ${settingOf(run)}`
  }
  const wins = (id: string): number =>
    blind.ballots.filter(
      ({ left, right, vote }) => (vote === 'left' && left === id) || (vote === 'right' && right === id),
    ).length
  const ties = blind.ballots.filter(({ vote }) => vote === 'tie').length
  return (
    <>
      <p>
        {runs.map((id) => `${letter(id)} preferred ${wins(id)}×`).join(', ')}, ties {ties}.
      </p>
      <Scroll>
        <table className="compare-voted">
          <caption className="unseen">Votes</caption>
          <thead>
            <tr>
              <th scope="col">first</th>
              <th scope="col">second</th>
              <th scope="col">preferred</th>
            </tr>
          </thead>
          <tbody>
            {blind.ballots.map(({ left, right, vote }) => (
              <tr key={`${left} ${right}`}>
                <td>{words(left)}</td>
                <td>{words(right)}</td>
                <td>
                  {vote === null ? 'not voted' : vote === 'tie' ? 'a tie' : letter(vote === 'left' ? left : right)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  )
}

/** The vote that goes on, where there is one: nothing else is shown meanwhile, for it would tell the names. */
export function useVoting(): { readonly view: ComparisonView; readonly blind: BlindVote } | null {
  const shown = useStore(comparisons, (state) => state.shown)
  const blind = shown?.comparison.blind ?? null
  return shown === null || blind === null || blind.opened ? null : { view: shown, blind }
}

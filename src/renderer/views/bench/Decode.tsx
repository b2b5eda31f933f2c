/** Decode: the answer as it streams, each token with its probability; and the tokens as a table. */
import { useStore } from 'zustand'
import type { Token } from '../../../shared/run.ts'
import { AnswerText, bands, visible } from '../../parts/AnswerText.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { TokenFacts } from '../../parts/TokenFacts.tsx'
import { formatProbability, plural, sayProbability, sayScore } from '../../parts/format.ts'
import { answerTokens, lockToken, previewToken } from '../../state/answerTokens.ts'
import { ask } from '../../state/ask.ts'
import { continueFrom, freeAnswer, whyNotBranch } from '../../state/branch.ts'
import { plan } from '../../state/plan.ts'
import { Against } from './Against.tsx'
import { useStale } from './RunLine.tsx'
import { TokenSources } from './TokenSources.tsx'

/** The answer: stands beside the pane of every stage. */
export function Answer() {
  const shown = useStore(ask, (state) => state.shown)
  const phase = useStore(ask, (state) => state.phase)
  const stale = useStale().length > 0
  const { locked, preview } = useStore(answerTokens)
  const running = phase === 'running'
  const tokens = shown?.tokens ?? []
  const current = preview ?? locked?.to ?? null
  const token = current === null ? undefined : tokens[current]
  const told = tokens.length === 0 || tokens.some(({ logProb }) => logProb !== null)
  const label = shown?.run?.manifest.decoder?.label ?? null
  const asides = [
    ...(label === null ? [] : [label]),
    ...(shown?.run?.stopped === 'length' ? ['cut at max tokens'] : []),
  ]
  const partial = !running && tokens.length > 0 && shown?.run === null
  return (
    <Pane
      title="Answer"
      note={
        partial
          ? 'partial: the run was stopped'
          : told
            ? 'underline: probability of each token'
            : 'the server tells no probabilities'
      }
      aside={asides.length > 0 ? <small>{asides.join(' · ')}</small> : undefined}
      stale={stale}
      held={running && shown?.answering === false}
    >
      {tokens.length === 0 && running && <Loading label="Waiting for the first token" lines={2} />}
      {tokens.length === 0 && !running && (
        <Empty>
          {(shown?.run ?? null) === null
            ? 'Run the plan to read its answer here.'
            : 'The decoder ended its answer at once.'}
        </Empty>
      )}
      {tokens.length > 0 && (
        <>
          <Branch tokens={tokens} />
          <AnswerText
            tokens={tokens}
            current={current}
            streaming={running && shown?.answering === true}
            locked={locked}
            onPreview={previewToken}
            onLock={lockToken}
            onTake={continueFrom}
          />
          <div className="bands" aria-hidden="true">
            {bands.map(({ name, words }) => (
              <span key={name}>
                <span className={`band token-${name}`} />
                {words}
              </span>
            ))}
          </div>
          <div className="token-detail">
            {token === undefined || current === null ? (
              <p className="quiet">
                Point at a token, or walk with ← and →, to see what else might have stood there, and go on from it with
                1 to 5.
              </p>
            ) : (
              <TokenFacts
                token={token}
                index={current}
                whyNot={(rank) => whyNotBranch(token, rank)}
                onTake={(rank) => continueFrom(current, rank)}
              />
            )}
            <TokenSources />
          </div>
          <Against />
        </>
      )}
    </Pane>
  )
}

/** Says of an answer that it was begun, and how it is let go. */
function Branch({ tokens }: { readonly tokens: readonly Token[] }) {
  const begun = useStore(plan, (state) => state.present.prefix !== null)
  const given = tokens.filter((token) => token.given).length
  if (given === 0 && !begun) return null
  return (
    <p className="branch">
      <span>
        {given === 0
          ? 'The next run begins its answer as asked.'
          : `A branch: the first ${plural(given, 'token')} ${given === 1 ? 'was' : 'were'} given. EM and F1 are of the branch.`}
      </span>
      {begun && (
        <button type="button" onClick={freeAnswer}>
          Let it begin freely
        </button>
      )}
    </p>
  )
}

export function Decode() {
  const tokens = useStore(ask, (state) => state.shown?.tokens)
  const running = useStore(ask, (state) => state.phase === 'running')
  const answering = useStore(ask, (state) => state.shown?.answering === true)
  const stale = useStale().length > 0
  if (tokens === undefined || tokens.length === 0) {
    return (
      <Pane title="Decode">
        {running ? (
          <Loading label="Waiting for the first token" />
        ) : (
          <Empty>Run the plan to see each token with its probability.</Empty>
        )}
      </Pane>
    )
  }
  return (
    <Pane
      title="Decode"
      note={`${plural(tokens.length, 'token')}, log-probability in nats`}
      stale={stale}
      held={running && !answering}
    >
      <Scroll>
        <table>
          <caption className="unseen">Tokens of the answer</caption>
          <thead>
            <tr>
              <th scope="col">token</th>
              <th scope="col">p</th>
              <th scope="col">log-prob</th>
              <th scope="col">entropy</th>
              <th scope="col">next best</th>
            </tr>
          </thead>
          <tbody>
            {tokens.map((token, index) => {
              const other = token.alternatives.find(({ text }) => text !== token.text)
              return (
                <tr key={index}>
                  <th scope="row">
                    <span className="quiet">{index}</span> <code>{visible(token.text)}</code>
                  </th>
                  <td>{sayProbability(token.logProb)}</td>
                  <td>{sayScore(token.logProb)}</td>
                  <td>{sayScore(token.entropy)}</td>
                  <td>
                    {other === undefined ? (
                      '—'
                    ) : (
                      <>
                        <code>{visible(other.text)}</code> {formatProbability(other.logProb)}
                      </>
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </Scroll>
    </Pane>
  )
}

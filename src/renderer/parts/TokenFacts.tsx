/** What is known of one decoded token: probability, entropy, and what else might have stood there. */
import type { Token } from '../../shared/run.ts'
import { visible } from './AnswerText.tsx'
import { formatProbability, sayProbability, sayScore } from './format.ts'

export function TokenFacts({
  token,
  index,
  whyNot,
  onTake,
}: {
  readonly token: Token
  readonly index: number
  /** Why the answer cannot go on from an alternative, by its rank from 0; null where it can. */
  readonly whyNot: (rank: number) => string | null
  readonly onTake: (rank: number) => void
}) {
  return (
    <div className="token-facts">
      <p>
        <span className="quiet">token {index}</span> <code>{visible(token.text)}</code>
        <span>
          <span className="quiet">p</span> {sayProbability(token.logProb)}
        </span>
        <span>
          <span className="quiet">log-prob</span> {sayScore(token.logProb)}
        </span>
        <span>
          <span className="quiet">entropy</span> {sayScore(token.entropy)} nats
        </span>
        {token.given && <span className="quiet">given, not decoded</span>}
      </p>
      <ol className="alternatives" aria-label="Alternatives, likeliest first">
        {token.alternatives.map((other, rank) => (
          <li key={rank} data-taken={isTaken(other, token) || undefined}>
            <code>{visible(other.text)}</code>
            <span className="bar" style={{ width: `${Math.exp(other.logProb) * 100}%` }} />
            <span>{formatProbability(other.logProb)}</span>
            {!isTaken(other, token) && (
              <button
                type="button"
                className="linkish"
                disabled={whyNot(rank) !== null}
                title={whyNot(rank) ?? 'A new run: the answer is kept up to here, and goes on from this token'}
                aria-label={`go on ${rank + 1}, from ${visible(other.text)}`}
                onClick={() => onTake(rank)}
              >
                go on <kbd>{rank + 1}</kbd>
              </button>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}

const isTaken = (other: Token['alternatives'][number], token: Token): boolean =>
  other.id === undefined ? other.text === token.text : other.id === token.id

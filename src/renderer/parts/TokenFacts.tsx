/** What is known of one decoded token: probability, entropy, and what else might have stood there. */
import type { Token } from '../../shared/run.ts'
import { visible } from './AnswerText.tsx'
import { formatProbability, formatScore } from './format.ts'

export function TokenFacts({ token, index }: { readonly token: Token; readonly index: number }) {
  return (
    <div className="token-facts">
      <p>
        <span className="quiet">token {index}</span> <code>{visible(token.text)}</code>
        <span>
          <span className="quiet">p</span> {formatProbability(token.logProb)}
        </span>
        <span>
          <span className="quiet">log-prob</span> {formatScore(token.logProb)}
        </span>
        <span>
          <span className="quiet">entropy</span> {formatScore(token.entropy)} nats
        </span>
      </p>
      <ol className="alternatives" aria-label="Alternatives, likeliest first">
        {token.alternatives.map((other, rank) => (
          <li key={rank} data-taken={other.text === token.text || undefined}>
            <code>{visible(other.text)}</code>
            <span className="bar" style={{ width: `${Math.exp(other.logProb) * 100}%` }} />
            <span>{formatProbability(other.logProb)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

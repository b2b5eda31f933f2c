/** Held-out texts, token by token, with what the model would have said in each place. */
import type { TrainEvent } from '../../../shared/train.ts'
import { validsOf } from './series.ts'

/** Tokens of a sample shown; the rest is counted. */
const shownTokens = 120

export function Samples({ events }: { readonly events: readonly TrainEvent[] }) {
  const last = validsOf(events).at(-1)
  if (last === undefined || last.samples.length === 0) return null
  return (
    <section className="samples" aria-label="Held-out samples">
      <h3>
        Held-out samples at step {last.step}: each token as it stands, struck where another was likelier (point at it to
        see which)
      </h3>
      {last.samples.map(({ name, wanted, likeliest }) => {
        const wrong = wanted.filter((piece, at) => piece !== likeliest[at]).length
        return (
          <div key={name}>
            <p className="quiet">
              {name}: {wanted.length - wrong} of {wanted.length} right
            </p>
            <p className="sample">
              {wanted.slice(0, shownTokens).map((piece, at) => {
                const right = piece === likeliest[at]
                return right ? (
                  <span key={at}>{piece}</span>
                ) : (
                  <del key={at} title={`likelier: ${JSON.stringify(likeliest[at] ?? '')}`}>
                    {piece}
                  </del>
                )
              })}
              {wanted.length > shownTokens && <span className="quiet"> … {wanted.length - shownTokens} more</span>}
            </p>
          </div>
        )
      })}
    </section>
  )
}

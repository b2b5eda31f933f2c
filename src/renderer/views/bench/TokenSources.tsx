/** Where the tokens looked at come from: the chunks that get most of their attention, and the way to see it on the strip. */
import { useStore } from 'zustand'
import { formatScore } from '../../parts/format.ts'
import { answerTokens, tokensLookedAt } from '../../state/answerTokens.ts'
import { ask } from '../../state/ask.ts'
import { colourBy, setColourBy } from '../../state/colourBy.ts'
import { computeContribution, contribution } from '../../state/contribution.ts'
import { selectChunk } from '../../state/view.ts'
import { isBusy } from '../../state/whatIf.ts'

const few = 4

export function TokenSources() {
  const run = useStore(ask, (state) => state.shown?.run ?? null)
  const looked = useStore(answerTokens)
  const { run: of, attention, job } = useStore(contribution)
  const by = useStore(colourBy, (state) => state.by)
  const tokens = tokensLookedAt(looked, run?.tokens.length ?? 0)
  if (run === null || tokens.length === 0) return null
  if (of !== run.id || attention === null) {
    return (
      <p className="token-sources">
        <button type="button" disabled={isBusy(job)} onClick={() => void computeContribution()}>
          Show where its attention goes
        </button>
      </p>
    )
  }
  const rows = tokens.flatMap((token) => attention.rows[token] ?? [])
  const meanOf = (value: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((sum, row) => sum + value(row), 0) / Math.max(1, rows.length)
  const masses = run.chunks
    .map(({ index }) => ({ index, mass: meanOf((row) => row.chunks[index] ?? 0) }))
    .toSorted((a, b) => b.mass - a.mass)
  const chunks = masses.reduce((sum, { mass }) => sum + mass, 0)
  return (
    <p className="token-sources">
      <span className="quiet">attention of {tokens.length === 1 ? 'this token' : `${tokens.length} tokens`}:</span>
      {masses.slice(0, few).map(({ index, mass }) => (
        <button key={index} type="button" className="linkish" onClick={() => selectChunk(index)}>
          chunk {index} {formatScore(mass)}
        </button>
      ))}
      <span className="quiet">
        all chunks {formatScore(chunks)}, question {formatScore(meanOf((row) => row.question))}, answer{' '}
        {formatScore(meanOf((row) => row.answer))}, template {formatScore(meanOf((row) => row.marks))}
      </span>
      {by !== 'attention' && (
        <button type="button" onClick={() => setColourBy('attention')}>
          On the strip
        </button>
      )}
    </p>
  )
}

/** What a pairing comes to: parts, bytes, and the timed ways to train it. */
import type { PairEstimate, PairTraining } from '../../../shared/pair.ts'
import { untrainedText } from '../../../shared/untrained.ts'
import { Facts } from '../../parts/Facts.tsx'
import { Scroll } from '../../parts/Pane.tsx'
import { formatBytes, formatCount, formatLarge } from '../../parts/format.ts'

export function Estimate({ estimate }: { readonly estimate: PairEstimate }) {
  const { parts, untrained, disk, weights, cacheEach, free, sample, training, timed, notes } = estimate
  const small = parts.filter(({ part }) => part !== 'decoder').reduce((sum, { parameters }) => sum + parameters, 0)
  return (
    <>
      <Facts
        facts={[
          ['decoder', `${formatLarge(parts.find(({ part }) => part === 'decoder')?.parameters ?? 0)} parameters`],
          ['beside it', `${formatLarge(small)} parameters; untrained: ${untrainedText(untrained)}`],
          ['on disk', formatBytes(disk)],
          ['in memory', `${formatBytes(weights)}, and ${formatBytes(1000 * cacheEach)} for every 1,000 positions`],
          ['free now', formatBytes(free)],
        ]}
      />
      <Ways ways={training} />
      <p className="quiet">
        Timed {new Date(timed).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}:{' '}
        {sample.sequences} sequences of {sample.chunks} chunks of {sample.k} tokens, {sample.output} tokens foretold;
        medians. Memory is reckoned from the sizes.
      </p>
      <ul className="quiet">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  )
}

export function Ways({ ways }: { readonly ways: readonly PairTraining[] }) {
  if (ways.length === 0) return null
  return (
    <Scroll>
      <table>
        <caption className="unseen">What training takes</caption>
        <thead>
          <tr>
            <th scope="col">training</th>
            <th scope="col">moves</th>
            <th scope="col">memory ↓</th>
            <th scope="col">s a step ↓</th>
            <th scope="col">n</th>
            <th scope="col">tokens/s ↑</th>
            <th scope="col">1,000 steps ↓</th>
          </tr>
        </thead>
        <tbody>
          {ways.map(({ way, moves, bytes, secondsAStep, steps, tokensPerSecond, note }) => (
            <tr key={way}>
              <th scope="row">{way}</th>
              <td>{formatLarge(moves)}</td>
              <td>{formatBytes(bytes)}</td>
              {secondsAStep === null || tokensPerSecond === null ? (
                <td colSpan={4}>{note}</td>
              ) : (
                <>
                  <td>{secondsAStep.toFixed(3)}</td>
                  <td>{steps}</td>
                  <td>{formatCount(Math.round(tokensPerSecond))}</td>
                  <td>{((1000 * secondsAStep) / 60).toFixed(1)} min</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

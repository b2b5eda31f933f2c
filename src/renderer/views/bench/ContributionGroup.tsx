/** The inspector's group Contribution: what this chunk gives to each token of the answer, left out and by attention. */
import { useStore } from 'zustand'
import type { AttentionMass } from '../../../shared/whatif.ts'
import { massOf } from '../../../shared/whatifTables.ts'
import { Facts } from '../../parts/Facts.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { TokenBars } from '../../parts/TokenBars.tsx'
import { visible } from '../../parts/AnswerText.tsx'
import { formatNats, formatScore, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { cancelContribution, computeContribution, contribution } from '../../state/contribution.ts'
import { isBusy } from '../../state/whatIf.ts'

export function ContributionGroup({ index }: { readonly index: number }) {
  const state = useStore(contribution)
  const run = useStore(ask, (now) => now.shown?.run ?? null)
  const own = run !== null && state.run === run.id
  const row = own ? state.leftOut.get(index) : undefined
  const busy = isBusy(state.job)
  const whole = [...state.leftOut.values()].reduce((sum, { deltaNll }) => sum + Math.abs(deltaNll), 0)
  const total = run?.chunks.length ?? 0
  return (
    <>
      <h3>Contribution to the answer</h3>
      {own && state.attention !== null && (
        <Facts
          facts={[
            ['attention mass ↑', massOf(state.attention, index).toFixed(4)],
            ['mean over', meanOver(state.attention)],
          ]}
        />
      )}
      {row !== undefined && state.base !== null && (
        <>
          <Facts
            facts={[
              ['NLL without it ↑', `${formatNats(row.deltaNll)} nats/token`],
              [
                'share of all changes',
                state.leftOut.size < total || whole === 0
                  ? `— ${state.leftOut.size} of ${total} left out so far`
                  : formatScore(Math.abs(row.deltaNll) / whole),
              ],
            ]}
          />
          <TokenBars
            values={row.change}
            label={`Log-probability of each answer token with the chunk less without it, from ${state.base.tokens
              .map(({ text }, i) => `${visible(text)} ${formatNats(row.change[i] ?? 0)}`)
              .join(', ')}`}
          />
          <p className="token-names" aria-hidden="true">
            {state.base.tokens.map(({ text }, i) => (
              <span key={i} title={formatNats(row.change[i] ?? 0)}>
                {visible(text)}
              </span>
            ))}
          </p>
        </>
      )}
      {row === undefined && (
        <p className="quiet">
          {busy && own
            ? 'Leaving chunks out…'
            : own || state.run === null
              ? 'Not computed yet.'
              : 'Not computed for this run.'}
        </p>
      )}
      {state.job.fault !== null && (
        <FaultNote
          what="The contribution could not be computed."
          fault={state.job.fault}
          onRetry={() => void computeContribution()}
        />
      )}
      <div className="button-row">
        {busy ? (
          <button type="button" disabled={state.job.phase === 'cancelling'} onClick={cancelContribution}>
            {state.job.phase === 'cancelling' ? 'Cancelling…' : `Cancel, ${state.leftOut.size} of ${total}`}
          </button>
        ) : (
          <button
            type="button"
            disabled={run === null || (own && state.leftOut.size === total)}
            onClick={() => void computeContribution()}
          >
            Compute for all chunks
          </button>
        )}
      </div>
      <p className="quiet">Left out: its slots are taken from the decoder’s input and what follows moves up.</p>
    </>
  )
}

function meanOver({ layers, heads }: AttentionMass): string {
  return `answer, ${layers.length === 1 ? `layer ${layers[0]}` : plural(layers.length, 'layer')}, ${plural(heads.length, 'head')}`
}

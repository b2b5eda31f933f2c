/** The inspector's group What-if: what flipping this chunk would change, and how that is known. */
import { useStore } from 'zustand'
import type { Flip, WhatIfBase } from '../../../shared/whatif.ts'
import { Facts, type Fact } from '../../parts/Facts.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { formatCount, formatMs, formatNats, formatSignedCount, formatSignedMs, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { cancelWhatIf, flipChunks, isBusy, whatIf } from '../../state/whatIf.ts'

export function WhatIfGroup({ index }: { readonly index: number }) {
  const state = useStore(whatIf)
  const run = useStore(ask, (now) => now.shown?.run ?? null)
  const own = run !== null && state.run === run.id
  const flip = own ? state.flips.get(index) : undefined
  const left = own ? state.left.get(index) : undefined
  const value = own ? state.round?.values.find((each) => each.index === index) : undefined
  const job = state.jobs.chunk
  const busy = isBusy(job) && state.asked.includes(index)
  return (
    <>
      <h3>What-if: flipped, all else as in the run</h3>
      {flip !== undefined && state.base !== null && <Facts facts={factsOf(flip, state.base)} />}
      {flip === undefined && (
        <p className="quiet">
          {left ??
            (busy ? 'Flipping it…' : isBusy(state.jobs.all) && own ? 'Its turn comes.' : whyNone(own, state.run))}
        </p>
      )}
      {value !== undefined && (
        <Facts
          facts={[
            ['Shapley delta NLL ↓', `${formatNats(value.mean)} nats/token`],
            [`95 %, n ${state.round?.permutations}`, value.ci === null ? '—' : value.ci.map(formatNats).join(' to ')],
          ]}
        />
      )}
      {job.fault !== null && state.asked.includes(index) && (
        <FaultNote what="The flip failed." fault={job.fault} onRetry={() => void flipChunks([index])} />
      )}
      <div className="button-row">
        {busy ? (
          <button type="button" disabled={job.phase === 'cancelling'} onClick={() => cancelWhatIf('chunk')}>
            {job.phase === 'cancelling' ? 'Cancelling…' : 'Cancel'}
          </button>
        ) : (
          <button type="button" disabled={run === null} onClick={() => void flipChunks([index])}>
            {flip === undefined ? 'Compute' : 'Compute again'} <kbd>W</kbd>
          </button>
        )}
      </div>
      <p className="quiet">Flips are not additive: two together may do more or less than each alone.</p>
    </>
  )
}

/** Nothing is known of this run: never asked for, or known of another. */
function whyNone(own: boolean, known: string | null): string {
  return own || known === null
    ? 'Not computed yet.'
    : 'Not computed for this run; what is known belongs to an earlier one.'
}

function factsOf(flip: Flip, base: WhatIfBase): readonly Fact[] {
  const gained = -flip.deltaNll * base.tokens
  return [
    ['to', flip.to === 'expand' ? '≣ expanded' : '▣ compressed'],
    ['target', targetName(base)],
    ['delta NLL ↓', `${formatNats(flip.deltaNll)} nats/token`],
    ['delta PPL ↓', formatNats(flip.deltaPpl)],
    ['greedy answer', flip.changes ? `changes to “${flip.answer}”` : 'stays'],
    ...(flip.changes ? [['it was', `“${base.answer}”`] as const] : []),
    ['delta positions ↓', formatSignedCount(flip.deltaPositions)],
    ['delta TTFT ↓', formatSignedMs(flip.deltaTtft.ms)],
    [`TTFT is ${flip.deltaTtft.kind === 'measured' ? 'measured' : 'an estimate'}`, spreadOf(flip)],
    [
      'cost of a nat gained',
      gained > 0 && flip.deltaPositions > 0
        ? `${formatCount(Math.round(flip.deltaPositions / gained))} positions`
        : '—',
    ],
    ['method', `exact, one forward, ${formatMs(flip.ms)}`],
    ['from the KV cache', `${flip.reused} of ${plural(flip.positions, 'position')}`],
  ]
}

export function targetName({ target }: Pick<WhatIfBase, 'target'>): string {
  return target === 'gold' ? 'gold answer' : 'run’s answer'
}

function spreadOf({ deltaTtft: { n, quartiles } }: Flip): string {
  return quartiles === null ? `from ${n} prefills` : `${quartiles.map(formatSignedMs).join(' to ')}, n ${n}`
}

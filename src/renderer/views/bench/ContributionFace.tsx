/** Contribution: chunks against answer tokens, each the change of the token's log-probability, with the attention beside it. */
import { useStore } from 'zustand'
import type { ContributionBase, LeftOutChunk } from '../../../shared/whatif.ts'
import { massOf } from '../../../shared/whatifTables.ts'
import { visible } from '../../parts/AnswerText.tsx'
import { Choice } from '../../parts/Choice.tsx'
import { diverging, styleOf } from '../../parts/colour.ts'
import { Empty, Scroll } from '../../parts/Pane.tsx'
import { formatNats } from '../../parts/format.ts'
import { answerTokens, lockToken, tokensLookedAt } from '../../state/answerTokens.ts'
import { ask } from '../../state/ask.ts'
import { cancelContribution, computeContribution, contribution, setLayer } from '../../state/contribution.ts'
import { isBusy } from '../../state/whatIf.ts'
import { ChunkCell, ChunkWords } from './ChunkCell.tsx'
import { WhatIfBar } from './WhatIfBar.tsx'

export function ContributionFace() {
  const { run: of, base, leftOut, job } = useStore(contribution)
  const run = useStore(ask, (state) => state.shown?.run ?? null)
  const own = run !== null && run.id === of
  const missing = run === null ? 0 : run.chunks.length - (own ? leftOut.size : 0)
  return (
    <>
      <WhatIfBar
        title="Leaving out each chunk"
        job={job}
        begin={own && leftOut.size > 0 && missing > 0 ? `Leave out the other ${missing}` : 'Leave out each chunk'}
        done={own && missing === 0}
        onBegin={computeContribution}
        onCancel={cancelContribution}
        fields={<LayerChoice />}
      >
        Log-probability of each answer token with the chunk less without it, nats: above 0 the token needs it. Left out,
        a chunk’s slots are taken from the decoder’s input and what follows moves up. Attention is that of the position
        which foretells the token.
      </WhatIfBar>
      {leftOut.size === 0 && !isBusy(job) && job.fault === null && (
        <Empty>Leave out each chunk to see which tokens of the answer depend on it.</Empty>
      )}
      {base !== null && leftOut.size > 0 && <Matrix base={base} rows={[...leftOut.values()]} run={of} />}
    </>
  )
}

function LayerChoice() {
  const layers = useStore(contribution, (state) => state.deepest)
  const layer = useStore(contribution, (state) => state.layer)
  if (layers < 2) return null
  const names = Array.from({ length: layers }, (_, at) => [`${at}`, `layer ${at}`] as const)
  return (
    <Choice
      label="attention"
      value={layer === null ? 'mean' : `${layer}`}
      options={[['mean', 'mean of layers'], ...names]}
      onChange={(value) => setLayer(value === 'mean' ? null : Number(value))}
    />
  )
}

function Matrix({
  base,
  rows,
  run,
}: {
  readonly base: ContributionBase
  readonly rows: readonly LeftOutChunk[]
  readonly run: string | null
}) {
  const attention = useStore(contribution, (state) => state.attention)
  const looked = useStore(answerTokens)
  const tokens = tokensLookedAt(looked, base.tokens.length)
  const sorted = rows.toSorted((a, b) => b.deltaNll - a.deltaNll || a.index - b.index)
  const most = rows.reduce((top, { change }) => change.reduce((each, value) => Math.max(each, Math.abs(value)), top), 0)
  return (
    <Scroll className="contribution">
      <table>
        <caption className="unseen">Chunks left out against tokens of the answer, most needed first</caption>
        <thead>
          <tr>
            <th scope="col">chunk</th>
            <th scope="col">NLL without, less with ↑</th>
            <th scope="col">attention ↑</th>
            {base.tokens.map(({ text }, at) => (
              <th key={at} scope="col">
                <button
                  type="button"
                  className="linkish"
                  aria-pressed={tokens.includes(at)}
                  title={`Look at token ${at}`}
                  onClick={(event) => lockToken(at, event.shiftKey)}
                >
                  {visible(text)}
                </button>
              </th>
            ))}
            <th scope="col" className="words">
              text
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ index, deltaNll, change }) => (
            <tr key={index}>
              <td>
                <ChunkCell index={index} />
              </td>
              <td>{formatNats(deltaNll)}</td>
              <td>{attention === null ? '—' : massOf(attention, index).toFixed(4)}</td>
              {change.map((value, at) => (
                <td key={at} className="tinted" style={styleOf(diverging(most === 0 ? 0 : value / most))}>
                  {formatNats(value)}
                </td>
              ))}
              <ChunkWords index={index} run={run} />
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** The inspector: everything known of the chunk under the pointer, else of the chunk selected, else of the run. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { untrainedNote } from '../../../shared/untrained.ts'
import { Facts, type Fact } from '../../parts/Facts.tsx'
import { FileName } from '../../parts/FileName.tsx'
import { Empty } from '../../parts/Pane.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { arrow, baseName, formatCount, formatScore, formatSigned } from '../../parts/format.ts'
import { ask, type Shown } from '../../state/ask.ts'
import { inPickOrder, nameOf, type Mark } from '../../state/strip.ts'
import { toggleLocked, togglePinned, wish } from '../../state/hand.ts'
import { plan, sameChunks } from '../../state/plan.ts'
import { reveal } from '../../state/reader.ts'
import { view } from '../../state/view.ts'
import { decoderFacts } from '../remote/facts.ts'
import { ChunkText } from './ChunkText.tsx'
import { ContributionGroup } from './ContributionGroup.tsx'
import { useMarks, usePinned } from './marks.ts'
import { Neighbours } from './Neighbours.tsx'
import { NoteGroup } from './NoteGroup.tsx'
import { inspectorId } from './stripKeys.ts'
import { WhatIfGroup } from './WhatIfGroup.tsx'

export function Inspector() {
  const shown = useStore(ask, (state) => state.shown)
  const [writing, setWriting] = useState(false)
  // What is written is written on the chunk selected, wherever the pointer rests meanwhile.
  const index = useStore(view, (state) => (writing ? state.chunk : (state.preview ?? state.chunk)))
  const mark = useMarks()[index ?? -1]
  const run = shown?.run ?? null
  return (
    <aside className="inspector" id={inspectorId} tabIndex={-1} aria-label="Inspector">
      {shown !== null && mark !== undefined ? (
        <ChunkFacts mark={mark} shown={shown} onWriting={setWriting} />
      ) : (
        <>
          <h2>Inspector</h2>
          <Empty>Point at a chunk or select one to see its text, its score and its decision.</Empty>
        </>
      )}
      {run !== null && <RunFacts run={run} />}
    </aside>
  )
}

type ChunkFactsProps = { readonly mark: Mark; readonly shown: Shown; readonly onWriting: (on: boolean) => void }

function ChunkFacts({ mark, shown, onWriting }: ChunkFactsProps) {
  const { chunk } = mark
  const passage = shown.passages.find((other) => other.id === chunk.passage)
  const siblings = shown.chunks.filter((other) => other.passage === chunk.passage)
  const from = siblings.filter((other) => other.index < chunk.index).reduce((sum, other) => sum + other.tokens, 0)
  const tokens = shown.chunks.reduce((sum, other) => sum + other.tokens, 0)
  const before = shown.chunks.slice(0, chunk.index).reduce((sum, other) => sum + other.tokens, 0)
  const locked = useStore(
    plan,
    ({ present }) => sameChunks(present, shown.plan) && present.locked.includes(chunk.index),
  )
  const pinned = usePinned().includes(chunk.index)
  const where = passage === undefined ? chunk.passage : `passage ${passage.rank} of ${shown.passages.length}`
  const { span } = chunk
  const source = <FileName name={baseName(span.file)} path={span.file} />
  const lines = span.lineFrom === span.lineTo ? `${span.lineFrom}` : `${span.lineFrom} to ${span.lineTo}`
  return (
    <>
      <h2>
        Chunk {chunk.index} {pinned && <Icon name="pin" />}
        <small>
          {where}, tokens {from} to {from + chunk.tokens - 1}
        </small>
      </h2>
      {passage !== undefined && <p className="inspector-title">{nameOf(passage, shown.passages)}</p>}
      <ChunkText shown={shown} index={chunk.index} />
      <Facts
        facts={[
          ['source', source],
          ...(span.section === undefined ? [] : [['section', span.section] as const]),
          ...(span.part === undefined ? [] : [[span.part.unit, `${span.part.number}`] as const]),
          ['line', lines],
          ['characters', `${span.charFrom} to ${span.charTo}`],
          [
            'tokens',
            `${chunk.tokens} of k ${shown.plan.k}${chunk.tokens < shown.plan.k ? ', last of its passage' : ''}`,
          ],
          ['in the context', `tokens ${before} to ${before + chunk.tokens - 1} of ${formatCount(tokens)}`],
          ['embedding', chunk.cached ? 'from the cache' : 'encoded in this run'],
        ]}
      />
      <button
        type="button"
        onClick={() =>
          void reveal(
            shown.plan.index,
            chunk.passage,
            passage === undefined
              ? undefined
              : {
                  from: span.charFrom - passage.span.charFrom,
                  to: span.charTo - passage.span.charFrom,
                  k: shown.plan.k,
                },
          )
        }
      >
        Show in its document
      </button>
      <h3>Policy</h3>
      <Facts facts={policyFacts(mark, shown)} />
      <h3>Decision</h3>
      <Facts
        facts={[
          ['policy', mark.chosen ? 'expand' : 'compress'],
          ['now', `${mark.expanded ? '≣ expanded' : '▣ compressed'} by ${mark.forced === null ? 'policy' : 'hand'}`],
          ['decoder positions', mark.expanded ? `${chunk.tokens}` : '1'],
          ...(locked ? [['locked', 'bulk actions leave it alone'] as const] : []),
        ]}
      />
      <div className="button-row">
        <button type="button" aria-pressed={mark.forced === 'expand'} onClick={() => wish([chunk.index], 'expand')}>
          Expand <kbd>E</kbd>
        </button>
        <button type="button" aria-pressed={mark.forced === 'compress'} onClick={() => wish([chunk.index], 'compress')}>
          Compress <kbd>C</kbd>
        </button>
        <button type="button" disabled={mark.forced === null} onClick={() => wish([chunk.index], 'policy')}>
          Policy <kbd>X</kbd>
        </button>
      </div>
      <div className="button-row">
        <button type="button" aria-pressed={locked} onClick={() => toggleLocked([chunk.index])}>
          {locked ? 'Locked' : 'Lock'} <kbd>L</kbd>
        </button>
        <button type="button" aria-pressed={pinned} onClick={() => togglePinned([chunk.index])}>
          {pinned ? 'Pinned' : 'Pin'} <kbd>P</kbd>
        </button>
      </div>
      <NoteGroup shown={shown} index={chunk.index} onWriting={onWriting} />
      <WhatIfGroup index={chunk.index} />
      <ContributionGroup index={chunk.index} />
      <Neighbours shown={shown} index={chunk.index} />
      {passage !== undefined && (
        <>
          <h3>Retrieval of its passage</h3>
          <Facts
            facts={passage.scores.map((score): Fact => [
              `${score.metric} ${arrow(score.better)}`,
              formatScore(score.value),
            ])}
          />
        </>
      )}
    </>
  )
}

function policyFacts(mark: Mark, shown: Shown): readonly Fact[] {
  const { sensed } = shown
  if (sensed === null || mark.score === null) return [['score', 'none: this policy does not score']]
  const order = inPickOrder(shown.decisions, sensed)
  const facts: Fact[] = [
    [`${sensed.metric} ${arrow(sensed.better)}`, formatScore(mark.score)],
    ['rank', `${mark.rank} of ${order.length}`],
  ]
  const z = zOf(
    mark.score,
    shown.decisions.flatMap(({ score }) => score ?? []),
  )
  if (z !== null) facts.push(['z-score among them', formatSigned(z)])
  if (mark.probability !== null) facts.push(['probability', formatScore(mark.probability)])
  const edge = order[sensed.budget - 1]?.score ?? null
  if (edge !== null) facts.push(['margin to threshold', formatSigned(mark.score - edge)])
  return facts
}

/** How many standard deviations (of all `scores`) a score lies from their mean; null where they do not differ. */
export function zOf(score: number, scores: readonly number[]): number | null {
  const mean = scores.reduce((sum, each) => sum + each, 0) / scores.length
  const deviation = Math.sqrt(scores.reduce((sum, each) => sum + (each - mean) ** 2, 0) / scores.length)
  return deviation > 0 ? (score - mean) / deviation : null
}

function RunFacts({ run }: { readonly run: NonNullable<Shown['run']> }) {
  const { manifest } = run
  return (
    <>
      <h3>Run</h3>
      <Facts
        facts={[
          ['made', new Date(manifest.time).toLocaleString()],
          [
            'bundle',
            `${manifest.bundle.name}, ${manifest.bundle.hash.slice(0, 8)}${untrainedNote(manifest.bundle.untrained)}`,
          ],
          ['device', `${manifest.device}, ${manifest.threads} threads`],
          ...decoderFacts(run),
          ['cpu', manifest.cpu],
          ['onnxruntime', manifest.onnxruntime],
          ['seed', run.plan.seed],
          ['ended by', { end: 'end of answer', length: 'max tokens', cancelled: 'cancel' }[run.stopped]],
        ]}
      />
    </>
  )
}

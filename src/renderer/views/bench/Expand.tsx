/** Expand: who decided what, and the decoder's input exactly as it is fed. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { Facts } from '../../parts/Facts.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { Ribbon } from '../../parts/Ribbon.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { engine } from '../../state/engine.ts'
import { fedOf, positionsOf, type FedSlot } from '../../state/fed.ts'
import { countMarks } from '../../state/strip.ts'
import { selectChunk, view } from '../../state/view.ts'
import { useMarks } from './marks.ts'
import { useStale } from './RunLine.tsx'

export function Expand() {
  const shown = useStore(ask, (state) => state.shown)
  const running = useStore(ask, (state) => state.phase === 'running')
  const selected = useStore(view, (state) => state.chunk)
  const stale = useStale().length > 0
  const template = useStore(engine, (state) => state.health?.bundle.marks)
  const marks = useMarks()
  if (shown === null || marks.length === 0) {
    return (
      <Pane title="Expand">
        {running ? (
          <Loading label="Waiting for chunks" />
        ) : (
          <Empty>Run the plan to see the decoder’s input laid out.</Empty>
        )}
      </Pane>
    )
  }
  const counts = countMarks(marks)
  const run = shown.run?.counts
  const asked = run?.questionTokens ?? null
  const slots = fedOf(shown.passages, marks, asked, run === undefined ? template : run.marks)
  const positions = positionsOf(slots)
  return (
    <Pane
      title="Expand"
      note={stale ? 'as the next run would lay it out' : 'what the decoder is fed, in order'}
      stale={stale}
      held={running && shown.stages.sense.state !== 'done'}
    >
      <p className="figure">
        <b>{formatCount(counts.expanded)}</b> of {formatCount(marks.length)} expanded
        <span className="quiet">
          policy {counts.chosen} + forced {counts.added} − vetoed {counts.vetoed}
        </span>
      </p>
      <Ribbon
        slots={slots.map((slot) => ({ ...slot, first: slot.kind === 'passage' || slot.kind === 'ask' }))}
        selected={selected}
        label={`${positions} positions, ${counts.expanded} chunks expanded, each passage behind its separator${asked === null ? '' : ', the question last'}`}
      />
      <div className="ribbon-ends" aria-hidden="true">
        <span>0</span>
        <span>
          <span className="swatch-fed ribbon-swatch-mark" /> separators{' '}
          <span className="swatch-fed ribbon-swatch-question" />{' '}
          {asked === null ? 'question, once it is counted' : 'question'} · position id
        </span>
        <span>{formatCount(positions - 1)}</span>
      </div>
      <Positions slots={slots} />
      <Facts
        facts={[
          ['context tokens', formatCount(counts.tokens)],
          ['context positions', formatCount(counts.positions)],
          ['tokens a position', (counts.tokens / counts.positions).toFixed(2)],
          ...(run === undefined
            ? []
            : ([
                ['question tokens', formatCount(run.questionTokens)],
                ['positions in the prefill, template included', formatCount(run.positions)],
                ['of those from the KV cache', formatCount(run.reusedPositions)],
              ] as const)),
        ]}
      />
    </Pane>
  )
}

/** Rows of the table before more are asked for. */
const few = 200

/** Position ids on demand: the ribbon as a table. */
function Positions({ slots }: { readonly slots: readonly FedSlot[] }) {
  const [open, setOpen] = useState(false)
  const [all, setAll] = useState(false)
  const rows = all ? slots : slots.slice(0, few)
  return (
    <details className="positions" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Position ids</summary>
      {open && (
        <Scroll>
          <table>
            <caption className="unseen">What the decoder is fed at each position</caption>
            <thead>
              <tr>
                <th scope="col">position ids</th>
                <th scope="col">what</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((slot) => (
                <tr key={slot.from}>
                  <td>{slot.positions === 1 ? slot.from : `${slot.from} to ${slot.from + slot.positions - 1}`}</td>
                  <td>
                    {slot.index === null ? (
                      said[slot.kind]
                    ) : (
                      <button type="button" className="linkish" onClick={() => selectChunk(slot.index)}>
                        chunk {slot.index}, {slot.expanded ? plural(slot.positions, 'token') : 'its embedding'}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length < slots.length && (
            <button type="button" onClick={() => setAll(true)}>
              Show all {formatCount(slots.length)} rows
            </button>
          )}
        </Scroll>
      )}
    </details>
  )
}

const said: Readonly<Record<FedSlot['kind'], string>> = {
  start: 'template: the input begins',
  passage: 'separator: a passage begins',
  chunk: 'chunk',
  ask: 'mark: the question begins',
  question: 'question',
  answer: 'mark: the answer begins',
}

/** Expand: who decided what, and the context exactly as the decoder is fed it. */
import { useStore } from 'zustand'
import { Facts } from '../../parts/Facts.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { Ribbon } from '../../parts/Ribbon.tsx'
import { formatCount } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { countMarks, type Mark } from '../../state/strip.ts'
import { view } from '../../state/view.ts'
import { useMarks } from './marks.ts'
import { useStale } from './RunLine.tsx'

export function Expand() {
  const shown = useStore(ask, (state) => state.shown)
  const running = useStore(ask, (state) => state.phase === 'running')
  const selected = useStore(view, (state) => state.chunk)
  const stale = useStale().length > 0
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
  return (
    <Pane
      title="Expand"
      note={stale ? 'as the next run would lay it out' : 'context as the decoder is fed it'}
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
        slots={slotsOf(marks)}
        selected={selected}
        label={`${counts.positions} context positions, ${counts.expanded} chunks expanded`}
      />
      <div className="ribbon-ends" aria-hidden="true">
        <span>1</span>
        <span>context position</span>
        <span>{formatCount(counts.positions)}</span>
      </div>
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

function slotsOf(marks: readonly Mark[]) {
  return marks.map((mark, at) => ({
    index: mark.chunk.index,
    positions: mark.expanded ? mark.chunk.tokens : 1,
    expanded: mark.expanded,
    forced: mark.forced !== null,
    first: marks[at - 1]?.chunk.passage !== mark.chunk.passage,
  }))
}

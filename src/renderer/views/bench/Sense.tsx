/** Sense: the policy's scores in the order in which it picks, with the threshold that p implies. */
import { useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { ScoreBars } from '../../parts/ScoreBars.tsx'
import { arrow, budgetOf, formatScore, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { engine } from '../../state/engine.ts'
import { plan } from '../../state/plan.ts'
import { inPickOrder, type Mark } from '../../state/strip.ts'
import { selectChunk, view } from '../../state/view.ts'
import { useMarks } from './marks.ts'
import { useStale } from './RunLine.tsx'

const fewRows = 40

export function Sense() {
  const shown = useStore(ask, (state) => state.shown)
  const running = useStore(ask, (state) => state.phase === 'running')
  const p = useStore(plan, (state) => state.present.p)
  const selected = useStore(view, (state) => state.chunk)
  const stale = useStale().length > 0
  const about = useStore(engine, (state) => state.policies.find(({ name }) => name === shown?.sensed?.policy)?.about)
  const marks = useMarks()
  const sensed = shown?.sensed ?? null
  const decisions = shown?.decisions
  const sorted = useMemo(
    () => inPickOrder(decisions ?? [], sensed).flatMap((decision) => marks[decision.index] ?? []),
    [decisions, sensed, marks],
  )
  if (shown === null || sensed === null || sorted.length === 0) {
    return (
      <Pane title="Sense">
        {running ? (
          <Loading label="Scoring chunks" />
        ) : (
          <Empty>
            {sensed === null
              ? 'Run the plan to see what the policy makes of each chunk.'
              : 'This policy takes all chunks or none; it gives no scores.'}
          </Empty>
        )}
      </Pane>
    )
  }
  const budget = budgetOf(p, shown.chunks.length)
  const edge = sorted[budget - 1]?.score ?? null
  return (
    <Pane
      title="Sense"
      note={`${sensed.metric} ${arrow(sensed.better)}, in the order of picking`}
      stale={stale}
      held={running && shown.stages.sense.state !== 'done'}
    >
      <p className="about">{about}</p>
      <ScoreBars
        bars={sorted.map((mark) => ({
          index: mark.chunk.index,
          score: mark.score ?? 0,
          fill: mark.fill ?? 0,
          expanded: mark.expanded,
          forced: mark.forced !== null,
        }))}
        budget={budget}
        selected={selected}
        onSelect={selectChunk}
        label={`p ${p.toFixed(2)}: first ${plural(budget, 'chunk')}${edge === null ? '' : `, threshold ${formatScore(edge)}`}`}
      />
      <Rows sorted={sorted} edge={edge} selected={selected} />
    </Pane>
  )
}

function Rows(props: {
  readonly sorted: readonly Mark[]
  readonly edge: number | null
  readonly selected: number | null
}) {
  const { sorted, edge, selected } = props
  const [all, setAll] = useState(false)
  const rows = all ? sorted : sorted.slice(0, fewRows)
  return (
    <Scroll>
      <table>
        <caption className="unseen">Chunks by policy score</caption>
        <thead>
          <tr>
            <th scope="col">rank</th>
            <th scope="col">chunk</th>
            <th scope="col">score</th>
            <th scope="col">probability</th>
            <th scope="col">margin</th>
            <th scope="col">now</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((mark) => (
            <tr key={mark.chunk.index} data-on={mark.chunk.index === selected || undefined}>
              <td>{mark.rank}</td>
              <td>
                <button
                  type="button"
                  className="linkish"
                  aria-label={`Select chunk ${mark.chunk.index}`}
                  onClick={() => selectChunk(mark.chunk.index)}
                >
                  {mark.chunk.index}
                </button>
              </td>
              <td>{mark.score === null ? '—' : formatScore(mark.score)}</td>
              <td>{mark.probability === null ? '—' : formatScore(mark.probability)}</td>
              <td>{edge === null || mark.score === null ? '—' : formatScore(mark.score - edge)}</td>
              <td>
                {mark.expanded ? '≣' : '▣'}
                {mark.forced === null ? '' : ' by hand'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!all && sorted.length > fewRows && (
        <button type="button" onClick={() => setAll(true)}>
          Show all {plural(sorted.length, 'chunk')}
        </button>
      )}
    </Scroll>
  )
}

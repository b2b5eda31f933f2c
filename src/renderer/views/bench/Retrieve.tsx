/** Retrieve: the passages in rank order, each with every raw value behind its rank. */
import { useStore } from 'zustand'
import type { RetrievedPassage } from '../../../shared/corpus.ts'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { arrow, formatScore, formatSource, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { nameOf } from '../../state/strip.ts'
import { selectPassage, view } from '../../state/view.ts'
import { useStale } from './RunLine.tsx'

export function Retrieve() {
  const shown = useStore(ask, (state) => state.shown)
  const running = useStore(ask, (state) => state.phase === 'running')
  const stale = useStale().length > 0
  const passages = shown?.passages ?? []
  // An untrained embedder has no say in the ranking, and no cosine to tell.
  const byWords = passages.every(({ scores }) => scores.length > 0 && !scores.some(({ metric }) => metric === 'cosine'))
  return (
    <Pane
      title="Retrieve"
      note={
        passages.length === 0
          ? undefined
          : `${plural(passages.length, 'passage')}${byWords ? ', found by words alone' : ''}`
      }
      stale={stale}
      held={running && shown?.stages.retrieve.state !== 'done'}
    >
      {passages.length === 0 && running && <Loading label="Searching the index" />}
      {passages.length === 0 && !running && (
        <Empty>
          {(shown?.run ?? null) === null
            ? 'Run the plan to retrieve passages.'
            : 'The plan asks for no passage, or the index holds none that fits.'}
        </Empty>
      )}
      <ol className="passages">
        {passages.map((passage) => (
          <PassageRow key={passage.id} passage={passage} name={nameOf(passage, passages)} />
        ))}
      </ol>
    </Pane>
  )
}

function PassageRow({ passage, name }: { readonly passage: RetrievedPassage; readonly name: string }) {
  const on = useStore(view, (state) => state.passage === passage.id)
  // The score that ranks is often one of the raw values: it is shown once.
  const named = passage.scores.some((score) => score.value === passage.score)
  const fused = { metric: 'fused', value: passage.score, better: 'higher' } as const
  const scores = named ? passage.scores : [fused, ...passage.scores]
  return (
    <li data-on={on || undefined}>
      <button
        type="button"
        className="passage-head"
        aria-expanded={on}
        onClick={() => selectPassage(on ? null : passage.id)}
      >
        <span className="passage-rank">{passage.rank}</span>
        <strong>{name}</strong>
        <span className="quiet" title={passage.span.file}>
          {formatSource(passage.span)}
        </span>
      </button>
      <p className={on ? 'passage-text' : 'passage-text passage-cut'}>{passage.text}</p>
      <p className="scores">
        {scores.map(({ metric, value, better }) => (
          <span key={metric}>
            {metric} {arrow(better)} <b>{formatScore(value)}</b>
          </span>
        ))}
      </p>
    </li>
  )
}

/** Retrieval alone: what the index finds for a query with every raw value, and where a passage that is missed stands. */
import { useStore } from 'zustand'
import type { RetrievedPassage } from '../../../shared/corpus.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { arrow, formatScore, formatSource } from '../../parts/format.ts'
import { indexCheck, resultsOf, searched, searchOnly, setMissed, setQuery } from '../../state/indexCheck.ts'
import { reveal } from '../../state/reader.ts'

export function TestSearch({ path }: { readonly path: string }) {
  const { query, found, searching, fault, missed } = useStore(indexCheck)
  const { listed, holding } = resultsOf({ found, missed })
  return (
    <Pane title="Retrieval test" stale={found !== null && found.query !== query}>
      <form
        className="test-search"
        onSubmit={(event) => {
          event.preventDefault()
          void searchOnly()
        }}
      >
        <input
          type="search"
          aria-label="Query"
          placeholder="What should be found"
          value={query}
          disabled={path === ''}
          onChange={(event) => setQuery(event.target.value)}
        />
        <button type="submit" disabled={path === '' || query.trim() === ''}>
          Search
        </button>
      </form>
      {fault !== null && (
        <FaultNote what="The index could not be searched." fault={fault} onRetry={() => void searchOnly()} />
      )}
      {searching && found === null && <Loading label="Searching" lines={4} />}
      {!searching && found === null && fault === null && (
        <Empty>
          Search the index without asking the decoder: each passage comes with its rank and every raw value.
        </Empty>
      )}
      {found !== null && (
        <>
          {listed.length === 0 && <p>Nothing was found.</p>}
          <ol className="test-results">
            {listed.map((passage) => (
              <Result key={passage.id} path={path} passage={passage} />
            ))}
          </ol>
          <label className="field stacked">
            Missed something? Words of the passage
            <input type="search" value={missed} onChange={(event) => setMissed(event.target.value)} />
          </label>
          {missed.trim() !== '' &&
            (holding.length === 0 ? (
              <p className="quiet">None of the first {searched} passages holds these words.</p>
            ) : (
              <ol className="test-results">
                {holding.slice(0, 5).map((passage) => (
                  <Result key={passage.id} path={path} passage={passage} />
                ))}
              </ol>
            ))}
        </>
      )}
    </Pane>
  )
}

function Result({ path, passage }: { readonly path: string; readonly passage: RetrievedPassage }) {
  const { rank, title, text, span, scores } = passage
  return (
    <li>
      <button type="button" onClick={() => void reveal(path, passage.id)}>
        <span className="passage-rank">{rank}</span>
        <span>
          <strong>{title || text.slice(0, 60)}</strong>
          <span className="quiet" title={span.file}>
            {formatSource(span)}
          </span>
          <span className="scores">
            {scores.map(({ metric, value, better }) => (
              <span key={metric}>
                {metric} {arrow(better)} <b>{formatScore(value)}</b>
              </span>
            ))}
          </span>
        </span>
      </button>
    </li>
  )
}

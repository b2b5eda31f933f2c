/** The chunks of the run whose embeddings are nearest to that of one. */
import { useStore } from 'zustand'
import { formatScore } from '../../parts/format.ts'
import type { Shown } from '../../state/ask.ts'
import { chunkDetails, readNeighbours } from '../../state/chunkDetails.ts'
import { selectChunk } from '../../state/view.ts'

export function Neighbours({ shown, index }: { readonly shown: Shown; readonly index: number }) {
  const run = shown.run?.id ?? null
  const found = useStore(chunkDetails, (state) => (state.run === run ? state.neighbours.get(index) : undefined))
  return (
    <>
      <h3>
        Nearest chunks <small>cosine ↑ of their embeddings</small>
      </h3>
      {found === undefined ? (
        <button type="button" disabled={run === null} onClick={() => run !== null && void readNeighbours(run, index)}>
          Find
        </button>
      ) : found.length === 0 ? (
        <p className="quiet">It is the only chunk.</p>
      ) : (
        <ol className="neighbours" aria-label="Nearest chunks, the nearest first">
          {found.map((other) => (
            <li key={other.index}>
              <button type="button" className="linkish" onClick={() => selectChunk(other.index)}>
                chunk {other.index}
              </button>
              <span className="clip quiet">{shown.chunks[other.index]?.text.trim()}</span>
              <span>{formatScore(other.cosine)}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

/** Flips: a row for each chunk flipped alone, those that help the target most first; rows come as they are known. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { Empty, Loading, Scroll } from '../../parts/Pane.tsx'
import { formatNats, formatSignedCount, formatSignedMs, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { view } from '../../state/view.ts'
import { cancelWhatIf, flipAll, flipChunks, isBusy, whatIf } from '../../state/whatIf.ts'
import { ChunkCell, ChunkWords } from './ChunkCell.tsx'
import { WhatIfBar } from './WhatIfBar.tsx'

const fewRows = 40

export function FlipsFace() {
  const state = useStore(whatIf)
  const run = useStore(ask, (now) => now.shown?.run ?? null)
  const passage = useStore(view, (now) => now.passage)
  const own = run !== null && state.run === run.id
  const total = own ? run.chunks.length : state.flips.size + state.left.size
  const missing = run === null ? 0 : run.chunks.length - (own ? state.flips.size + state.left.size : 0)
  const job = state.jobs.all
  const chunks = run?.chunks.filter((chunk) => chunk.passage === passage).map((chunk) => chunk.index) ?? []
  return (
    <>
      <WhatIfBar
        title="Flipping every chunk"
        job={job}
        done={own && missing === 0}
        begin={
          <>
            {own && state.flips.size > 0 && missing > 0 ? `Flip the other ${missing}` : 'Flip every chunk'}{' '}
            <kbd>Shift+W</kbd>
          </>
        }
        onBegin={flipAll}
        onCancel={() => cancelWhatIf('all')}
        fields={
          chunks.length > 0 && (
            <button type="button" disabled={isBusy(state.jobs.chunk)} onClick={() => void flipChunks(chunks)}>
              Flip the {plural(chunks.length, 'chunk')} of the passage
            </button>
          )
        }
      >
        Each chunk flipped alone, exact, against a fixed target. <strong>Flips are not additive</strong>: two together
        may do more or less than each alone. Best set and Shapley look at them together.
      </WhatIfBar>
      {state.flips.size === 0 && (isBusy(job) || isBusy(state.jobs.chunk)) && (
        <Loading label="Measuring the run as it is" />
      )}
      {state.flips.size === 0 && !isBusy(job) && !isBusy(state.jobs.chunk) && job.fault === null && (
        <Empty>Press W on a chunk of the strip, or flip every chunk; it takes some milliseconds for each.</Empty>
      )}
      {state.flips.size > 0 && <Rows />}
      {state.flips.size > 0 && (
        <p className="quiet">
          {state.flips.size} of {plural(total, 'chunk')} flipped
          {state.left.size > 0 && `; ${state.left.size} do not fit the window`}. TTFT counts layout, prefill and first
          sample: estimates are positions times {state.base?.prefill.msPerPosition.toFixed(3)} ms (from{' '}
          {state.base?.prefill.n} prefills); W measures one in pairs.
        </p>
      )}
    </>
  )
}

function Rows() {
  const flips = useStore(whatIf, (state) => state.flips)
  const run = useStore(whatIf, (state) => state.run)
  const selected = useStore(view, (state) => state.chunk)
  const [all, setAll] = useState(false)
  const sorted = [...flips.values()].toSorted((a, b) => a.deltaNll - b.deltaNll || a.index - b.index)
  return (
    <Scroll>
      <table>
        <caption className="unseen">Chunks flipped alone, most helpful first</caption>
        <thead>
          <tr>
            <th scope="col">chunk</th>
            <th scope="col">to</th>
            <th scope="col">delta NLL ↓, nats/token</th>
            <th scope="col">delta PPL ↓</th>
            <th scope="col" className="words">
              greedy answer
            </th>
            <th scope="col">delta positions ↓</th>
            <th scope="col">delta TTFT ↓</th>
            <th scope="col" className="words">
              text
            </th>
          </tr>
        </thead>
        <tbody>
          {(all ? sorted : sorted.slice(0, fewRows)).map((flip) => (
            <tr key={flip.index} data-on={flip.index === selected || undefined}>
              <td>
                <ChunkCell index={flip.index} />
              </td>
              <td>{flip.to === 'expand' ? '≣ expanded' : '▣ compressed'}</td>
              <td>{formatNats(flip.deltaNll)}</td>
              <td>{formatNats(flip.deltaPpl)}</td>
              <td className="clip words" title={flip.answer}>
                {flip.changes ? flip.answer : <span className="quiet">stays</span>}
              </td>
              <td>{formatSignedCount(flip.deltaPositions)}</td>
              <td>
                {formatSignedMs(flip.deltaTtft.ms)} <span className="quiet">{flip.deltaTtft.kind}</span>
              </td>
              <ChunkWords index={flip.index} run={run} />
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

/** Compress: what the chunks save, which embeddings were made afresh, and how each passage was cut. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { Facts } from '../../parts/Facts.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { formatCount, formatMs } from '../../parts/format.ts'
import { ask, type Shown } from '../../state/ask.ts'
import { nameOf } from '../../state/strip.ts'
import { useStale } from './RunLine.tsx'

export function Compress() {
  const shown = useStore(ask, (state) => state.shown)
  const running = useStore(ask, (state) => state.phase === 'running')
  const stale = useStale().length > 0
  return (
    <Pane title="Compress" stale={stale} held={running && shown?.stages.compress.state !== 'done'}>
      {shown === null || shown.chunks.length === 0 ? (
        running ? (
          <Loading label="Encoding chunks" />
        ) : (
          <Empty>Run the plan to see its context compressed.</Empty>
        )
      ) : (
        <Figures shown={shown} />
      )}
    </Pane>
  )
}

function Figures({ shown }: { readonly shown: Shown }) {
  const { chunks } = shown
  const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, 0)
  const cached = chunks.filter((chunk) => chunk.cached).length
  const fresh = chunks.length - cached
  const ms = shown.stages.compress.ms
  return (
    <>
      <p className="figure">
        <b>{formatCount(tokens)}</b> tokens → <b>{formatCount(chunks.length)}</b> embeddings
        <span className="quiet">{(tokens / chunks.length).toFixed(2)} tokens each, all compressed</span>
      </p>
      <Facts
        facts={[
          ['from the cache', formatCount(cached)],
          ['encoded in this run', formatCount(fresh)],
          ['time', ms === null ? '—' : formatMs(ms)],
          ['a fresh chunk', ms === null || fresh === 0 ? '—' : formatMs(ms / fresh)],
        ]}
      />
      <Cuts shown={shown} />
    </>
  )
}

function Cuts({ shown }: { readonly shown: Shown }) {
  const rows = useMemo(() => cutsOf(shown), [shown])
  return (
    <Scroll>
      <table>
        <caption className="unseen">How each passage was cut</caption>
        <thead>
          <tr>
            <th scope="col">passage</th>
            <th scope="col">tokens</th>
            <th scope="col">chunks</th>
            <th scope="col">last chunk</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, title, tokens, chunks, last }) => (
            <tr key={id}>
              <th scope="row" className="clip">
                {title}
              </th>
              <td>{formatCount(tokens)}</td>
              <td>{chunks}</td>
              <td>{last === shown.plan.k ? 'whole' : `${last} of ${shown.plan.k}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function cutsOf({ passages, chunks }: Shown) {
  return passages.flatMap((passage) => {
    const own = chunks.filter((chunk) => chunk.passage === passage.id)
    if (own.length === 0) return []
    const tokens = own.reduce((sum, chunk) => sum + chunk.tokens, 0)
    const title = `${passage.rank} ${nameOf(passage, passages)}`
    return [{ id: passage.id, title, tokens, chunks: own.length, last: own.at(-1)?.tokens ?? 0 }]
  })
}

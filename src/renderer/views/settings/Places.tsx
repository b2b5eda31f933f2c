/** What the workbench keeps on disk: where, how much, and the one thing that can be cleared at no loss. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Loading, Pane } from '../../parts/Pane.tsx'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { formatBytes } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { clearCache, house, measurePlaces } from '../../state/house.ts'
import { say } from '../../state/view.ts'

export function Places() {
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const free = useStore(engine, (state) => state.health?.freeDiskBytes)
  const { places, placesFault, clearing } = useStore(house)
  useEffect(() => {
    if (ready) void measurePlaces()
  }, [ready])
  const total = (places ?? []).filter(({ name }) => name !== 'Models').reduce((sum, { bytes }) => sum + bytes, 0)
  return (
    <Pane
      title="Paths"
      stale={!ready && places !== null}
      note={places === null ? undefined : `${formatBytes(total)} without models`}
      aside={free === undefined ? undefined : <small>{formatBytes(free)} free on the disk</small>}
    >
      {placesFault !== null && (
        <FaultNote
          what="What is kept could not be measured."
          fault={placesFault}
          onRetry={() => void measurePlaces()}
        />
      )}
      {places === null && placesFault === null && <Loading label="Measuring what is kept" lines={6} />}
      {places !== null && (
        <table className="places">
          <caption className="unseen">What is kept on disk</caption>
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col">size</th>
              <th scope="col">path</th>
              <th scope="col">
                <span className="unseen">actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {places.map(({ name, about, path, bytes, clearable }) => (
              <tr key={name}>
                <th scope="row">
                  {name} <small>{about}</small>
                </th>
                <td>{formatBytes(bytes)}</td>
                <td className="places-path">
                  <code title={path}>{path}</code>
                </td>
                <td>
                  {clearable && (
                    <button type="button" disabled={!ready || clearing} onClick={() => void clearCache()}>
                      {clearing ? 'Clearing…' : 'Clear'}
                    </button>
                  )}
                  {!clearable && <CopyButton label="Copy path" text={() => path} onSay={say} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="quiet">
        REFRAG_HOME names another folder for all but the models, REFRAG_MODELS another folder for those.
      </p>
    </Pane>
  )
}

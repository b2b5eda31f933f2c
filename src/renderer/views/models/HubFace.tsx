/** The Hub: a search by words, or one repository by its id, and what it is asked with. */
import { useStore } from 'zustand'
import type { HubEntry } from '../../../shared/hub.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading } from '../../parts/Pane.tsx'
import { formatCount, formatLarge } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { find, forgetHubFault, hub, isId, lookAt, stopAsking, typeQuery, typeRevision } from '../../state/modelsHub.ts'
import { HubAccessRow } from './HubAccess.tsx'
import { HubLook } from './HubLook.tsx'
import { hubSearchId } from './keys.ts'

export function HubFace() {
  const { query, revision, phase, found, looked, fault } = useStore(hub)
  const away = useStore(engine, (state) => state.status.state !== 'ready')
  const nothing = query.trim() === ''
  return (
    <div className="model-face">
      <HubAccessRow />
      <form
        className="hub-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (!away && !nothing) void find()
        }}
      >
        <label className="unseen" htmlFor={hubSearchId}>
          Words or an id
        </label>
        <input
          id={hubSearchId}
          type="search"
          placeholder="Words, or OWNER/NAME"
          value={query}
          maxLength={200}
          onChange={(event) => typeQuery(event.target.value)}
        />
        <input
          type="text"
          aria-label="Revision: branch, tag or commit"
          placeholder="main"
          value={revision}
          maxLength={255}
          onChange={(event) => typeRevision(event.target.value)}
        />
        <button type="submit" aria-disabled={away || nothing}>
          {isId(query) || revision.trim() !== '' ? 'Look' : 'Search'}
        </button>
      </form>
      {fault !== null && (
        <FaultNote what={fault.what} fault={fault.fault} onRetry={() => void find()} onDismiss={forgetHubFault} />
      )}
      {phase !== 'idle' && (
        <div className="hub-asking">
          <Loading label={phase === 'searching' ? 'Searching the Hub' : 'Looking at the repository'} />
          <button type="button" onClick={stopAsking}>
            Cancel
          </button>
        </div>
      )}
      {phase === 'idle' && looked !== null && <HubLook key={`${looked.id}@${looked.commit}`} model={looked} />}
      {phase === 'idle' && looked === null && found !== null && <Found query={found.query} entries={found.entries} />}
      {phase === 'idle' && looked === null && found === null && fault === null && (
        <p className="quiet">Nothing is sent anywhere before you search. Nothing is fetched before you have seen it.</p>
      )}
    </div>
  )
}

function Found({ query, entries }: { readonly query: string; readonly entries: readonly HubEntry[] }) {
  if (entries.length === 0) return <Empty>No model with safetensors is found by “{query}”.</Empty>
  return (
    <ul className="hub-found" aria-label={`Found by ${query}`}>
      {entries.map(({ id, architecture, parameters, licence, gated, downloads }) => (
        <li key={id}>
          <button type="button" onClick={() => void lookAt(id)}>
            <strong>{id}</strong>
            <span className="quiet">
              {[
                architecture ?? 'architecture not told',
                ...(parameters === null ? [] : [`${formatLarge(parameters)} parameters`]),
                licence ?? 'licence not told',
                ...(gated ? ['gated'] : []),
                `${formatCount(downloads)} downloads`,
              ].join(' · ')}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

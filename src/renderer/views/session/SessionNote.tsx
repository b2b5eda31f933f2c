/** What stands above the screen of a session: that this window only looks, what failed, an index that is missing. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { MissingIndex } from '../../../shared/session.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { plural } from '../../parts/format.ts'
import { corpus } from '../../state/corpus.ts'
import { dismissMissing, dismissSessionFault } from '../../state/session.ts'
import { session } from '../../state/sessionNow.ts'
import { forgetRemovedSession, locateIndex, rebuildIndex, restoreSession, sessions } from '../../state/sessions.ts'
import { perform } from '../frame/commands.ts'

export function SessionNote() {
  const { writer, fault, missing } = useStore(session)
  return (
    <>
      {writer === false && (
        <p className="looks-note">
          <span>
            <strong>Read-only.</strong> Another window writes this session; what changes there is shown here. When it is
            closed, this window takes over.
          </span>
          <button type="button" onClick={() => perform('new-session')}>
            New session
          </button>
        </p>
      )}
      {fault !== null && (
        <div className="link-note">
          <FaultNote what={fault.what} fault={fault.fault} onDismiss={dismissSessionFault} />
        </div>
      )}
      {missing.slice(0, 1).map((index) => (
        <Missing key={index.path} index={index} locked={writer === false} />
      ))}
      <Removed />
    </>
  )
}

function Missing({ index, locked }: { readonly index: MissingIndex; readonly locked: boolean }) {
  const here = useStore(corpus, (state) => state.indexes) ?? []
  const [chosen, setChosen] = useState('')
  const found = here.find(({ path }) => path === chosen)
  const { name, passages, path, rebuild } = index
  return (
    <div className="looks-note" role="alert">
      <span title={path}>
        <strong>The index {name} is not here</strong>
        {passages === null ? '' : ` (${plural(passages, 'passage')})`}. Runs and comparisons can be looked at; to ask
        again, locate it or build it again from its documents.
      </span>
      <select
        aria-label="Index to take in its place"
        value={chosen}
        onChange={(event) => setChosen(event.target.value)}
      >
        <option value="">locate among the indexes here</option>
        {here.map((each) => (
          <option key={each.path} value={each.path}>
            {each.name}, {plural(each.passages, 'passage')}
          </option>
        ))}
      </select>
      <button
        type="button"
        disabled={found === undefined || locked}
        onClick={() => found !== undefined && locateIndex(found.path, found.name)}
      >
        Take it
      </button>
      {rebuild === null ? (
        <button type="button" onClick={() => perform('open-files')}>
          Open its documents
        </button>
      ) : (
        <button type="button" className="primary" disabled={locked} onClick={() => void rebuildIndex(name, rebuild)}>
          Build it again
        </button>
      )}
      <button type="button" onClick={dismissMissing}>
        Dismiss
      </button>
    </div>
  )
}

function Removed() {
  const removed = useStore(sessions, (state) => state.removed)
  if (removed === null) return null
  return (
    <p className="looks-note" role="status">
      <span>{removed.name} is removed. Its runs are kept.</span>
      <button type="button" onClick={() => void restoreSession()}>
        Undo
      </button>
      <button type="button" onClick={forgetRemovedSession}>
        Dismiss
      </button>
    </p>
  )
}

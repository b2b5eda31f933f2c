/** The sessions that are kept: opened where they were left, pinned, removed. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { session } from '../../state/sessionNow.ts'
import { goOn, listSessions, pinSession, removeSession, sessions } from '../../state/sessions.ts'

export function RecentSessions() {
  const { list, listFault } = useStore(sessions)
  const status = useStore(engine, (state) => state.status.state)
  const open = useStore(session, (state) => state.id)
  const savedAt = useStore(session, (state) => state.savedAt)
  useEffect(() => {
    if (status === 'ready') void listSessions()
  }, [status, open, savedAt])
  return (
    <Pane title="Sessions" note={list === null ? undefined : formatCount(list.length)}>
      {listFault !== null && (
        <FaultNote what="The sessions could not be listed." fault={listFault} onRetry={() => void listSessions()} />
      )}
      {list === null && listFault === null && <Loading label="Asking the engine" lines={2} />}
      {list?.length === 0 && <Empty>No session yet. The first question begins one; it is kept as you go.</Empty>}
      {list !== null && list.length > 0 && (
        <ul className="recent sessions">
          {list.map((info) => (
            <li key={info.id}>
              <button type="button" onClick={() => void goOn(info.id)} title={info.question}>
                <Icon name="bench" />
                <strong>{info.name}</strong>
                <span>
                  {info.id === open ? 'this one · ' : info.open ? 'open elsewhere · ' : ''}
                  {plural(info.runs, 'run')}, {plural(info.snapshots, 'snapshot')}
                </span>
                <time dateTime={info.changed}>
                  {new Date(info.changed).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
                </time>
              </button>
              <button
                type="button"
                className="plain session-act"
                aria-pressed={info.pinned}
                aria-label={`Pin ${info.name}`}
                title={info.pinned ? 'Pinned: stands first' : 'Pin: let it stand first'}
                onClick={() => void pinSession(info)}
              >
                <Icon name="star" />
              </button>
              <button
                type="button"
                className="plain session-act"
                aria-label={`Remove ${info.name}`}
                title="Remove from the list; it can be undone"
                onClick={() => void removeSession(info)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </Pane>
  )
}

/** The session in the top bar: its name, and whether what changed is kept. */
import { useStore } from 'zustand'
import { session, type SessionState } from '../../state/sessionNow.ts'
import { perform } from '../frame/commands.ts'

const marks: Readonly<Record<SessionState['saving'], string>> = {
  saved: 'autosaved',
  saving: 'saving…',
  failed: 'not saved',
}

export function SessionMark() {
  const { id, name, saving, savedAt, writer } = useStore(session)
  if (id === null) return null
  const mark = writer === false ? 'read-only' : marks[saving]
  const time = savedAt === null ? '' : ` at ${new Date(savedAt).toLocaleTimeString()}`
  const about = { saved: `Everything is kept${time}`, saving: 'Being kept', failed: `Last kept${time}; tried again` }[
    saving
  ]
  return (
    <button
      type="button"
      className="plain session-mark"
      data-state={writer === false ? 'looks' : saving}
      title={writer === false ? 'Another window writes this session' : `${about}. Click to rename.`}
      onClick={() => perform('rename-session')}
    >
      <strong>{name}</strong>
      <span className="session-dot" aria-hidden="true" />
      <span className="quiet">{mark}</span>
    </button>
  )
}

/** One line of text asked for: the name of a snapshot or of the session. */
import { useEffect, useId, useRef, useState } from 'react'
import { takeSnapshot, nextName } from '../../state/snapshots.ts'
import { renameSession } from '../../state/session.ts'
import { session } from '../../state/sessionNow.ts'
import { openDialog } from '../../state/view.ts'
import { Modal } from '../frame/Modal.tsx'

export function SnapshotDialog() {
  return <NameDialog title="Snapshot of the plan" action="Keep" first={nextName()} onName={takeSnapshot} />
}

export function RenameDialog() {
  return (
    <NameDialog
      title="Name of the session"
      action="Rename"
      first={session.getState().name}
      onName={(name) => void renameSession(name)}
    />
  )
}

type Props = {
  readonly title: string
  readonly action: string
  readonly first: string
  readonly onName: (name: string) => void
}

function NameDialog({ title, action, first, onName }: Props) {
  const [name, setName] = useState(first)
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  // A dialog gives the focus to what comes first in it, which is the button that closes it.
  useEffect(() => field.current?.focus(), [])
  const empty = name.trim() === ''
  return (
    <Modal title={title} className="name-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (empty) return
          openDialog(null)
          onName(name)
        }}
      >
        <label htmlFor={id}>Name</label>
        <input
          ref={field}
          id={id}
          type="text"
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        <button type="submit" className="primary" disabled={empty}>
          {action}
        </button>
      </form>
    </Modal>
  )
}

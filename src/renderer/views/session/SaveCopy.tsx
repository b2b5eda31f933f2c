/** What goes into a copy of the session, before it is saved. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { plural } from '../../parts/format.ts'
import { session } from '../../state/sessionNow.ts'
import { saveCopy } from '../../state/sessions.ts'
import { openDialog } from '../../state/view.ts'
import { Modal } from '../frame/Modal.tsx'

export function SaveCopy() {
  const { name, runs, comparisons, snapshots } = useStore(session)
  const [corpus, setCorpus] = useState(false)
  return (
    <Modal title="Save a copy" className="name-dialog">
      <p>
        <strong>{name}</strong>: the plan with its undo, {plural(snapshots.length, 'snapshot')},{' '}
        {plural(runs.length, 'run')} and {plural(comparisons.length, 'comparison')}, whole. Runs hold the passages that
        they retrieved.
      </p>
      <label className="check">
        <input type="checkbox" checked={corpus} onChange={(event) => setCorpus(event.target.checked)} />
        embed the corpus: all of its text, so that its index can be built again elsewhere
      </label>
      <p className="quiet">Without it the corpus is referred to by its name and hash.</p>
      <button
        type="button"
        className="primary"
        onClick={() => {
          openDialog(null)
          void saveCopy(corpus)
        }}
      >
        Save a copy
      </button>
    </Modal>
  )
}

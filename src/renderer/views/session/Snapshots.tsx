/** The snapshots: gone to, laid beside each other or the plan as it stands, deleted. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Snapshot } from '../../../shared/session.ts'
import { Empty } from '../../parts/Pane.tsx'
import { plan } from '../../state/plan.ts'
import { session, whyReadOnly } from '../../state/sessionNow.ts'
import { deleteSnapshot, differing, goToSnapshot, restoreSnapshot } from '../../state/snapshots.ts'
import { openDialog } from '../../state/view.ts'

const now = 'now'

export function Snapshots() {
  const { snapshots, removedSnapshot } = useStore(session)
  const locked = useStore(session, () => whyReadOnly() !== null)
  const [left, setLeft] = useState<string | null>(null)
  return (
    <section aria-label="Snapshots">
      <div className="history-head">
        <h3>Snapshots</h3>
        <button type="button" disabled={locked} onClick={() => openDialog('snapshot')}>
          New snapshot
        </button>
      </div>
      {snapshots.length === 0 && <Empty>No snapshot yet. Ctrl+S keeps the plan as it stands under a name.</Empty>}
      <ul className="snapshots">
        {snapshots.toReversed().map((snapshot) => (
          <Row
            key={snapshot.id}
            snapshot={snapshot}
            locked={locked}
            compared={left === snapshot.id}
            onCompare={() => setLeft(left === snapshot.id ? null : snapshot.id)}
          />
        ))}
      </ul>
      {removedSnapshot !== null && (
        <p className="history-note">
          “{removedSnapshot.name}” is deleted.{' '}
          <button type="button" onClick={restoreSnapshot}>
            Undo
          </button>
        </p>
      )}
      <Diff key={left} snapshots={snapshots} left={left} />
    </section>
  )
}

type RowProps = {
  readonly snapshot: Snapshot
  readonly locked: boolean
  readonly compared: boolean
  readonly onCompare: () => void
}

function Row({ snapshot, locked, compared, onCompare }: RowProps) {
  const { name, made, plan: kept } = snapshot
  return (
    <li>
      <span className="grow">
        <strong>{name}</strong>
        <small className="quiet">
          k {kept.k}, p {kept.p}, {kept.policy} · {new Date(made).toLocaleTimeString(undefined, { timeStyle: 'short' })}
        </small>
      </span>
      <button type="button" disabled={locked} aria-label={`Go to ${name}`} onClick={() => void goToSnapshot(snapshot)}>
        Go to
      </button>
      <button type="button" aria-label={`Compare ${name}`} aria-pressed={compared} onClick={onCompare}>
        Compare
      </button>
      <button type="button" disabled={locked} aria-label={`Delete ${name}`} onClick={() => deleteSnapshot(snapshot)}>
        Delete
      </button>
    </li>
  )
}

type DiffProps = { readonly snapshots: readonly Snapshot[]; readonly left: string | null }

/** Only the settings in which the two differ. */
function Diff({ snapshots, left }: DiffProps) {
  const present = useStore(plan, (state) => state.present)
  const [right, setRight] = useState(now)
  const a = snapshots.find(({ id }) => id === left)
  if (a === undefined) return null
  const b = snapshots.find(({ id }) => id === right)
  const rows = differing(a.plan, b?.plan ?? present)
  return (
    <div className="history-diff">
      <label>
        {a.name} against{' '}
        <select value={b === undefined ? now : right} onChange={(event) => setRight(event.target.value)}>
          <option value={now}>the plan now</option>
          {snapshots
            .filter(({ id }) => id !== left)
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
        </select>
      </label>
      {rows.length === 0 ? (
        <p className="quiet">They are the same plan.</p>
      ) : (
        <table aria-label="Settings that differ">
          <thead>
            <tr>
              <th scope="col">setting</th>
              <th scope="col">{a.name}</th>
              <th scope="col">{b?.name ?? 'now'}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ field, values }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                {values.map((value, at) => (
                  <td key={at === 0 ? 'a' : 'b'}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

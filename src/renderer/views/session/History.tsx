/** The history of the plan: its steps of undo by name, to jump to, and its snapshots. */
import { useStore } from 'zustand'
import { jumpBy, plan } from '../../state/plan.ts'
import { whyReadOnly, session } from '../../state/sessionNow.ts'
import { Modal } from '../frame/Modal.tsx'
import { Snapshots } from './Snapshots.tsx'

export function History() {
  return (
    <Modal title="History" className="history">
      <Steps />
      <Snapshots />
    </Modal>
  )
}

/** The next steps above the one that stands, those behind it below, the latest first. */
function Steps() {
  const { past, future } = useStore(plan)
  const locked = useStore(session, () => whyReadOnly() !== null)
  const behind = past.toReversed()
  return (
    <section aria-label="Steps">
      <h3>Steps</h3>
      <ol>
        {future.toReversed().map(({ name }, at) => (
          <Step key={`on ${future.length - at}`} name={name} by={future.length - at} locked={locked} />
        ))}
        {behind.map(({ name }, at) => (
          <Step key={`back ${past.length - at}`} name={name} by={-at} locked={locked} />
        ))}
        <Step name="As it began" by={-past.length} locked={locked} />
      </ol>
    </section>
  )
}

type StepProps = { readonly name: string; readonly by: number; readonly locked: boolean }

function Step({ name, by, locked }: StepProps) {
  return (
    <li data-ahead={by > 0 || undefined}>
      <button
        type="button"
        className="plain"
        aria-current={by === 0 ? 'step' : undefined}
        disabled={locked}
        onClick={() => jumpBy(by)}
      >
        <span className="grow">{name}</span>
        {by === 0 && <span className="quiet">now</span>}
        {by > 0 && <span className="quiet">undone</span>}
      </button>
    </li>
  )
}

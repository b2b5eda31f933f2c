/** Why what was asked for last is not done: over the foot of the page for a while, so that nothing moves. It was said already. */
import { useStore } from 'zustand'
import { Icon } from '../../parts/Icon.tsx'
import { dismissRefusal, view } from '../../state/view.ts'

export function Refusal() {
  const refused = useStore(view, (state) => state.refused)
  if (refused === null) return null
  return (
    <div className="refusal">
      <Icon name="warn" />
      <span>{refused.reason}</span>
      <button type="button" className="plain" aria-label="Dismiss" onClick={dismissRefusal}>
        <Icon name="close" />
      </button>
    </div>
  )
}

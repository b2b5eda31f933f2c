/** A line above the screen while the engine is away; it goes by itself when the engine is back. */
import { useStore } from 'zustand'
import { engine } from '../../state/engine.ts'

export function EngineNote() {
  const { state } = useStore(engine, (value) => value.status)
  const met = useStore(engine, (value) => value.health !== null)
  if (state !== 'gone') return null
  return (
    <p className="engine-note" role="alert">
      {met
        ? 'The engine stopped and is being started again. What is on the screen stays.'
        : 'The engine cannot be reached; trying again.'}
    </p>
  )
}

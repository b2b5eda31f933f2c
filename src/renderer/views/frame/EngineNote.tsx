/** A line above the screen while the engine is away; it goes by itself when the engine is back. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { engine } from '../../state/engine.ts'

/** An engine that starts again is back sooner; what takes longer was ended with its door. */
const longMs = 8000

export function EngineNote() {
  const { state } = useStore(engine, (value) => value.status)
  const met = useStore(engine, (value) => value.health !== null)
  const [long, setLong] = useState(false)
  useEffect(() => {
    if (state !== 'gone') return
    const timer = setTimeout(() => setLong(true), longMs)
    return () => {
      clearTimeout(timer)
      setLong(false)
    }
  }, [state])
  if (state !== 'gone') return null
  return (
    <p className="engine-note" role="alert">
      {met
        ? 'The engine stopped and is being started again. What is on the screen stays.'
        : 'The engine cannot be reached; trying again.'}
      {long && ' If the workbench was ended, start it again and open the address that it prints: nothing is lost.'}
    </p>
  )
}

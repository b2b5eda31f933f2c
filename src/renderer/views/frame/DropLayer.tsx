/** The whole window as a drop target; a sheet says so while files hang over it. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { drops } from '../../state/drops.ts'
import { openFiles } from '../../state/sessions.ts'

export function DropLayer() {
  const [over, setOver] = useState(false)
  const words = useStore(drops, ({ taker }) => taker?.words ?? 'Drop to look over before indexing')
  useEffect(() => {
    // Enter and leave fire for every element under the pointer; the depth tells when the window itself is left.
    let depth = 0
    function enter(event: DragEvent) {
      if (event.dataTransfer?.types.includes('Files') !== true) return
      depth += 1
      setOver(true)
    }
    function leave() {
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    function drop(event: DragEvent) {
      event.preventDefault()
      depth = 0
      setOver(false)
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length === 0) return
      const { taker } = drops.getState()
      if (taker === null) void openFiles(files)
      else taker.take(files)
    }
    function hold(event: DragEvent) {
      event.preventDefault()
    }
    const events = { dragenter: enter, dragleave: leave, dragover: hold, drop } as const
    for (const [name, listener] of Object.entries(events)) window.addEventListener(name as 'drop', listener)
    return () => {
      for (const [name, listener] of Object.entries(events)) window.removeEventListener(name as 'drop', listener)
    }
  }, [])
  if (!over) return null
  return (
    <section className="drop-layer" aria-label="Drop target">
      <p>{words}</p>
    </section>
  )
}

/** The servers that were confirmed, asked for when a choice of them comes into sight and each time the engine arrives. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { engine } from '../../state/engine.ts'
import { readRemotes, remotes } from '../../state/remotes.ts'

/** How many there are; 0 until the engine has told. */
export function useKnownServers(): number {
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const known = useStore(remotes, (state) => state.list?.length ?? 0)
  useEffect(() => {
    if (ready) void readRemotes()
  }, [ready])
  return known
}

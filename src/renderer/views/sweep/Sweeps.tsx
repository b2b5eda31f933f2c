/** The sweep screen: the grid on the left, the sweep looked at beside it, all sweeps below. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { engine } from '../../state/engine.ts'
import { listSweeps } from '../../state/sweeps.ts'
import { Earlier } from './Earlier.tsx'
import { SetUp } from './SetUp.tsx'
import { Shown } from './Shown.tsx'

export function Sweeps() {
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  useEffect(() => {
    if (ready) void listSweeps()
  }, [ready])
  return (
    <main className="train">
      <h1 className="unseen">Sweep</h1>
      <div className="train-grid">
        <SetUp />
        <div className="train-column">
          <Shown />
          <Earlier />
        </div>
      </div>
    </main>
  )
}

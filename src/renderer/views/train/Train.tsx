/** The training screen: settings on the left, the training looked at beside them, all trainings below. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { engine } from '../../state/engine.ts'
import { listTrainings } from '../../state/train.ts'
import { Earlier } from './Earlier.tsx'
import { Live } from './Live.tsx'
import { SetUp } from './SetUp.tsx'

export function Train() {
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  useEffect(() => {
    if (ready) void listTrainings()
  }, [ready])
  return (
    <main className="train">
      <h1 className="unseen">Train</h1>
      <div className="train-grid">
        <SetUp />
        <div className="train-column">
          <Live />
          <Earlier />
        </div>
      </div>
    </main>
  )
}

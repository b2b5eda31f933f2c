/** The bench: question and plan, the six stages, the chunks, the answer, and the pane of the stage looked at. */
import type { ComponentType } from 'react'
import { useStore } from 'zustand'
import type { StageName } from '../../../shared/run.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ask, run } from '../../state/ask.ts'
import { view } from '../../state/view.ts'
import { Compress } from './Compress.tsx'
import { Answer, Decode } from './Decode.tsx'
import { Expand } from './Expand.tsx'
import { Inspector } from './Inspector.tsx'
import { Measure } from './Measure.tsx'
import { PlanBar } from './PlanBar.tsx'
import { Retrieve } from './Retrieve.tsx'
import { Sense } from './Sense.tsx'
import { RunLine } from './RunLine.tsx'
import { Stepper } from './Stepper.tsx'
import { Strip } from './Strip.tsx'
import { Sweep } from './Sweep.tsx'
import { WhatIf } from './WhatIf.tsx'

const panes: Readonly<Record<StageName, ComponentType>> = {
  retrieve: Retrieve,
  compress: Compress,
  sense: Sense,
  expand: Expand,
  decode: Decode,
  measure: Measure,
}

export function Bench() {
  const stage = useStore(view, (state) => state.stage)
  const inspector = useStore(view, (state) => state.inspector)
  const fault = useStore(ask, (state) => state.fault)
  const partial = useStore(ask, ({ shown }) => shown !== null && shown.answering && shown.run === null)
  const Stage = panes[stage]
  return (
    <>
      <main className="bench">
        <h1 className="unseen">Bench</h1>
        <PlanBar />
        <RunLine />
        {fault !== null && (
          <FaultNote
            what={partial ? 'The run failed in the middle of its answer.' : 'The run failed.'}
            fault={fault}
            onRetry={() => void run()}
            onDismiss={() => ask.setState({ fault: null })}
          />
        )}
        <Stepper />
        <Strip />
        <div className="two">
          <Answer />
          <Stage />
        </div>
        <WhatIf />
        <Sweep />
      </main>
      {inspector && <Inspector />}
    </>
  )
}

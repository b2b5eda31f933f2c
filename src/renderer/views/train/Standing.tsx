/** How the training looked at stands, and what can be done about it. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { TrainingInfo } from '../../../shared/train.ts'
import { Confirm } from '../../parts/Confirm.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { setUpAs } from '../../state/setUp.ts'
import { checkpointNow, discard, pause, resume, train } from '../../state/train.ts'

export function Standing({ info }: { readonly info: TrainingInfo }) {
  const { phase, progress, saving } = useStore(train)
  if (phase !== 'following' && phase !== 'stopping') return <Resting info={info} />
  const stopping = phase === 'stopping'
  return (
    <ProgressBar
      title="Training"
      progress={progress}
      cancelling={stopping}
      onCancel={() => void pause()}
      cancelLabel="Pause"
      actions={
        <>
          <button type="button" disabled={stopping || saving} onClick={() => void checkpointNow()}>
            Checkpoint now
          </button>
          <Discard info={info} label="Stop and discard" disabled={stopping} />
        </>
      }
    />
  )
}

function Resting({ info }: { readonly info: TrainingInfo }) {
  const again = useStore(train, (state) => state.phase === 'idle')
  if (!again || info.state === 'running') return null
  const { step, fault, input } = info
  if (info.state === 'failed' && fault !== null) return <Broken info={info} fault={fault} />
  const finished = info.state === 'finished'
  return (
    <div className="job-line train-state">
      <strong>{finished ? 'Finished' : 'Paused'}</strong>
      <span className="quiet grow">
        {formatCount(step)} of {plural(input.steps, 'step')}
      </span>
      {!finished && (
        <button type="button" onClick={() => void resume(info)}>
          Resume
        </button>
      )}
      <button type="button" onClick={() => setUpAs(info)}>
        Use settings
      </button>
      <Discard info={info} label="Discard" />
    </div>
  )
}

/** A training that something ended: what, what to do, and what is kept. */
function Broken({ info, fault }: { readonly info: TrainingInfo; readonly fault: NonNullable<TrainingInfo['fault']> }) {
  const diverged = fault.code === 'training-diverged'
  const kept = info.step === 0 ? 'No step was kept.' : `Step ${formatCount(info.step)}, the last good one, is kept.`
  return (
    <FaultNote
      what={diverged ? `Paused: the training diverged. ${kept}` : `Paused: it could not go on. ${kept}`}
      fault={fault}
      actions={
        <>
          {diverged ? (
            // Resuming would take the very same step at the same rate.
            <button type="button" onClick={() => setUpAs(info, 0.5)}>
              Set up at half the rate
            </button>
          ) : (
            <button type="button" onClick={() => void resume(info)}>
              Resume
            </button>
          )}
          <Discard info={info} label="Discard" />
        </>
      }
    />
  )
}

function Discard({
  info,
  label,
  disabled = false,
}: {
  readonly info: TrainingInfo
  readonly label: string
  readonly disabled?: boolean
}) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <button type="button" disabled={disabled} onClick={() => setAsking(true)}>
        {label}
      </button>
      {asking && (
        <Confirm
          title={`${label}?`}
          keepLabel="Keep it"
          doLabel={label}
          onKeep={() => setAsking(false)}
          onDo={() => {
            setAsking(false)
            void discard(info.id)
          }}
        >
          The folder of {info.id} is deleted with its checkpoint and all that it told. This cannot be taken back.
          {info.bundles.length > 0 && ' Bundles made of it stay.'}
        </Confirm>
      )}
    </>
  )
}

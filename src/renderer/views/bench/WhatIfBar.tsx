/** The head of a face of What if: the words that go with it, its button, its progress and its fault. */
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { ask } from '../../state/ask.ts'
import type { JobState } from '../../state/job.ts'
import { isBusy } from '../../state/whatIf.ts'

export type WhatIfBarProps = {
  readonly title: string
  readonly job: JobState
  /** On the button that begins it. */
  readonly begin: ReactNode
  /** Nothing is left to do. */
  readonly done?: boolean
  readonly onBegin: () => Promise<void>
  readonly onCancel: () => void
  /** What else is set beside the button. */
  readonly fields?: ReactNode
  readonly children: ReactNode
}

export function WhatIfBar({ title, job, begin, done = false, onBegin, onCancel, fields, children }: WhatIfBarProps) {
  const ready = useStore(ask, (state) => state.shown?.run != null)
  return (
    <>
      <div className="what-if-bar">
        <p className="quiet grow">{children}</p>
        {fields}
        {!isBusy(job) && (
          <button type="button" disabled={!ready || done} onClick={() => void onBegin()}>
            {begin}
          </button>
        )}
      </div>
      {isBusy(job) && (
        <ProgressBar
          title={title}
          progress={job.progress}
          cancelling={job.phase === 'cancelling'}
          onCancel={onCancel}
        />
      )}
      {job.phase === 'cancelled' && <p className="quiet">Cancelled: what has come so far is shown, marked partial.</p>}
      {job.fault !== null && <FaultNote what={`${title} failed.`} fault={job.fault} onRetry={() => void onBegin()} />}
    </>
  )
}

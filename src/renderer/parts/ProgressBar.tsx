/** Progress of a job: stage, n of m, rate, time left, Cancel. */
import type { ReactNode } from 'react'
import type { Progress } from '../../shared/job.ts'
import { formatBytes, formatCount, formatLeft, formatRate } from './format.ts'

export type ProgressBarProps = {
  readonly title: string
  readonly progress: Progress | null
  readonly cancelling: boolean
  readonly onCancel: () => void
  /** `Pause` where what is done so far is kept. */
  readonly cancelLabel?: keyof typeof cancellings
  /** What else can be done about the job. */
  readonly actions?: ReactNode
}

const cancellings = { Cancel: 'Cancelling…', Pause: 'Pausing…' } as const

export function ProgressBar(props: ProgressBarProps) {
  const { title, progress, cancelling, onCancel, cancelLabel = 'Cancel', actions } = props
  return (
    <div className="job">
      <div className="job-line">
        <strong>{title}</strong>
        <span className="quiet grow">{cancelling ? cancellings[cancelLabel] : describeProgress(progress)}</span>
        <button type="button" onClick={onCancel} disabled={cancelling}>
          {cancelLabel}
        </button>
        {actions}
      </div>
      <Track title={title} progress={progress} />
    </div>
  )
}

/** How much is done, or, where that cannot be told, that something is. */
export function Track({ title, progress }: { readonly title: string; readonly progress: Progress | null }) {
  const total = progress?.total ?? null
  const share = progress === null || total === null || total === 0 ? null : Math.min(1, progress.done / total)
  return (
    <div
      className={share === null ? 'track track-open' : 'track'}
      role="progressbar"
      aria-label={title}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { 'aria-valuenow': Math.round(share * 100) })}
    >
      <span style={share === null ? {} : { width: `${share * 100}%` }} />
    </div>
  )
}

/** Stage, n of m, rate and time left; `count` leaves out what is of the moment. */
export function describeProgress(progress: Progress | null, how: 'all' | 'count' = 'all'): string {
  if (progress === null) return 'Starting…'
  const { stage, done, total, unit, perSecond, secondsLeft, note } = progress
  const bytes = unit === 'bytes'
  const amount = bytes ? formatBytes : formatCount
  const parts = [`${stage}, ${amount(done)}${total === null ? '' : ` of ${amount(total)}`}${bytes ? '' : ` ${unit}`}`]
  if (how === 'count') return parts.join('')
  if (perSecond !== null) parts.push(bytes ? `${formatBytes(perSecond)} a second` : formatRate(perSecond))
  if (secondsLeft !== null) parts.push(formatLeft(secondsLeft))
  if (note !== undefined) parts.push(note)
  return parts.join(' · ')
}

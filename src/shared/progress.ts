/** Progress of long work: the one place where rates and remaining time are estimated. */
import type { Progress } from './job.ts'

/** The clock that pages and Node share. */
declare const performance: { readonly now: () => number }

/** A meter for one stage of a job; `at` makes the event for `done` units, `due` says when the next one is worth sending. */
export type Meter = {
  readonly at: (done: number, note?: string) => Progress
  /** True at most about 30 times a second, so that a stream of events stays readable. */
  readonly due: () => boolean
}

const millisecondsBetween = 33

/** Starts a meter now; `total` is null while unknown. */
export function meter(stage: string, unit: string, total: number | null): Meter {
  const started = performance.now()
  let last = -Infinity
  return {
    due: () => {
      const now = performance.now()
      if (now - last < millisecondsBetween) return false
      last = now
      return true
    },
    at: (done, note) => {
      const seconds = (performance.now() - started) / 1000
      const perSecond = done > 0 && seconds > 0 ? done / seconds : null
      const secondsLeft = perSecond === null || total === null ? null : (total - done) / perSecond
      return {
        type: 'progress',
        stage,
        done,
        total,
        unit,
        perSecond,
        secondsLeft,
        ...(note === undefined ? {} : { note }),
      }
    },
  }
}

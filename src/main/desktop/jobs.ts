/** The long work in hand, tallied from what the engine tells; plain data, so that it is tested without a desktop. */
import type { JobNotice } from '../../shared/job.ts'

export type Tally = ReadonlyMap<string, JobNotice>

/** The tally after a notice: work that ended leaves it. */
export function tallyAfter(tally: Tally, notice: JobNotice): Tally {
  const next = new Map(tally)
  if (notice.state === 'running') next.set(notice.id, notice)
  else next.delete(notice.id)
  return next
}

/** One bar for all work in hand: -1 for none, 2 while no total is known, else the mean share done. */
export function barOf(tally: Tally): number {
  if (tally.size === 0) return -1
  const shares = [...tally.values()].flatMap(({ done, total }) =>
    total === null || total <= 0 ? [] : [Math.min(1, Math.max(0, done / total))],
  )
  return shares.length === 0 ? 2 : shares.reduce((sum, share) => sum + share, 0) / shares.length
}

/** What to say of work that ended while nobody looked; null for work that goes on or that a person stopped. */
export function sayEnd(notice: JobNotice): { readonly title: string; readonly body: string } | null {
  const title = capital(notice.title)
  if (notice.state === 'finished') return { title, body: 'Finished.' }
  if (notice.state === 'failed') return { title, body: notice.keeps ? 'Failed; what it had done is kept.' : 'Failed.' }
  return null
}

/** The question before the window closes over work in hand. */
export function sayClosing(tally: Tally): { readonly message: string; readonly detail: string } {
  const jobs = [...tally.values()]
  const lines = jobs.map(({ title, done, total, keeps }) => {
    const far = total === null ? `${done} so far` : `${done} of ${total}`
    return `${capital(title)}: ${far}. ${keeps ? 'Paused, it goes on later from there.' : 'Stopped, it begins anew.'}`
  })
  return {
    message: jobs.length === 1 ? 'A job is running.' : `${jobs.length} jobs are running.`,
    detail: lines.join('\n'),
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

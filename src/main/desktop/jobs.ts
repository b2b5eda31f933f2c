/** The engine's jobs as the desktop shows them; plain data, so that it is tested without a desktop. */
import type { JobInfo, JobKind } from '../../shared/jobList.ts'

/** Jobs that go on from where they were stopped although no page holds them by an id: they keep what ends in a folder. */
const keptKinds: ReadonlySet<JobKind> = new Set(['ablation', 'claims'])

/** The long work in hand: an answer is waited for, and is none. */
export function inHand(jobs: readonly JobInfo[]): JobInfo[] {
  return jobs.filter(({ kind, ended }) => kind !== 'answer' && ended === null)
}

/** The jobs that were in hand and have ended since. */
export function endedSince(before: readonly JobInfo[], jobs: readonly JobInfo[]): JobInfo[] {
  const were = new Set(before.map(({ id }) => id))
  return jobs.filter(({ id, ended }) => were.has(id) && ended !== null)
}

/** One bar for all work in hand: -1 for none, 2 while no total is known, else the mean share done. */
export function barOf(work: readonly JobInfo[]): number {
  if (work.length === 0) return -1
  const shares = work.flatMap(({ progress }) =>
    progress === null || progress.total === null || progress.total <= 0
      ? []
      : [Math.min(1, Math.max(0, progress.done / progress.total))],
  )
  return shares.length === 0 ? 2 : shares.reduce((sum, share) => sum + share, 0) / shares.length
}

/** What to say of a job that ended while nobody looked; null where a hand stopped it. */
export function sayEnd({ title, state, fault }: JobInfo): { readonly title: string; readonly body: string } | null {
  if (state === 'done') return { title, body: 'Finished.' }
  if (state === 'failed') return { title, body: fault === null ? 'Failed.' : `Failed: ${fault.message}` }
  return null
}

/** The question before the window closes over work in hand. */
export function sayClosing(work: readonly JobInfo[]): { readonly message: string; readonly detail: string } {
  const lines = work.map((job) => {
    const kept = job.work !== null || keptKinds.has(job.kind)
    return `${job.title}: ${farOf(job)}. ${kept ? 'Paused, it goes on later from there.' : 'Stopped, it begins anew.'}`
  })
  return {
    message: work.length === 1 ? 'A job is running.' : `${work.length} jobs are running.`,
    detail: lines.join('\n'),
  }
}

function farOf({ progress }: JobInfo): string {
  if (progress === null) return 'just begun'
  const { done, total, unit } = progress
  return total === null ? `${done} ${unit} so far` : `${done} of ${total} ${unit}`
}

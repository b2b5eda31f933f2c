/** The jobs of the engine as the page lists them, whoever began them; and the memory that it takes. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { Held, JobInfo } from '../../shared/jobList.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { discardSweep } from './sweeps.ts'
import { discard } from './train.ts'
import { say } from './view.ts'

export type JobsState = {
  /** Null until the engine has told. */
  readonly list: readonly JobInfo[] | null
  readonly residentBytes: number | null
  /** What is in memory; null until the engine has told. */
  readonly held: Held | null
  readonly fault: FaultData | null
}

export const jobs = createStore<JobsState>()(() => ({ list: null, residentBytes: null, held: null, fault: null }))

let following: AbortController | null = null

/** Follows the list from now on; called each time the engine arrives. */
export async function followJobs(): Promise<void> {
  following?.abort()
  const mine = new AbortController()
  following = mine
  try {
    for await (const { jobs: list, residentBytes, held } of await link().jobs.follow(undefined, {
      signal: mine.signal,
    })) {
      if (following !== mine) return
      tellEnds(jobs.getState().list ?? [], list)
      jobs.setState({ list, residentBytes, held, fault: null })
    }
  } catch (error) {
    // An engine that went away is told of elsewhere, and followed again when it is back.
    if (!mine.signal.aborted && following === mine) jobs.setState({ fault: noteFault('list the jobs', error) })
  }
}

export function isActive({ state }: JobInfo): boolean {
  return state === 'running' || state === 'stopping'
}

/** Stops a job; sweeps and trainings keep what they have and can be gone on with. Of one that has ended the row goes. */
export async function stopJob(id: string): Promise<void> {
  try {
    await link().jobs.stop({ id })
  } catch (error) {
    jobs.setState({ fault: noteFault('stop the job', error) })
  }
}

/** Stops a sweep, a training or a download and deletes all that it kept. */
export async function discardJob({ kind, work }: JobInfo): Promise<void> {
  if (work === null) return
  if (kind === 'sweep') return discardSweep(work)
  if (kind !== 'download') return discard(work)
  try {
    await link().hub.discard({ key: work })
  } catch (error) {
    jobs.setState({ fault: noteFault('delete the download', error) })
  }
}

/** Clears the rows of jobs that have ended. */
export async function clearEnded(): Promise<void> {
  for (const job of jobs.getState().list ?? []) if (!isActive(job)) await stopJob(job.id)
}

const ends: Readonly<Record<string, string>> = { done: 'is done', stopped: 'was stopped', failed: 'failed' }

/** Says how jobs ended since the list before. */
function tellEnds(before: readonly JobInfo[], now: readonly JobInfo[]): void {
  const ran = new Set(before.filter(isActive).map(({ id }) => id))
  for (const job of now) if (ran.has(job.id) && !isActive(job)) say(`${job.title} ${ends[job.state]}.`)
}

/** Long work of the engine as the page follows it: progress, partial results, one end. */
import type { FaultData } from '../../shared/fault.ts'
import type { JobEvent, Progress } from '../../shared/job.ts'
import { isStopped } from '../link.ts'
import { noteFault } from './engine.ts'

export type Phase = 'idle' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed'
/** Where a job stands; `progress` is null until the engine has said something. */
export type JobState = { readonly phase: Phase; readonly progress: Progress | null; readonly fault: FaultData | null }

export const idleJob: JobState = { phase: 'idle', progress: null, fault: null }

export type JobEnd<Result> =
  | { readonly phase: 'done'; readonly result: Result }
  | { readonly phase: 'cancelled' | 'failed' }

/** Follows a job to its end; faults and cancellation end up in `update`, never in a throw. */
export async function follow<Partial, Result>(
  work: string,
  signal: AbortSignal,
  start: () => Promise<AsyncIterable<JobEvent<Partial, Result>>>,
  update: (state: JobState) => void,
  partial: (value: Partial) => void,
): Promise<JobEnd<Result>> {
  let progress: Progress | null = null
  update({ phase: 'running', progress, fault: null })
  try {
    for await (const event of await start()) {
      if (event.type === 'partial') partial(event.partial)
      else if (event.type === 'progress') {
        progress = event
        update({ phase: signal.aborted ? 'cancelling' : 'running', progress, fault: null })
      } else {
        update({ phase: 'done', progress, fault: null })
        return { phase: 'done', result: event.result }
      }
    }
    if (!signal.aborted) throw new Error('The engine ended the work without a result.')
  } catch (error) {
    if (!signal.aborted && !isStopped(error)) {
      update({ phase: 'failed', progress, fault: noteFault(work, error) })
      return { phase: 'failed' }
    }
  }
  update({ phase: 'cancelled', progress, fault: null })
  return { phase: 'cancelled' }
}

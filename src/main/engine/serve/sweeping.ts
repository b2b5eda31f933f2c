/** A sweep of the command line as a job, and what any sweep needs of the engine. */
import type { JobEvent, Progress } from '../../../shared/job.ts'
import type { SweepInput, SweepProbe, SweepResult, SweepTold } from '../../../shared/sweep.ts'
import { probeSweep } from '../bench/sweep/probe.ts'
import { prepareSweep, type Desk, type SweepEvent } from '../bench/sweep/run.ts'
import { searchIndex } from '../retrieve/search.ts'
import type { Asking } from './asking.ts'
import { threads } from './health.ts'

export type SweepJob = JobEvent<SweepTold, SweepResult>

/** The engine as a sweep sees it. */
export async function deskOf(at: Asking, signal?: AbortSignal): Promise<Desk> {
  const { bundle } = await at.loader.light()
  return {
    bundle,
    threads,
    signal,
    elsewhere: (name) => at.remotes.open(name, signal),
    take: (own) => at.lock.take(own),
    useIndex: (path, work) =>
      at.indexes.use(path, (index) => {
        const retrieve = (question: string, count: number) => searchIndex(index, question, count, signal)
        return work({ name: index.info.name, made: index.info.made, retrieve })
      }),
  }
}

/** An event as a follower is told of it. */
export function toJob(event: SweepEvent): SweepJob {
  if (event.type !== 'run') return { type: 'partial', partial: event }
  const { done, total, perSecond, secondsLeft, note } = event
  const progress: Omit<Progress, 'done'> = {
    type: 'progress',
    stage: 'measure',
    total,
    unit: 'cells',
    perSecond,
    secondsLeft,
    note,
  }
  return { ...progress, done: Math.floor(done) }
}

/** Runs a sweep; an abort ends it with every finished cell kept. */
export async function* runSweep(input: SweepInput, at: Asking, signal?: AbortSignal): AsyncGenerator<SweepJob> {
  const running = await prepareSweep(input, await deskOf(at, signal))
  try {
    for (;;) {
      const next = await running.next()
      if (next.done) {
        signal?.throwIfAborted()
        return yield { type: 'done', result: next.value }
      }
      yield toJob(next.value)
    }
  } finally {
    // A reader that leaves ends this generator alone: the sweep must free its sessions.
    await running.return({ out: input.out, ended: 'stopped', cells: 0, done: 0, failed: 0, pending: 0 })
  }
}

/** Times a few asks of a sweep that is not begun. */
export async function probe(
  input: Omit<SweepInput, 'out'> & { readonly out?: string | undefined },
  at: Asking,
  signal?: AbortSignal,
): Promise<SweepProbe> {
  return probeSweep(
    await (input.decoder === undefined ? at.loader.get() : at.loader.light()),
    input,
    await deskOf(at, signal),
  )
}

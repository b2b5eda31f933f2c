/** A training told to who follows it: what it has kept since its beginning, then what it tells until it ends. */
import type { JobEvent, Progress } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { TrainEvent, TrainInput, TrainResult } from '../../../shared/train.ts'
import { checkpointStep } from '../train/loop/checkpoint.ts'
import { readEvents } from '../train/runFolder.ts'
import { streamOf } from './stream.ts'

export type Told = JobEvent<TrainEvent, TrainResult>

/** A training that runs, as its followers see it. */
export type Followed = {
  readonly listeners: Set<(event: TrainEvent) => void>
  readonly ended: Promise<TrainResult>
}

const stages: Readonly<Record<Exclude<TrainEvent['type'], 'step'>, string>> = {
  valid: 'validated',
  saved: 'checkpoint kept',
}

function progressOf(event: TrainEvent, total: number, perSecond: number | null): Progress {
  return {
    type: 'progress',
    stage: event.type === 'step' ? event.stage : stages[event.type],
    done: event.step,
    total,
    unit: 'steps',
    perSecond,
    secondsLeft: perSecond ? (total - event.step) / perSecond : null,
  }
}

/** Follows the training of `input`; `now` is null for one that rests. */
export function followTraining(
  input: TrainInput,
  now: Followed | null,
  signal?: AbortSignal,
): AsyncGenerator<Told, void, undefined> {
  const folder = input.out
  const rate = meter('train', 'steps', null)
  let from = -1
  return streamOf<Told, TrainResult>(
    async (emit, stopped) => {
      const tell = (event: TrainEvent): void => {
        if (from < 0) from = event.step
        emit(progressOf(event, input.steps, rate.at(event.step - from).perSecond))
        emit({ type: 'partial', partial: event })
      }
      // Listening begins before the kept events are read, so that none is missed; none is told twice.
      const early: TrainEvent[] = []
      let listen = (event: TrainEvent): void => void early.push(event)
      const relay = (event: TrainEvent): void => listen(event)
      now?.listeners.add(relay)
      try {
        const kept = await readEvents(folder)
        for (const event of kept) emit({ type: 'partial', partial: event })
        const seen = new Set(kept.map((event) => `${event.type} ${event.step}`))
        for (const event of early) if (!seen.has(`${event.type} ${event.step}`)) tell(event)
        listen = tell
        const left = new Promise<null>((resolve) => stopped.addEventListener('abort', () => resolve(null)))
        const result = now ? await Promise.race([now.ended, left]) : null
        if (result) return result
        const step = checkpointStep(folder)
        return { out: folder, steps: step, finished: step >= input.steps, scores: [] }
      } finally {
        now?.listeners.delete(relay)
      }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

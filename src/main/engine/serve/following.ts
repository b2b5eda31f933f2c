/** A training told to who follows it: what it has kept since its beginning, then what it tells until it ends. */
import type { JobEvent, Progress } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { TrainEvent, TrainInput, TrainResult } from '../../../shared/train.ts'
import { checkpointStep } from '../train/loop/checkpoint.ts'
import { readEvents } from '../train/runFolder.ts'
import { hear, type Followed } from './background.ts'
import { streamOf } from './stream.ts'

export type Told = JobEvent<TrainEvent, TrainResult>

const stages: Readonly<Record<Exclude<TrainEvent['type'], 'step'>, string>> = {
  valid: 'validated',
  saved: 'checkpoint kept',
}

/** How far a training is with an event. */
export function progressOf(event: TrainEvent, total: number, perSecond: number | null): Progress {
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
  now: Followed<TrainEvent, TrainResult> | null,
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
      const result = await hear(now, {
        kept: () => readEvents(folder),
        sameAs: (event) => `${event.type} ${event.step}`,
        tellKept: (event) => emit({ type: 'partial', partial: event }),
        tell,
        stopped,
      })
      if (result) return result
      const step = checkpointStep(folder)
      return { out: folder, steps: step, finished: step >= input.steps, scores: [] }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

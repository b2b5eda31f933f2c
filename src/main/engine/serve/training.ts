/** The training calls: a run's and a recipe's events as jobs. */
import type { Score } from '../../../shared/corpus.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { TrainEvent, TrainInput, TrainResult } from '../../../shared/train.ts'
import { trainRun } from '../train/run.ts'
import type { Loader } from './loaded.ts'
import { trainBundle, readRecipe, type BundleEvent } from '../train/recipe/bundle.ts'
import { threads } from './health.ts'

type Input = {
  readonly recipe: string
  readonly out: string
  readonly text?: readonly string[] | undefined
  readonly pairs?: readonly string[] | undefined
  readonly carried?: { readonly load: string; readonly after: string } | undefined
  readonly minutes?: number | undefined
}
type Told = { stage: string; step: number; loss: number; scores: Score[] } | { stage: string; note: string }
type Trained = { bundle: string | null; steps: number }

/** What a person is told of an event; null for those that only move the progress. */
function tell(event: BundleEvent): Told | null {
  if (event.type === 'aside') {
    const { part, step, folder } = event
    return {
      stage: part,
      note: `trained anew: its run of ${step} steps was on other weights, and is kept in ${folder}`,
    }
  }
  if (event.type === 'part') {
    if (event.event.type === 'saved') return null
    const { step, loss, scores } = event.event
    return { stage: event.part, step, loss, scores: [...scores] }
  }
  if (event.type === 'step')
    return {
      stage: event.stage,
      step: event.step,
      loss: event.loss,
      scores: [{ metric: 'tokens a second', value: event.tokensPerSecond, better: 'higher' }],
    }
  if (event.type === 'saved') return null
  return { stage: 'validation', step: event.step, loss: event.loss, scores: [...event.scores] }
}

/** Trains a bundle; ends with its folder, or with null when the time given ran out before the end. */
export async function* trainFrom(input: Input, signal?: AbortSignal): AsyncGenerator<JobEvent<Told, Trained>> {
  const recipe = await readRecipe(input.recipe)
  const steps = recipe.stages.reduce((sum, stage) => sum + stage.steps, 0)
  const progress = meter('train', 'steps', null)
  const training = trainBundle({ ...input, threads, ...(signal === undefined ? {} : { signal }) })
  let [first, last] = [-1, 0]
  try {
    for (;;) {
      const next = await training.next()
      // The stages hear the abort themselves and keep their last step first; the parts after them do not listen.
      if (next.done || next.value.type === 'part' || next.value.type === 'aside') signal?.throwIfAborted()
      if (next.done) return yield { type: 'done', result: { bundle: next.value, steps: last } }
      const event = next.value
      if (event.type === 'step') {
        // A resumed run's rate is that of this sitting, not of the steps it found done.
        if (first < 0) first = last = event.step
        last = event.step
        const seen = progress.at(last - first, event.stage)
        const secondsLeft = seen.perSecond ? (steps - last) / seen.perSecond : null
        yield { ...seen, done: last, total: steps, secondsLeft }
      }
      const partial = tell(event)
      if (partial) yield { type: 'partial', partial }
    }
  } finally {
    // A reader that leaves, or the abort thrown above, ends this generator alone: the training must free its sessions.
    await training.return(null)
  }
}

/** Trains parts of the loaded bundle; an abort ends it with its last step kept. */
export async function* trainParts(
  input: TrainInput,
  loader: Loader,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<TrainEvent, TrainResult>> {
  const { bundle } = await loader.light()
  const progress = meter('train', 'steps', null)
  const training = trainRun(input, bundle, { threads, signal })
  let first = -1
  try {
    for (;;) {
      const next = await training.next()
      if (next.done) {
        signal?.throwIfAborted()
        return yield { type: 'done', result: next.value }
      }
      const event = next.value
      if (event.type === 'step') {
        if (first < 0) first = event.step
        const seen = progress.at(event.step - first, event.stage)
        const secondsLeft = seen.perSecond ? (input.steps - event.step) / seen.perSecond : null
        yield { ...seen, done: event.step, total: input.steps, secondsLeft }
      }
      yield { type: 'partial', partial: event }
    }
  } finally {
    await training.return({ out: input.out, steps: 0, finished: false, scores: [] })
  }
}

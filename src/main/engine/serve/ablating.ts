/** The ablation call: trainings and judging as one job. */
import type { AblationInput, AblationResult, AblationTold } from '../../../shared/ablation.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import { runAblation } from '../bench/ablation.ts'
import { threads } from './health.ts'
import type { Loader } from './loaded.ts'

/** Runs an ablation from the loaded bundle; an abort ends it with the last step of its training kept. */
export async function* ablate(
  input: AblationInput,
  loader: Loader,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AblationTold, AblationResult>> {
  const { bundle } = await loader.light()
  const [training, judging] = [meter('train', 'steps', null), meter('judge', 'texts', null)]
  const running = runAblation(input, bundle, { threads, signal })
  let first = -1
  try {
    for (;;) {
      const next = await running.next()
      if (next.done) return yield { type: 'done', result: next.value }
      const event = next.value
      if (event.type === 'judge') {
        if (judging.due()) yield { ...judging.at(event.done), total: event.total }
        continue
      }
      // A run gone on with has its rate of this sitting, not of the steps it found done.
      if (first < 0) first = event.done
      const seen = training.at(event.done - first, event.run)
      const secondsLeft = seen.perSecond ? (event.total - event.done) / seen.perSecond : null
      yield { ...seen, done: event.done, total: event.total, secondsLeft }
      yield { type: 'partial', partial: { run: event.run, event: event.event } }
    }
  } finally {
    // A reader that leaves ends this generator alone: the training must free its sessions.
    await running.return({ rows: [], pairs: [] })
  }
}

/** The what-if calls on kept runs, as jobs that leave the decoder to questions between two of their steps. */
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { FlipsInput, FlipsResult, FlipTold, Target } from '../../../shared/whatif.ts'
import { flips } from '../whatif/flips.ts'
import { chosenChunks, restore, type Restored } from '../whatif/restore.ts'
import type { Turn } from '../whatif/score.ts'
import type { Asking } from './asking.ts'
import { streamOf } from './stream.ts'

type Asked = { readonly run: string; readonly target?: Target | undefined }

/** Runs `work` on a kept run. Faults: run-missing, and those of `restore`. */
function onRun<Partial, Result>(
  { run, target }: Asked,
  at: Asking,
  work: (
    found: { readonly at: Restored; readonly turn: Turn; readonly signal: AbortSignal },
    emit: (event: JobEvent<Partial, Result>) => void,
  ) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<Partial, Result>> {
  return streamOf<JobEvent<Partial, Result>, Result>(
    async (emit, stop) => {
      const parts = await at.loader.get()
      const turn: Turn = async (piece) => {
        const release = await at.lock.take(stop)
        try {
          return await piece()
        } finally {
          release()
        }
      }
      const found = await turn(() => restore(parts, at.runs.open(run), target, stop))
      return work({ at: found, turn, signal: stop }, emit)
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

/** Flips of one chunk, of some or of all, each as soon as it is known. */
export function flipChunks(input: FlipsInput, at: Asking, signal?: AbortSignal) {
  return onRun<FlipTold, FlipsResult>(
    input,
    at,
    async (found, emit) => {
      const result: Pick<FlipsResult, 'flips' | 'left'> = { flips: [], left: [] }
      let base: FlipsResult['base'] | null = null
      const progress = meter('flip', 'chunks', chosenChunks(found.at, input.chunks).length)
      for await (const told of flips(found.at, input, found.turn, found.signal)) {
        if (told.type === 'base') base = told.base
        else if (told.type === 'flip') result.flips.push(told.flip)
        else result.left.push(told.left)
        emit({ type: 'partial', partial: told })
        if (progress.due()) emit(progress.at(result.flips.length + result.left.length))
      }
      if (base === null) throw new Error('internal: flips ended without their base')
      return { base, ...result }
    },
    signal,
  )
}

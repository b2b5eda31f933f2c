/** The what-if calls on kept runs, as jobs that leave the decoder to questions between two of their steps. */
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type {
  BestInput,
  BestResult,
  BestTold,
  ContributionInput,
  ContributionResult,
  ContributionTold,
  FlipsInput,
  FlipsResult,
  FlipTold,
  ShapleyInput,
  ShapleyResult,
  ShapleyTold,
  Target,
  WhatIfBase,
} from '../../../shared/whatif.ts'
import { bestSet } from '../whatif/best.ts'
import { contribution } from '../whatif/contribution.ts'
import { flips } from '../whatif/flips.ts'
import { chosenChunks, restore, type Restored } from '../whatif/restore.ts'
import type { Turn } from '../whatif/score.ts'
import { shapley } from '../whatif/shapley.ts'
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
      let base: WhatIfBase | null = null
      const progress = meter('flip', 'chunks', chosenChunks(found.at, input.chunks).length)
      for await (const told of flips(found.at, input, found.turn, found.signal)) {
        if (told.type === 'base') base = told.base
        else if (told.type === 'flip') result.flips.push(told.flip)
        else result.left.push(told.left)
        emit({ type: 'partial', partial: told })
        if (progress.due()) emit(progress.at(result.flips.length + result.left.length))
      }
      return { base: known(base), ...result }
    },
    signal,
  )
}

/** A greedy search for the flips that help most together, each step as soon as it is made. */
export function findBest(input: BestInput, at: Asking, signal?: AbortSignal) {
  return onRun<BestTold, BestResult>(
    input,
    at,
    async (found, emit) => {
      const chunks = chosenChunks(found.at, input.chunks).length
      const most = Math.min(input.most, chunks)
      // Each step tries one chunk fewer; a search that ends early tries no more.
      const progress = meter('search', 'flips tried', most * chunks - (most * (most - 1)) / 2)
      const steps: BestResult['steps'] = []
      let base: WhatIfBase | null = null
      let tried = 0
      const search = bestSet(found.at, input, found.turn, found.signal)
      for (;;) {
        const next = await search.next()
        if (next.done) return { base: known(base), steps, ended: next.value ? 'most' : 'no-gain' }
        if (next.value.type === 'tried') tried += 1
        else emit({ type: 'partial', partial: next.value })
        if (next.value.type === 'base') base = next.value.base
        if (next.value.type === 'step') steps.push(next.value.step)
        if (progress.due()) emit(progress.at(tried))
      }
    },
    signal,
  )
}

/** Shapley values, their means and intervals as permutations are drawn. */
export function sampleShapley(input: ShapleyInput, at: Asking, signal?: AbortSignal) {
  return onRun<ShapleyTold, ShapleyResult>(
    input,
    at,
    async (found, emit) => {
      const progress = meter('sample', 'permutations', input.permutations)
      let base: WhatIfBase | null = null
      let round: ShapleyResult['round'] | null = null
      for await (const told of shapley(found.at, input, found.turn, found.signal)) {
        if (told.type === 'base') base = told.base
        else round = told.round
        const due = progress.due()
        if (told.type === 'base' || due) emit({ type: 'partial', partial: told })
        if (due) emit(progress.at(round?.permutations ?? 0))
      }
      return { base: known(base), round: known(round) }
    },
    signal,
  )
}

/** Contribution of each chunk to each token: attention first, then each chunk left out as soon as it is known. */
export function findContribution(input: ContributionInput, at: Asking, signal?: AbortSignal) {
  return onRun<ContributionTold, ContributionResult>(
    input,
    at,
    async (found, emit) => {
      const progress = meter('leave out', 'chunks', chosenChunks(found.at, input.chunks).length)
      const leftOut: ContributionResult['leftOut'] = []
      let base: ContributionResult['base'] | null = null
      let attention: ContributionResult['attention'] | null = null
      for await (const told of contribution(found.at, input, found.turn, found.signal)) {
        if (told.type === 'base') base = told.base
        else if (told.type === 'attention') attention = told.attention
        else leftOut.push(told.leftOut)
        emit({ type: 'partial', partial: told })
        if (progress.due()) emit(progress.at(leftOut.length))
      }
      return { base: known(base), attention: known(attention), leftOut }
    },
    signal,
  )
}

function known<Value>(value: Value | null): Value {
  if (value === null) throw new Error('internal: a what-if ended before it began')
  return value
}

/** Greedy best-set search: the flip that helps most is made, all others are tried again on top of it, and so on. */
import { Fault } from '../../../shared/fault.ts'
import type { BestStep, BestTold } from '../../../shared/whatif.ts'
import { standing } from './flips.ts'
import { chosenChunks, textOf, type Restored } from './restore.ts'
import { fedAsRun, flipped, score, type Fed, type Turn } from './score.ts'

/** A gain below this is rounding: the same input in other blocks differs by up to about 1e-5 nats a token. */
export const leastGain = 1e-4

/**
 * Up to `most` flips among `chunks`, one more at each step. Ends early, and gives false, where no further flip lowers the NLL. Not the
 * best set of its size in general: a pair may help where neither of its two does.
 */
export async function* bestSet(
  at: Restored,
  { chunks, most }: { readonly chunks?: readonly number[] | undefined; readonly most: number },
  turn: Turn,
  signal?: AbortSignal,
): AsyncGenerator<BestTold | { readonly type: 'tried' }, boolean> {
  const base = await standing(at, turn, signal)
  yield { type: 'base', base: base.told }
  let left = chosenChunks(at, chunks)
  let fed = fedAsRun(at)
  let before = base.told.nll
  for (let made = 0; made < most && left.length > 0; made++) {
    let best: { readonly index: number; readonly nll: number } | null = null
    // From the last to the first, so that what stands before a chunk is in the KV cache from the flip before.
    for (const index of left.toReversed()) {
      signal?.throwIfAborted()
      const nll = await nllOf(at, flipped(fed, index), turn, signal)
      // Ties go to the earlier chunk.
      if (nll !== null && (best === null || nll <= best.nll)) best = { index, nll }
      yield { type: 'tried' }
    }
    if (best === null || best.nll > before - leastGain) return false
    const { index } = best
    fed = flipped(fed, index)
    const found = await turn(() => score(at, fed, base.greedy, signal))
    const step: BestStep = {
      index,
      to: fed[index] === 'expand' ? 'expand' : 'compress',
      nll: found.nll,
      gain: before - found.nll,
      deltaNll: found.nll - base.told.nll,
      answer: textOf(at, found.greedy),
      positions: found.positions,
    }
    before = found.nll
    left = left.filter((other) => other !== index)
    yield { type: 'step', step }
  }
  return true
}

/** NLL with the chunks fed so; null where the window is too short for it. */
async function nllOf(at: Restored, fed: readonly Fed[], turn: Turn, signal?: AbortSignal): Promise<number | null> {
  try {
    return (await turn(() => score(at, fed, null, signal))).nll
  } catch (error) {
    if (error instanceof Fault && error.code === 'context-too-long') return null
    throw error
  }
}

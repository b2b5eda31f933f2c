/** What-if, a chunk at a time: each flipped alone, all other decisions as in the run. */
import { Fault } from '../../../shared/fault.ts'
import type { Flip, FlipLeft, WhatIfBase } from '../../../shared/whatif.ts'
import { chosenChunks, textOf, type Restored } from './restore.ts'
import { fedAsRun, flipped, score, type Turn } from './score.ts'
import { estimateDelta, measureDelta, timePosition } from './timing.ts'

/** The run as it is comes first. */
export type FlipEvent =
  | { readonly type: 'base'; readonly base: WhatIfBase }
  | { readonly type: 'flip'; readonly flip: Flip }
  | { readonly type: 'left'; readonly left: FlipLeft }

/** What stands before anything is flipped, with the tokens of its greedy answer. */
export type Base = { readonly told: WhatIfBase; readonly greedy: readonly number[] }

/** Measures the run as it is. */
export async function standing(at: Restored, turn: Turn, signal?: AbortSignal): Promise<Base> {
  const { run, target } = at
  const fed = fedAsRun(at)
  return turn(async () => {
    const prefill = await timePosition(at, fed, signal)
    const own = run.tokens.flatMap((token) => token.id ?? [])
    const { nll, positions, greedy } = await score(at, fed, own, signal)
    const told = { run: run.id, target: target.kind, text: target.text, tokens: target.ids.length, nll, positions }
    return { told: { ...told, answer: textOf(at, greedy), prefill }, greedy }
  })
}

/**
 * Flips each of `chunks`, from the last to the first: what stands before a chunk is then still in the KV cache from the flip before,
 * and no position of the run is computed twice. With `repeats` TTFT is measured, else estimated.
 */
export async function* flips(
  at: Restored,
  input: { readonly chunks?: readonly number[] | undefined; readonly repeats: number },
  turn: Turn,
  signal?: AbortSignal,
): AsyncGenerator<FlipEvent> {
  const chunks = chosenChunks(at, input.chunks)
  const base = await standing(at, turn, signal)
  yield { type: 'base', base: base.told }
  for (const index of chunks.toReversed()) {
    signal?.throwIfAborted()
    try {
      yield { type: 'flip', flip: await turn(() => flip(at, base, index, input.repeats, signal)) }
    } catch (error) {
      // One chunk may be too much for the window where the others are not.
      if (!(error instanceof Fault) || error.code !== 'context-too-long') throw error
      yield { type: 'left', left: { index, reason: error.message } }
    }
  }
}

async function flip(
  at: Restored,
  { told, greedy }: Base,
  index: number,
  repeats: number,
  signal?: AbortSignal,
): Promise<Flip> {
  const began = performance.now()
  const [run, fed] = [fedAsRun(at), flipped(fedAsRun(at), index)]
  const found = await score(at, fed, greedy, signal)
  const ms = performance.now() - began
  const deltaPositions = found.positions - told.positions
  return {
    index,
    to: at.expanded[index] ? 'compress' : 'expand',
    nll: found.nll,
    deltaNll: found.nll - told.nll,
    deltaPpl: Math.exp(found.nll) - Math.exp(told.nll),
    answer: textOf(at, found.greedy),
    changes: found.greedy.join() !== greedy.join(),
    positions: found.positions,
    deltaPositions,
    deltaTtft:
      repeats > 0 ? await measureDelta(at, run, fed, repeats, signal) : estimateDelta(told.prefill, deltaPositions),
    reused: found.reused,
    ms,
  }
}

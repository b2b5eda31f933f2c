/** TTFT of full context and of REFRAG: one code path, one process, arms interleaved, medians with quartiles. */
import type { TtftInput, TtftRow } from '../../../shared/bench.ts'
import { Fault } from '../../../shared/fault.ts'
import type { LeftOut } from '../../../shared/latency.ts'
import { budget } from '../sense/select.ts'
import type { Timed } from './arch.ts'
import { disturbances, gauge } from './disturbance.ts'
import { refusal } from './footprint.ts'
import { summarize } from './ttftRow.ts'
import { drawTokens, questionTokens, sayArm, timeLogits, timeOnce, type Arm, type Sample } from './ttftRun.ts'

export type TtftEvent =
  | { readonly type: 'run'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly type: 'row'; readonly row: TtftRow }
  | { readonly type: 'left'; readonly left: LeftOut }

/** Every arm of REFRAG that an input names; Fault k-unsupported or p-out-of-range before anything is timed. */
export function armsOf(timed: Pick<Timed, 'name' | 'encoder'>, input: TtftInput): readonly Arm[] {
  const unsupported = input.ks.find((k) => k > timed.encoder.maxK || k < 1)
  if (unsupported !== undefined)
    throw new Fault(
      'k-unsupported',
      `${timed.name} takes chunks of at most ${timed.encoder.maxK} tokens, not ${unsupported}.`,
    )
  for (const p of input.ps) budget(p, 0)
  const caches = input.cached === 'both' ? [true, false] : [input.cached === 'cached']
  return input.ks.flatMap((k) => input.ps.flatMap((p) => caches.map((cached): Arm => ({ k, p, cached }))))
}

/**
 * Times every arm of every context. The clock runs from tokens (and, cached, chunk embeddings) at hand to the first
 * token in hand. Emits rows as each context ends; a context that would not fit is left out with the reason. Stops between
 * runs when `secondsLimit` is over or on abort.
 */
export async function* timeTtft(timed: Timed, input: TtftInput, signal?: AbortSignal): AsyncGenerator<TtftEvent> {
  const arms = armsOf(timed, input)
  const began = performance.now()
  const late = (): boolean => input.secondsLimit !== undefined && performance.now() - began > input.secondsLimit * 1000
  const total = input.contexts.length * (arms.length + 1) * (input.repeats + 1)
  let done = 0
  let over = false
  for (const context of input.contexts) {
    const { config } = timed.decoder
    const refused = over
      ? `not begun: the ${input.secondsLimit} s allowed were over`
      : refusal(timed.decoder, context + questionTokens, input.output, process.availableMemory())
    if (refused !== null) {
      done += (arms.length + 1) * (input.repeats + 1)
      yield { type: 'left', left: { context, reason: refused } }
      continue
    }
    const tokens = drawTokens(config.vocabulary, context, input.seed, input.batch)
    const samples = new Map<Arm | null, Sample[]>([null, ...arms].map((arm) => [arm, []]))
    const logits: number[] = []
    let before = await gauge()
    for (let round = 0; round <= input.repeats && !(round > 1 && late()); round++) {
      // The first round warms caches and allocators up and is dropped.
      if (round === 1) before = await gauge()
      const taken: Sample[] = []
      for (const arm of samples.keys()) {
        if (late() && round > 1) break
        signal?.throwIfAborted()
        taken.push(await timeOnce(timed, tokens, arm, input, signal))
        done++
        yield { type: 'run', done, total, note: `${context} tokens, ${sayArm(arm)}` }
      }
      // A round cut short is dropped too: every sample of an arm then has its fellow in every other.
      if (taken.length < samples.size) break
      const logitsMs = await timeLogits(timed, signal)
      if (round === 0) continue
      for (const [at, own] of [...samples.values()].entries()) own.push(taken[at] as Sample)
      logits.push(logitsMs)
    }
    const disturbed = disturbances(before, await gauge())
    const runs = { context, batch: input.batch, samples, logits, output: input.output, disturbed }
    for (const arm of arms) yield { type: 'row', row: summarize(timed, runs, arm) }
    over = late()
  }
}

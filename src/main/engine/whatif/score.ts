/** The target measured under one way of feeding the chunks; positions before the first difference come from the KV cache. */
import { layInput } from '../expand/input.ts'
import { prefill, scoreTargets } from '../expand/session.ts'
import { mean } from '../measure/statistics.ts'
import { greedyAnswer } from './greedy.ts'
import type { Restored } from './restore.ts'

/** How a chunk is fed. `out` takes its slots from the input and closes the positions up. */
export type Fed = 'expand' | 'compress' | 'out'

/** Lets a piece of work have the decoder to itself; questions are answered between two pieces. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>

export type Scored = {
  /** Of each target token, in nats. */
  readonly logProbs: readonly number[]
  /** Mean NLL, nats a token. */
  readonly nll: number
  readonly positions: number
  readonly reused: number
  /** Tokens of the greedy answer; empty where it was not asked for. */
  readonly greedy: readonly number[]
}

/** Every chunk as the run fed it. */
export function fedAsRun({ expanded }: Pick<Restored, 'expanded'>): readonly Fed[] {
  return expanded.map((tokens) => (tokens ? 'expand' : 'compress'))
}

/** The same with chunks turned over. */
export function flipped(fed: readonly Fed[], ...indexes: readonly number[]): readonly Fed[] {
  return fed.map((now, index) => (indexes.includes(index) ? (now === 'expand' ? 'compress' : 'expand') : now))
}

/** The decoder's input with the chunks fed so. */
export function inputOf({ parts, cut }: Restored, fed: readonly Fed[]) {
  return layInput(
    parts.decoder,
    parts.ids,
    cut,
    fed.map((how) => how === 'expand'),
    (index) => fed[index] === 'out',
  )
}

/** Room behind the prefill, as `ask` makes it. */
export function roomOf({ run, target }: Restored): number {
  return Math.max(run.plan.maxTokens, target.ids.length)
}

/**
 * Prefills and scores the target. With `expected`, what the greedy answer probably is, the greedy answer too. The decoder must be
 * this caller's alone. Fault context-too-long where the window is too short.
 */
export async function score(
  at: Restored,
  fed: readonly Fed[],
  expected: readonly number[] | null,
  signal?: AbortSignal,
): Promise<Scored> {
  const { decoder, held, ids } = at.parts
  const { slots, rows, keys } = inputOf(at, fed)
  const { logits, reused } = await prefill(decoder, held, { rows, keys, room: roomOf(at) }, signal)
  const logProbs = await scoreTargets(decoder, logits, at.target.ids, signal)
  const greedy =
    expected === null
      ? []
      : await greedyAnswer(
          decoder,
          logits,
          { expected, stops: ids.stops, most: at.run.plan.maxTokens, given: givenIn(at.run) },
          signal,
        )
  return { logProbs, nll: -mean(logProbs), positions: slots.length, reused, greedy }
}

/** How many tokens a run's answer was begun with. */
const givenIn = ({ tokens }: Restored['run']): number => tokens.filter(({ given }) => given).length

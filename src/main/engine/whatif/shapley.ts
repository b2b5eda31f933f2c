/** Shapley values of flipping by sampling: chunks flipped one after the other in random order, each change noted. */
import { random } from '../../../shared/random.ts'
import type { ShapleyRound, ShapleyTold } from '../../../shared/whatif.ts'
import { studentInterval } from '../measure/statistics.ts'
import { standing } from './flips.ts'
import { chosenChunks, type Restored } from './restore.ts'
import { fedAsRun, flipped, score, type Fed, type Turn } from './score.ts'

/** Of few chunks the same sets come again and again; so many of their values are kept. */
const mostKept = 100_000

/**
 * Draws `permutations` orders of `chunks` from the seed and tells where the means stand after each. Chunks that are not among them
 * stay as the run has them. Fault context-too-long where a set does not fit the window.
 */
export async function* shapley(
  at: Restored,
  input: { readonly chunks?: readonly number[] | undefined; readonly permutations: number; readonly seed: number },
  turn: Turn,
  signal?: AbortSignal,
): AsyncGenerator<ShapleyTold> {
  const players = chosenChunks(at, input.chunks)
  const base = await standing(at, turn, signal)
  yield { type: 'base', base: base.told }
  const draws = random(input.seed)
  const known = new Map<string, number>()
  async function nllOf(fed: readonly Fed[]): Promise<number> {
    const key = players.map((index) => (fed[index] === 'expand' ? 1 : 0)).join('')
    const before = known.get(key)
    if (before !== undefined) return before
    signal?.throwIfAborted()
    const { nll } = await turn(() => score(at, fed, null, signal))
    if (known.size < mostKept) known.set(key, nll)
    return nll
  }
  const run = fedAsRun(at)
  const sums = players.map((): Running => ({ n: 0, mean: 0, squares: 0 }))
  for (let drawn = 1; drawn <= input.permutations; drawn++) {
    let fed = run
    let before = await nllOf(run)
    for (const place of draws.shuffle([...players.keys()])) {
      fed = flipped(fed, players[place] as number)
      const after = await nllOf(fed)
      sums[place] = withDraw(sums[place] as Running, after - before)
      before = after
    }
    yield { type: 'round', round: roundOf(drawn, players, sums, before - (await nllOf(run))) }
  }
}

function roundOf(
  permutations: number,
  players: readonly number[],
  sums: readonly Running[],
  together: number,
): ShapleyRound {
  return {
    permutations,
    together,
    values: players.map((index, place) => {
      const { n, mean, squares } = sums[place] as Running
      return { index, mean, ci: n > 1 ? studentInterval(n, mean, squares) : null }
    }),
  }
}

/** Mean and sum of squared deviations of the draws so far. */
type Running = { readonly n: number; readonly mean: number; readonly squares: number }

/** With one more draw (Welford). */
function withDraw({ n, mean, squares }: Running, value: number): Running {
  const off = value - mean
  const next = mean + off / (n + 1)
  return { n: n + 1, mean: next, squares: squares + off * (value - next) }
}

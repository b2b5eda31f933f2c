/** What an interval says of a claim, and many trials together. */
import type { ClaimTrial, Verdict } from '../../../../shared/claims.ts'
import { random } from '../../../../shared/random.ts'
import { bootstrap, median } from '../../measure/statistics.ts'

/** A trial whose verdict follows from where its interval lies beside `neutral`. */
export function trial(found: Omit<ClaimTrial, 'verdict'>, neutral: number): ClaimTrial {
  const [low, high] = found.ci
  return { ...found, verdict: low > neutral ? 'holds' : high < neutral ? 'does not' : 'cannot tell' }
}

/** Trials together: a claim holds where each of them does, and does not where one of them contradicts. */
export function together(trials: readonly ClaimTrial[]): Verdict {
  if (trials.some(({ verdict }) => verdict === 'does not')) return 'does not'
  return trials.length > 0 && trials.every(({ verdict }) => verdict === 'holds') ? 'holds' : 'cannot tell'
}

/**
 * The ratio of the medians of `over` and `under` with its 95 % interval. Rounds were interleaved, so a round is drawn for both
 * lists at once; with three rounds or fewer such an interval is little more than their range.
 */
export function ratioOfMedians(
  over: readonly number[],
  under: readonly number[],
  seed: number,
): { readonly value: number; readonly ci: [number, number]; readonly n: number } {
  const n = Math.min(over.length, under.length)
  const at = (drawn: readonly number[]): number =>
    median(drawn.map((i) => over[i] as number)) / median(drawn.map((i) => under[i] as number))
  const all = Array.from({ length: n }, (_, i) => i)
  return { value: at(all), ci: bootstrap(n, at, { random: random(seed) }), n }
}

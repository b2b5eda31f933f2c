/** Summaries of repeated measurements. All throw on an empty list: there is nothing honest to return. */
import { quantile } from '../../../shared/quantiles.ts'
import type { Random } from '../../../shared/random.ts'

/** Arithmetic mean. */
export function mean(values: readonly number[]): number {
  return notEmpty(values).reduce((sum, value) => sum + value, 0) / values.length
}

/** Median: the middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** First and third quartile, interpolated linearly (type 7, as in NumPy and R). */
export function quartiles(values: readonly number[]): [number, number] {
  return [quantile(values, 0.25), quantile(values, 0.75)]
}

/** Where a bootstrap draws from, its level, and how often it draws. */
export type Resampling = { readonly random: Random; readonly level?: number; readonly samples?: number }

export type Interval = { readonly difference: number; readonly low: number; readonly high: number }

/**
 * Mean of a[i] - b[i] with its bootstrap interval (percentiles) at a level such as 0.95.
 *
 * Paired: the same questions under two settings differ less than different questions do, and the interval shows it.
 */
export function pairedBootstrap(a: readonly number[], b: readonly number[], options: Resampling): Interval {
  if (a.length !== b.length) throw new Error(`internal: paired lists of ${a.length} and ${b.length} values`)
  const differences = a.map((value, i) => value - (b[i] ?? 0))
  const [low, high] = bootstrap(differences.length, meanOf(differences), options)
  return { difference: mean(differences), low, high }
}

/** The bootstrap interval (percentiles) of the mean of `values`. */
export function meanInterval(values: readonly number[], options: Resampling): [number, number] {
  return bootstrap(notEmpty(values).length, meanOf(values), options)
}

/**
 * The bootstrap interval (percentiles) of any statistic of `count` cases: it is given the cases drawn, by index.
 *
 * One draw serves every value of a case, so a ratio of two means moves with both.
 */
export function bootstrap(
  count: number,
  statistic: (drawn: readonly number[]) => number,
  { random, level = 0.95, samples = 2000 }: Resampling,
): [number, number] {
  const found = Array.from({ length: samples }, () =>
    statistic(Array.from({ length: count }, () => random.int(0, count - 1))),
  )
  const tail = (1 - level) / 2
  return [quantile(found, tail), quantile(found, 1 - tail)]
}

/**
 * The 95 % interval of a mean from n >= 2 independent draws by their mean and sum of squared deviations (Student's t): needs no
 * draws kept, so that it can be told while they come.
 */
export function studentInterval(n: number, middle: number, squares: number): [number, number] {
  const reach = studentQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n)
  return [middle - reach, middle + reach]
}

/** The 0.975 quantile of Student's t: exact for 1 and 2 degrees of freedom, to 1 % for 3 and closer above (Cornish and Fisher). */
function studentQuantile(freedom: number): number {
  if (freedom === 1) return Math.tan(Math.PI * 0.475)
  if (freedom === 2) return 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025))
  const z = 1.959963985
  const powers = [z ** 3, z ** 5, z ** 7] as const
  return (
    z +
    (powers[0] + z) / (4 * freedom) +
    (5 * powers[1] + 16 * powers[0] + 3 * z) / (96 * freedom ** 2) +
    (3 * powers[2] + 19 * powers[1] + 17 * powers[0] - 15 * z) / (384 * freedom ** 3)
  )
}

/** The mean of the values drawn. */
export function meanOf(values: readonly number[]): (drawn: readonly number[]) => number {
  return (drawn) => drawn.reduce((sum, at) => sum + (values[at] ?? 0), 0) / drawn.length
}

function notEmpty(values: readonly number[]): readonly number[] {
  if (values.length === 0) throw new Error('internal: a summary of no values')
  return values
}

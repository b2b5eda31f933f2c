/** Summaries of repeated measurements. All throw on an empty list: there is nothing honest to return. */
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

/** The value below which a share 0..1 of the values lies, interpolated linearly (type 7). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = notEmpty(values).toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? 0
  const high = sorted[Math.ceil(place)] ?? 0
  return low + (high - low) * (place - Math.floor(place))
}

export type Interval = { readonly difference: number; readonly low: number; readonly high: number }

/**
 * Mean of a[i] - b[i] with its bootstrap interval (percentiles) at a level such as 0.95.
 *
 * Paired: the same questions under two settings differ less than different questions do, and the interval shows it.
 */
export function pairedBootstrap(
  a: readonly number[],
  b: readonly number[],
  {
    random,
    level = 0.95,
    samples = 2000,
  }: { readonly random: Random; readonly level?: number; readonly samples?: number },
): Interval {
  if (a.length !== b.length) throw new Error(`internal: paired lists of ${a.length} and ${b.length} values`)
  const differences = a.map((value, i) => value - (b[i] ?? 0))
  const means = Array.from({ length: samples }, () => mean(differences.map(() => random.pick(differences))))
  const tail = (1 - level) / 2
  return { difference: mean(differences), low: quantile(means, tail), high: quantile(means, 1 - tail) }
}

function notEmpty(values: readonly number[]): readonly number[] {
  if (values.length === 0) throw new Error('internal: a summary of no values')
  return values
}

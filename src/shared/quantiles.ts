/** Order statistics of plain numbers, the same in tables, pictures and reports. */

/** The value below which a share 0..1 of the values lies, interpolated linearly (type 7, as in NumPy and R). Throws on none. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('internal: a summary of no values')
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? 0
  const high = sorted[Math.ceil(place)] ?? 0
  return low + (high - low) * (place - Math.floor(place))
}

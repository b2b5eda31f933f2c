/** What a step of undo is called. */

/** `#17 to #21` where they follow each other, else the first few one by one. */
export function chunkNames(indexes: readonly number[]): string {
  const sorted = indexes.toSorted((a, b) => a - b)
  const [first = 0] = sorted
  const { length } = sorted
  if (length > 2 && sorted.every((index, at) => index === first + at)) return `#${first} to #${first + length - 1}`
  const shown = sorted.slice(0, length > 4 ? 3 : 4).map((index) => `#${index}`)
  return [shown.join(', '), ...(length > shown.length ? [`${length - shown.length} more`] : [])].join(' and ')
}

/** A change of one field: short values are named, long ones not. */
export function changeName(field: string, from: string | number, to: string | number): string {
  const short = (value: string | number): boolean => value !== '' && String(value).length <= 24
  return short(from) && short(to) ? `${field} ${from} to ${to}` : `Change ${field}`
}

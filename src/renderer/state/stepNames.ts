/** What a step of undo is called. */

/** A change of one field: short values are named, long ones not. */
export function changeName(field: string, from: string | number | null, to: string | number | null): string {
  const short = (value: string | number | null): boolean => value !== null && value !== '' && String(value).length <= 24
  return short(from) && short(to) ? `${field} ${from} to ${to}` : `Change ${field}`
}

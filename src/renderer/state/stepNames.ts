/** What a step of undo is called. */

/** A change of one field: short values are named, long ones not. */
export function changeName(field: string, from: string | number, to: string | number): string {
  const short = (value: string | number): boolean => value !== '' && String(value).length <= 24
  return short(from) && short(to) ? `${field} ${from} to ${to}` : `Change ${field}`
}

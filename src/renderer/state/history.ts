/** Undo and redo as plain data: a present value, the named steps behind it, and those ahead of it. */

/** One step by its name, with the value that stands on its other side. */
export type Step<T> = { readonly name: string; readonly value: T }
export type History<T> = {
  readonly past: readonly Step<T>[]
  readonly present: T
  readonly future: readonly Step<T>[]
  /** Key of the step that the next change may still join (one drag, one stretch of typing); null when closed. */
  readonly open: string | null
}

const depth = 200

/** A history with nothing behind it. */
export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], open: null }
}

/** Adds a step; a change with the key of the open step joins it under its own name, so that one drag is one step. */
export function commit<T>(history: History<T>, name: string, value: T, key: string | null = null): History<T> {
  const joins = key !== null && history.open === key && history.past.length > 0
  const begun = history.past.at(-1)
  const past =
    joins && begun !== undefined
      ? [...history.past.slice(0, -1), { name, value: begun.value }]
      : [...history.past, { name, value: history.present }].slice(-depth)
  return { past, present: value, future: [], open: key }
}

/** Closes the open step: the next change is a step of its own. */
export function seal<T>(history: History<T>): History<T> {
  return history.open === null ? history : { ...history, open: null }
}

/** One step back; the same history when there is none. */
export function undo<T>(history: History<T>): History<T> {
  const step = history.past.at(-1)
  if (step === undefined) return history
  const future = [{ name: step.name, value: history.present }, ...history.future]
  return { past: history.past.slice(0, -1), present: step.value, future, open: null }
}

/** One step forward; the same history when there is none. */
export function redo<T>(history: History<T>): History<T> {
  const step = history.future[0]
  if (step === undefined) return history
  const past = [...history.past, { name: step.name, value: history.present }]
  return { past, present: step.value, future: history.future.slice(1), open: null }
}

/** Goes back (below 0) or on by so many steps, as far as there are any. */
export function jump<T>(history: History<T>, by: number): History<T> {
  const move = by < 0 ? undo : redo
  return Array.from({ length: Math.abs(by) }).reduce((now: History<T>) => move(now), history)
}

/** Several chunks selected at once, about the one that leads; and what a stretch of them is called. */
import { createStore } from 'zustand/vanilla'
import { selectChunk, view } from './view.ts'

/** `lead` is the chunk that `view` has selected; once that moves on by itself, the selection is it alone. */
export type Selection = {
  readonly anchor: number | null
  readonly lead: number | null
  readonly chunks: readonly number[]
}

export const selection = createStore<Selection>()(() => ({ anchor: null, lead: null, chunks: [] }))

/** The selected chunks, ascending. */
export function selectedOf({ lead, chunks }: Selection, chunk: number | null): readonly number[] {
  if (chunk === null) return []
  return lead === chunk && chunks.length > 0 ? chunks : [chunk]
}

/** The chunks selected now. */
export function selectedNow(): readonly number[] {
  return selectedOf(selection.getState(), view.getState().chunk)
}

/** Selects one chunk alone. */
export function selectOne(index: number): void {
  put(index, index, [index])
}

/** Stretches the selection from where it was begun to `index`. */
export function selectTo(index: number): void {
  const { anchor, lead } = selection.getState()
  const { chunk } = view.getState()
  const from = lead === chunk ? (anchor ?? chunk ?? index) : (chunk ?? index)
  put(from, index, between(from, index))
}

/** Takes a chunk into the selection, or out of it. */
export function selectAlso(index: number): void {
  const now = selectedNow()
  if (!now.includes(index)) return put(index, index, [...now, index].toSorted(ascending))
  const rest = now.filter((other) => other !== index)
  const lead = rest.at(-1)
  if (lead !== undefined) put(lead, lead, rest)
}

/** Selects chunks; the last of them leads unless another does. */
export function selectThese(chunks: readonly number[], lead: number | undefined = chunks.at(-1)): void {
  if (lead === undefined) return
  put(chunks[0] ?? lead, lead, chunks)
}

/** Selects of `count` chunks those that are not selected, and gives the one that leads; null, and nothing selected, where all are. */
export function selectOthers(count: number): number | null {
  const now = new Set(selectedNow())
  const others = between(0, count - 1).filter((index) => !now.has(index))
  const { chunk } = view.getState()
  const lead = others.find((index) => index > (chunk ?? -1)) ?? others.at(-1) ?? null
  if (lead !== null) selectThese(others, lead)
  else selectChunk(null)
  return lead
}

function put(anchor: number, lead: number, chunks: readonly number[]): void {
  selection.setState({ anchor, lead, chunks })
  selectChunk(lead)
}

const ascending = (a: number, b: number): number => a - b

function between(a: number, b: number): readonly number[] {
  const from = Math.min(a, b)
  return Array.from({ length: Math.abs(a - b) + 1 }, (_, at) => from + at)
}

/** What chunks are called in the name of a step: `#17`, `#17 to #21`, `#3, #7`, `12 chunks`. */
export function nameChunks(indexes: readonly number[]): string {
  const [first, last] = [indexes[0], indexes.at(-1)]
  if (first === undefined || last === undefined) return 'no chunk'
  if (indexes.length === 1) return `#${first}`
  if (last - first === indexes.length - 1) return `#${first} to #${last}`
  return indexes.length <= 4 ? indexes.map((index) => `#${index}`).join(', ') : `${indexes.length} chunks`
}

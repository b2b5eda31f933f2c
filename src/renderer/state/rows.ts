/** The strip in rows: what stands where at a zoom and a width, so that only what is in sight is drawn. Pure, but for the zoom itself. */
import { createStore } from 'zustand/vanilla'
import { keep, recall } from './memory.ts'
import type { Group } from './strip.ts'

/** From the farthest to the closest. */
export const zooms = ['minimap', 'tiles', 'cards', 'text'] as const
export type Zoom = (typeof zooms)[number]

export const zoom = createStore<{ readonly level: Zoom }>()(() => {
  const kept = recall<Zoom>('stripZoom', 'tiles')
  return { level: zooms.includes(kept) ? kept : 'tiles' }
})

export function setZoom(level: Zoom): void {
  keep('stripZoom', level)
  zoom.setState({ level })
}

/** One level closer or farther; stops at the ends. */
export function zoomBy(by: 1 | -1): void {
  const next = zooms[zooms.indexOf(zoom.getState().level) + by]
  if (next !== undefined) setZoom(next)
}

/** Sizes in CSS pixels. `width` null takes a whole row; `head` is the bracket that names the passage; `sight` is what is seen at once. */
export type Shape = {
  readonly width: number | null
  readonly height: number
  readonly gap: number
  readonly head: number
  readonly apart: number
  readonly below: number
  readonly sight: number
}
export const shapes: Readonly<Record<Exclude<Zoom, 'minimap'>, Shape>> = {
  tiles: { width: 25, height: 60, gap: 2, head: 24, apart: 12, below: 10, sight: 282 },
  cards: { width: 172, height: 88, gap: 4, head: 24, apart: 12, below: 10, sight: 366 },
  text: { width: null, height: 24, gap: 0, head: 24, apart: 0, below: 0, sight: 366 },
}

/** A stretch of a passage's chunks in a row: marks `from` up to `to` of its group, `left` pixels in. */
export type Part = { readonly group: number; readonly from: number; readonly to: number; readonly left: number }
/** `first` is the index of its first chunk. A row without a head goes on with the passage above it. */
export type Row = {
  readonly top: number
  readonly height: number
  readonly headed: boolean
  readonly first: number
  readonly parts: readonly Part[]
}

/** Lays groups into rows of `width` pixels. A passage that fits a row is not broken. */
export function packRows(groups: readonly Pick<Group, 'marks'>[], width: number, shape: Shape): readonly Row[] {
  const perRow = shape.width === null ? 1 : Math.max(1, Math.floor((width + shape.gap) / (shape.width + shape.gap)))
  const widthOf = (count: number): number =>
    shape.width === null ? width : count * shape.width + (count - 1) * shape.gap
  const rows: Row[] = []
  let parts: Part[] = []
  let left = 0
  let top = 0
  function close(): void {
    const start = parts[0]
    if (start === undefined) return
    // A list needs the name of its passage once; tiles and cards say it in every row.
    const headed = shape.width !== null || start.from === 0
    const height = (headed ? shape.head : 0) + shape.height + shape.below
    rows.push({ top, height, headed, first: groups[start.group]?.marks[start.from]?.chunk.index ?? 0, parts })
    top += height
    parts = []
    left = 0
  }
  groups.forEach(({ marks: { length } }, group) => {
    if (left > 0 && left + widthOf(length) > width) close()
    for (let from = 0; from < length; from += perRow) {
      const to = Math.min(length, from + perRow)
      parts.push({ group, from, to, left })
      left += widthOf(to - from) + shape.apart
      if (to < length || shape.width === null) close()
    }
  })
  close()
  return rows
}

/** Height of all rows. */
export function heightOf(rows: readonly Row[]): number {
  const last = rows.at(-1)
  return last === undefined ? 0 : last.top + last.height
}

/** The rows that a window of `height` pixels from `top` touches: from one up to, not including, another. */
export function rowsIn(rows: readonly Row[], top: number, height: number): readonly [from: number, to: number] {
  const from = Math.max(
    0,
    lastWith(rows, (row) => row.top <= top),
  )
  return [from, Math.max(from + 1, lastWith(rows, (row) => row.top < top + height) + 1)]
}

/** The place of the row that holds a chunk. */
export function rowOf(rows: readonly Row[], chunk: number): number {
  return Math.max(
    0,
    lastWith(rows, (row) => row.first <= chunk),
  )
}

/** The last place at which `test` holds, where it holds for all before it; -1 where it never does. */
function lastWith(rows: readonly Row[], test: (row: Row) => boolean): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row !== undefined && test(row)) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Shape arithmetic: broadcasting, matrix products, reductions, slices, on sizes known or named. */
import type { Dim, DType, Shape, Value } from './value.ts'

/** One axis of two broadcast together; equal names are equal sizes. */
function joinDim(a: Dim, b: Dim): Dim {
  if (a === b || b === 1) return a
  if (a === 1) return b
  throw new Error(`internal: sizes ${a} and ${b} do not broadcast`)
}

/** The shape of two broadcast together, aligned at the right. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => joinDim(a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1))
}

/** The type that all share. */
export function promote(values: readonly Value[]): DType {
  const [first, ...rest] = values
  if (!first) throw new Error('internal: an operator without inputs')
  for (const value of rest) {
    if (value.dtype !== first.dtype)
      throw new Error(`internal: ${first.name} is ${first.dtype}, ${value.name} is ${value.dtype}`)
  }
  return first.dtype
}

/** The shape of a (batched) matrix product, either side transposed in its last two axes. */
export function matmulShape(a: Shape, b: Shape, transA: boolean, transB: boolean): Shape {
  if (a.length < 2 || b.length < 2) throw new Error(`internal: product of [${a.join(', ')}] and [${b.join(', ')}]`)
  const [rows, innerA] = transA ? [a.at(-1), a.at(-2)] : [a.at(-2), a.at(-1)]
  const [innerB, columns] = transB ? [b.at(-1), b.at(-2)] : [b.at(-2), b.at(-1)]
  if (innerA !== innerB) throw new Error(`internal: product of [${a.join(', ')}] and [${b.join(', ')}]`)
  return [...broadcast(a.slice(0, -2), b.slice(0, -2)), rows as Dim, columns as Dim]
}

/** Axes counted from the left. */
export function axesOf(rank: number, axes: readonly number[]): readonly number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis))
}

/** The shape after summing over `axes`. */
export function reduced(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  const gone = new Set(axesOf(shape.length, axes))
  return keep ? shape.map((dim, i) => (gone.has(i) ? 1 : dim)) : shape.filter((_, i) => !gone.has(i))
}

/** The shape of a slice along one axis; negative bounds count from the end. */
export function sliceShape(shape: Shape, axis: number, start: number, end: number): Shape {
  const [at] = axesOf(shape.length, [axis])
  return shape.map((dim, i) => {
    if (i !== at) return dim
    if (typeof dim !== 'number') throw new Error('internal: slices need a static axis')
    const from = start < 0 ? start + dim : start
    const to = end < 0 ? end + dim : Math.min(end, dim)
    return to - from
  })
}

/** True when every axis is the same size or name. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}

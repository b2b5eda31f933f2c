/** What an adapter adds to a matrix, a stretch of it at a time: the product of two thin matrices, times a scale. */
import { Fault } from '../../../shared/fault.ts'
import type { Located } from '../store/tensorFile.ts'

/** The product BA times `scale`, where A is [rank, in] and B is [out, rank]. */
export type LowRank = {
  readonly a: Located
  readonly b: Located
  readonly scale: number
  /** The matrix is stored [in, out]: what is added to it is the product turned. */
  readonly turned: boolean
}

/** Adds to `values`, the numbers of the matrix from `from` on. */
export type AddTo = (values: Float32Array, from: number) => void

/** Reads both factors, which are small, and gives what adds their product. Fault model-damaged for a sum beyond f32. */
export async function openLowRank(
  { a, b, scale, turned }: LowRank,
  read: (tensor: Located) => Promise<Float32Array>,
): Promise<AddTo> {
  const [rank = 0, into = 0] = a.shape
  const out = b.shape[0] ?? 0
  const [first, second] = [await read(a), await read(b)]
  // Rows of the matrix are rows of `left` times `right`.
  const left = turned ? flip(first, rank, into) : second
  const right = turned ? flip(second, out, rank) : first
  const columns = turned ? out : into
  const sums = new Float64Array(columns)
  return (values, from) => {
    for (let at = 0; at < values.length;) {
      const row = Math.floor((from + at) / columns)
      const start = (from + at) % columns
      const count = Math.min(columns - start, values.length - at)
      sums.fill(0, 0, count)
      for (let k = 0; k < rank; k++) {
        const by = left[row * rank + k] as number
        const line = k * columns + start
        for (let i = 0; i < count; i++) sums[i] = (sums[i] as number) + by * (right[line + i] as number)
      }
      for (let i = 0; i < count; i++) {
        const sum = Math.fround((values[at + i] as number) + scale * (sums[i] as number))
        if (!Number.isFinite(sum))
          throw new Fault('model-damaged', `With the product of ${b.name} and ${a.name}, a weight is beyond f32.`, {
            remedy: 'Check lora_alpha in adapter_config.json.',
          })
        values[at + i] = sum
      }
      at += count
    }
  }
}

/** A matrix [rows, columns] turned. */
function flip(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = values[row * columns + column] as number
  return turned
}

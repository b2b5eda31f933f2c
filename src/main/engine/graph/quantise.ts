/**
 * Matrices held as small integers, by blocks of 32 along what a product sums over: each block has a scale, and where it pays a zero
 * point. Laid out as ONNX Runtime's MatMulNBits reads them.
 */
import { floats, type Tensor } from './value.ts'

export const bitSizes = [4, 8] as const
export type Bits = (typeof bitSizes)[number]
export const blockSize = 32

/** Sizes of a packed matrix that maps `inner` numbers to `outer`. */
export function packedShapes(inner: number, outer: number, bits: Bits) {
  const blocks = Math.ceil(inner / blockSize)
  return {
    /** Two integers of 4 bits share a byte, the first in its lower half. */
    integers: [outer, blocks, (blockSize * bits) / 8],
    scales: [outer, blocks],
    zeros: [outer, Math.ceil((blocks * bits) / 8)],
  } as const
}

/** A number of the matrix is (integer - zero point) · scale of its block. */
export type Packed = { readonly integers: Tensor; readonly scales: Tensor; readonly zeros: Tensor }

/**
 * Packs a matrix: [inner, outer] as the networks multiply by it from the right, or with `rows` [outer, inner] as a table of tokens
 * lies. Each block spans its numbers from least to greatest, zero always among them, so that rounding moves none by more than half
 * of a scale.
 */
export function quantise(matrix: Tensor, bits: Bits, rows: boolean): Packed {
  const [first, second] = matrix.shape as readonly [number, number]
  const [inner, outer] = rows ? [second, first] : [first, second]
  const shapes = packedShapes(inner, outer, bits)
  const [, blocks, blob] = shapes.integers
  const zeroBytes = shapes.zeros[1]
  const top = 2 ** bits - 1
  const integers = new Uint8Array(outer * blocks * blob)
  const scales = new Float32Array(outer * blocks)
  const zeros = new Uint8Array(outer * zeroBytes)
  const tile = new Float32Array(outer * blockSize)
  for (let block = 0; block < blocks; block++) {
    fillTile(tile, matrix.data as Float32Array, { inner, outer, rows, from: block * blockSize })
    for (let column = 0; column < outer; column++) {
      const start = column * blockSize
      let least = 0
      let most = 0
      for (let i = start; i < start + blockSize; i++) {
        const value = tile[i] as number
        if (value < least) least = value
        else if (value > most) most = value
      }
      // In f32, as the runtime reads it, so that the rounding below is to what it will see.
      const scale = Math.fround((most - least) / top) || 1
      const zero = Math.min(top, Math.round(-least / scale))
      scales[column * blocks + block] = scale
      put(zeros, column * zeroBytes, block, zero, bits)
      const to = (column * blocks + block) * blob
      for (let i = 0; i < blockSize; i++) {
        const integer = Math.round((tile[start + i] as number) / scale) + zero
        put(integers, to, i, Math.min(top, Math.max(0, integer)), bits)
      }
    }
  }
  return {
    integers: { dtype: 'uint8', shape: shapes.integers, data: integers },
    scales: floats(shapes.scales, scales),
    zeros: { dtype: 'uint8', shape: shapes.zeros, data: zeros },
  }
}

/** The matrix that the runtime multiplies by: [inner, outer]. */
export function dequantise({ integers, scales, zeros }: Packed, inner: number, bits: Bits): Tensor {
  const [outer, blocks, blob] = integers.shape as readonly [number, number, number]
  const zeroBytes = zeros.shape[1] as number
  const data = new Float32Array(inner * outer)
  for (let column = 0; column < outer; column++) {
    for (let i = 0; i < inner; i++) {
      const block = Math.floor(i / blockSize)
      const integer = get(integers.data as Uint8Array, (column * blocks + block) * blob, i % blockSize, bits)
      const zero = get(zeros.data as Uint8Array, column * zeroBytes, block, bits)
      data[i * outer + column] = (integer - zero) * ((scales.data as Float32Array)[column * blocks + block] as number)
    }
  }
  return floats([inner, outer], data)
}

/** The numbers of one block of every column, column after column; behind the last row stand zeros. Reads in the order that they lie. */
function fillTile(
  tile: Float32Array,
  data: Float32Array,
  at: { readonly inner: number; readonly outer: number; readonly rows: boolean; readonly from: number },
): void {
  const { inner, outer, rows, from } = at
  const size = Math.min(blockSize, inner - from)
  if (size < blockSize) tile.fill(0)
  if (rows)
    for (let column = 0; column < outer; column++) {
      const start = column * inner + from
      tile.set(data.subarray(start, start + size), column * blockSize)
    }
  else
    for (let i = 0; i < size; i++) {
      const start = (from + i) * outer
      for (let column = 0; column < outer; column++) tile[column * blockSize + i] = data[start + column] as number
    }
}

function put(bytes: Uint8Array, start: number, at: number, value: number, bits: Bits): void {
  if (bits === 8) bytes[start + at] = value
  else bytes[start + (at >> 1)] = (bytes[start + (at >> 1)] as number) | (value << ((at & 1) * 4))
}

function get(bytes: Uint8Array, start: number, at: number, bits: Bits): number {
  if (bits === 8) return bytes[start + at] as number
  return ((bytes[start + (at >> 1)] as number) >> ((at & 1) * 4)) & 15
}

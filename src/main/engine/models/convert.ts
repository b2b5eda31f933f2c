/** Tensors of others as our weights: read a piece at a time, widened, checked, turned, and written one behind the other. */
import type { FileHandle } from 'node:fs/promises'
import { Fault } from '../../../shared/fault.ts'
import { widenBrain, widenHalf } from '../graph/halves.ts'
import type { Located } from '../store/tensorFile.ts'
import { openLowRank, type AddTo } from './lowRank.ts'
import type { Source, Taken } from './match.ts'

/** Numbers read at a time. */
const pieceLength = 1 << 20
/** Rows turned at a time: a block of them stays in the processor's cache while it is read across. */
const stripRows = 64

/** Reads stretches of tensors, from whichever shard. */
export type ReadAt = (file: string) => Promise<FileHandle>
/** Takes the numbers of a weight, in order. */
export type Emit = (values: Float32Array) => Promise<void>

/** The numbers [from, to) of a tensor as float32. Fault model-damaged names a tensor that holds what is no number. */
export async function readNumbers(readAt: ReadAt, tensor: Located, from: number, to: number): Promise<Float32Array> {
  const size = tensor.dtype === 'F32' ? 4 : 2
  const bytes = new Uint8Array((to - from) * size)
  const handle = await readAt(tensor.file)
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, tensor.offset + from * size)
  if (bytesRead !== bytes.length) throw new Fault('model-damaged', `${tensor.name}: its file ended while it was read.`)
  const values = widen(tensor, bytes)
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]))
      throw new Fault('model-damaged', `${tensor.name} holds ${values[i]} at ${from + i}: it is no trained weight.`, {
        remedy: 'Fetch the model again; if its file is the same, it was saved broken.',
      })
  }
  return values
}

/** Reads stretches of a tensor as they are with its adapter. */
async function openSource(
  readAt: ReadAt,
  source: Source,
): Promise<(from: number, to: number) => Promise<Float32Array>> {
  const whole = (tensor: Located): Promise<Float32Array> => readNumbers(readAt, tensor, 0, lengthOf(tensor))
  const add: AddTo | null = source.added === undefined ? null : await openLowRank(source.added, whole)
  return async (from, to) => {
    const values = await readNumbers(readAt, source, from, to)
    add?.(values, from)
    return values
  }
}

function widen({ dtype }: Located, bytes: Uint8Array): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes.buffer)
  const bits = new Uint16Array(bytes.buffer)
  return dtype === 'F16' ? widenHalf(bits) : widenBrain(bits)
}

/** Gives the numbers of a weight, a piece at a time. */
export async function convert(readAt: ReadAt, { weight, from, as }: Taken, emit: Emit): Promise<void> {
  if (as === 'columns') {
    const [rows, columns] = weight.shape as readonly [number, number]
    return emit(await sideBySide(readAt, from, rows, columns))
  }
  for (const tensor of from) {
    const length = lengthOf(tensor)
    const read = await openSource(readAt, tensor)
    for (let at = 0; at < length; at += pieceLength) await emit(await read(at, Math.min(length, at + pieceLength)))
  }
}

/** Matrices [out, rows] turned to [rows, out] and set side by side: one weight [rows, columns], held whole. */
async function sideBySide(
  readAt: ReadAt,
  from: readonly Source[],
  rows: number,
  columns: number,
): Promise<Float32Array> {
  const whole = new Float32Array(rows * columns)
  let column = 0
  for (const tensor of from) {
    const out = tensor.shape[0] as number
    const read = await openSource(readAt, tensor)
    const strip = Math.max(1, Math.min(stripRows, Math.floor(pieceLength / rows)))
    for (let first = 0; first < out; first += strip) {
      const count = Math.min(strip, out - first)
      const values = await read(first * rows, (first + count) * rows)
      turnInto(whole, values, { rows, columns, count, column: column + first })
    }
    column += out
  }
  return whole
}

/** Writes `count` rows of `values` as columns from `column` on. */
function turnInto(
  whole: Float32Array,
  values: Float32Array,
  at: { readonly rows: number; readonly columns: number; readonly count: number; readonly column: number },
): void {
  const { rows, columns, count, column } = at
  for (let row = 0; row < rows; row++) {
    const start = row * columns + column
    for (let i = 0; i < count; i++) whole[start + i] = values[i * rows + row] as number
  }
}

/** How many numbers a tensor has. */
export function lengthOf({ shape }: Pick<Located, 'shape'>): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** Fault model-damaged unless two tensors are equal, number for number. */
export async function checkTwins(readAt: ReadAt, [tensor, twin]: readonly [Located, Located]): Promise<void> {
  const length = lengthOf(tensor)
  const differ = (why: string): Fault =>
    new Fault('model-damaged', `tie_word_embeddings says that ${twin.name} is ${tensor.name}, and ${why}.`, {
      remedy: 'Set tie_word_embeddings to false in config.json to use both.',
    })
  if (tensor.shape.join() !== twin.shape.join()) throw differ('their shapes differ')
  for (let at = 0; at < length; at += pieceLength) {
    const to = Math.min(length, at + pieceLength)
    const [a, b] = [await readNumbers(readAt, tensor, at, to), await readNumbers(readAt, twin, at, to)]
    if (Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) !== 0) throw differ('their numbers differ')
  }
}

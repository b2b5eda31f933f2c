/** The graph as a value: what the rest of the room builds, checks, prints, differentiates, writes and runs. */
import type { OpAttributes, OpName } from './ops.ts'

export type DType = 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'bool' | 'uint8'
/** A size, or the name of one that is known only when the graph runs. */
export type Dim = number | string
export type Shape = readonly Dim[]

/** An edge of the graph: one tensor, named once. */
export type Value = { readonly name: string; readonly dtype: DType; readonly shape: Shape }

/** Typed numbers with their shape, as constants and weights are kept. */
export type Numbers = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array
export type Tensor = { readonly dtype: DType; readonly shape: readonly number[]; readonly data: Numbers }

/** One operator: `null` inputs are optional ones left out. */
export type Node<Name extends OpName = OpName> = {
  readonly op: Name
  readonly inputs: readonly (Value | null)[]
  readonly outputs: readonly Value[]
  readonly attributes: OpAttributes[Name]
}

/** A whole program. `params` are weights: bound to data or fed and returned, as its user chooses when it is written. */
export type Graph = {
  readonly name: string
  readonly inputs: readonly Value[]
  readonly params: readonly Value[]
  readonly constants: ReadonlyMap<string, Tensor>
  readonly nodes: readonly Node[]
  readonly outputs: readonly { readonly name: string; readonly value: Value }[]
}

/** Weights by name: what a checkpoint holds. */
export type Weights = ReadonlyMap<string, Tensor>

/** A weight that stays in its file, little-endian and row after row: the runtime maps it from there. */
export type StoredTensor = {
  readonly dtype: 'float32' | 'float16' | 'uint8'
  readonly shape: readonly number[]
  readonly file: string
  readonly offset: number
  readonly bytes: number
}

/** Weights as a session is opened with them: in memory, or left in one file. */
export type BoundWeights = ReadonlyMap<string, Tensor | StoredTensor>

/** The sizes of a static shape; a symbolic one is a fault of the caller, named. */
export function sizes(value: Value): readonly number[] {
  return value.shape.map((dim) => {
    if (typeof dim === 'number') return dim
    throw new Error(`internal: ${value.name} needs a static shape, has [${value.shape.join(', ')}]`)
  })
}

/** Number of elements of a static shape. */
export function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** A float32 tensor. */
export function floats(shape: readonly number[], data: Float32Array | readonly number[]): Tensor {
  return { dtype: 'float32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) }
}

/** An int64 tensor from ordinary numbers. */
export function longs(shape: readonly number[], data: ArrayLike<number>): Tensor {
  const out = new BigInt64Array(data.length)
  // The low and high words are written directly: BigInt(x) per element is many times slower.
  const words = new Int32Array(out.buffer)
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number
    words[2 * i] = value
    words[2 * i + 1] = value < 0 ? -1 : 0
  }
  return { dtype: 'int64', shape, data: out }
}

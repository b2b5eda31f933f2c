/**
 * Every operator the workbench uses: its domain, and the shape and type of its results.
 *
 * To add one: its attributes in `OpAttributes`, its row in `ops`, and, where a gradient must pass, its rule in `rules.ts`.
 */
import { broadcast, matmulShape, promote, reduced, sliceShape } from './shapes.ts'
import type { Dim, DType, Shape, Value } from './value.ts'

type None = Record<never, never>

/** Attributes of each operator, as ONNX and ONNX Runtime name them. */
export type OpAttributes = {
  Add: None
  Sub: None
  Mul: None
  Div: None
  Neg: None
  Exp: None
  Log: None
  Sqrt: None
  Reciprocal: None
  Tanh: None
  Sigmoid: None
  Erf: None
  Min: None
  Max: None
  Equal: None
  Less: None
  Where: None
  Identity: None
  Cast: { to: DType }
  MatMul: None
  FusedMatMul: { transA: 0 | 1; transB: 0 | 1; alpha: number }
  Gemm: { transA: 0 | 1; transB: 0 | 1; alpha: number }
  /** [..., K] times a matrix of K by N held in `bits`: integers, scales, zero points (`quantise.ts`). */
  MatMulNBits: { K: number; N: number; bits: 4 | 8; block_size: number; accuracy_level: number }
  Gelu: None
  FastGelu: None
  QuickGelu: { alpha: number }
  Softmax: { axis: number }
  LogSoftmax: { axis: number }
  LayerNormalization: { axis: number; epsilon: number }
  SimplifiedLayerNormalization: { axis: number; epsilon: number; stash_type: 1 }
  ReduceSum: { axes: readonly number[]; keepdims: 0 | 1 }
  ReduceMean: { axes: readonly number[]; keepdims: 0 | 1 }
  ReduceMax: { axes: readonly number[]; keepdims: 0 | 1 }
  ReduceSumSquare: { axes: readonly number[]; keepdims: 0 | 1 }
  Reshape: { shape: Shape }
  Transpose: { perm: readonly number[] }
  Concat: { axis: number }
  Split: { axis: number; sizes: readonly number[] }
  Slice: { axis: number; start: number; end: number }
  Expand: { shape: readonly number[] }
  Gather: { axis: number }
  GatherElements: { axis: number }
  ScatterElements: { axis: number; reduction: 'none' | 'add' }
  RotaryEmbedding: { num_heads: number; interleaved: 0 | 1; rotary_embedding_dim: number }
  GroupQueryAttention: {
    num_heads: number
    kv_num_heads: number
    do_rotary: 0 | 1
    rotary_interleaved: 0 | 1
    scale: number
    /** How many of the last positions a row looks at; all when left out. */
    local_window_size?: number
  }
}
export type OpName = keyof OpAttributes

/** Shape and type of one result. */
export type Result = { readonly dtype: DType; readonly shape: Shape }
type Infer<Name extends OpName> = (
  inputs: readonly (Value | null)[],
  attributes: OpAttributes[Name],
) => readonly Result[]
type Op<Name extends OpName> = { readonly domain: '' | 'com.microsoft'; readonly infer: Infer<Name> }

/** The input at `i`, which must be there. */
export function input(inputs: readonly (Value | null)[], i: number): Value {
  const value = inputs[i]
  if (!value) throw new Error(`internal: input ${i} is missing`)
  return value
}

const same = (inputs: readonly (Value | null)[]): readonly Result[] => [pick(input(inputs, 0))]
const pick = (value: Value): Result => ({ dtype: value.dtype, shape: value.shape })
const wide = (inputs: readonly (Value | null)[]): readonly Result[] => {
  const all = inputs.filter((value) => value !== null)
  return [{ dtype: promote(all), shape: all.map((value) => value.shape).reduce(broadcast) }]
}
const compared = (inputs: readonly (Value | null)[]): readonly Result[] => [
  { dtype: 'bool', shape: broadcast(input(inputs, 0).shape, input(inputs, 1).shape) },
]
const unary = { domain: '', infer: same } as const
const binary = { domain: '', infer: wide } as const
const reduction = {
  domain: '',
  infer: (inputs: readonly (Value | null)[], at: { axes: readonly number[]; keepdims: 0 | 1 }): readonly Result[] => [
    { dtype: input(inputs, 0).dtype, shape: reduced(input(inputs, 0).shape, at.axes, at.keepdims === 1) },
  ],
} as const
const normalization = (inputs: readonly (Value | null)[], statistics: number): readonly Result[] => {
  const x = input(inputs, 0)
  const row: Result = { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] }
  return [pick(x), ...Array.from({ length: statistics }, () => row)]
}
const replace = (shape: Shape, axis: number, dims: Shape): Shape => {
  const at = axis < 0 ? axis + shape.length : axis
  return [...shape.slice(0, at), ...dims, ...shape.slice(at + 1)]
}

/** The table; rows stand in the order of `OpAttributes`. */
export const ops: { readonly [Name in OpName]: Op<Name> } = {
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Neg: unary,
  Exp: unary,
  Log: unary,
  Sqrt: unary,
  Reciprocal: unary,
  Tanh: unary,
  Sigmoid: unary,
  Erf: unary,
  Min: binary,
  Max: binary,
  Equal: { domain: '', infer: compared },
  Less: { domain: '', infer: compared },
  Where: {
    domain: '',
    infer: (inputs) => [
      {
        dtype: input(inputs, 1).dtype,
        shape: [0, 1, 2].map((i) => input(inputs, i).shape).reduce(broadcast),
      },
    ],
  },
  Identity: unary,
  Cast: { domain: '', infer: (inputs, at) => [{ dtype: at.to, shape: input(inputs, 0).shape }] },
  MatMul: {
    domain: '',
    infer: (inputs) => [
      {
        dtype: input(inputs, 0).dtype,
        shape: matmulShape(input(inputs, 0).shape, input(inputs, 1).shape, false, false),
      },
    ],
  },
  FusedMatMul: {
    domain: 'com.microsoft',
    infer: (inputs, at) => [
      {
        dtype: input(inputs, 0).dtype,
        shape: matmulShape(input(inputs, 0).shape, input(inputs, 1).shape, at.transA === 1, at.transB === 1),
      },
    ],
  },
  Gemm: {
    domain: '',
    infer: (inputs, at) => [
      {
        dtype: input(inputs, 0).dtype,
        shape: matmulShape(input(inputs, 0).shape, input(inputs, 1).shape, at.transA === 1, at.transB === 1),
      },
    ],
  },
  MatMulNBits: {
    domain: 'com.microsoft',
    infer: (inputs, at) => {
      const x = input(inputs, 0)
      if (x.shape.at(-1) !== at.K)
        throw new Error(`internal: product of [${x.shape.join(', ')}] and ${at.K} by ${at.N}`)
      return [{ dtype: x.dtype, shape: replace(x.shape, -1, [at.N]) }]
    },
  },
  Gelu: { domain: 'com.microsoft', infer: same },
  FastGelu: { domain: 'com.microsoft', infer: same },
  QuickGelu: { domain: 'com.microsoft', infer: same },
  Softmax: unary,
  LogSoftmax: unary,
  LayerNormalization: { domain: '', infer: (inputs) => normalization(inputs, 2) },
  SimplifiedLayerNormalization: { domain: '', infer: (inputs) => normalization(inputs, 1) },
  ReduceSum: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceSumSquare: reduction,
  Reshape: { domain: '', infer: (inputs, at) => [{ dtype: input(inputs, 0).dtype, shape: at.shape }] },
  Transpose: {
    domain: '',
    infer: (inputs, at) => [
      { dtype: input(inputs, 0).dtype, shape: at.perm.map((axis) => input(inputs, 0).shape[axis] as Dim) },
    ],
  },
  Concat: {
    domain: '',
    infer: (inputs, at) => {
      const all = inputs.map((_, i) => input(inputs, i))
      const first = input(inputs, 0)
      const axis = at.axis < 0 ? at.axis + first.shape.length : at.axis
      const dims = all.map((value) => value.shape[axis] as Dim)
      const joined = dims.every((dim) => typeof dim === 'number') ? dims.reduce((a, b) => a + b, 0) : dims.join('+')
      return [{ dtype: first.dtype, shape: replace(first.shape, at.axis, [joined]) }]
    },
  },
  Split: {
    domain: '',
    infer: (inputs, at) =>
      at.sizes.map((size) => ({
        dtype: input(inputs, 0).dtype,
        shape: replace(input(inputs, 0).shape, at.axis, [size]),
      })),
  },
  Slice: {
    domain: '',
    infer: (inputs, at) => [
      { dtype: input(inputs, 0).dtype, shape: sliceShape(input(inputs, 0).shape, at.axis, at.start, at.end) },
    ],
  },
  Expand: {
    domain: '',
    infer: (inputs, at) => [{ dtype: input(inputs, 0).dtype, shape: broadcast(input(inputs, 0).shape, at.shape) }],
  },
  Gather: {
    domain: '',
    infer: (inputs, at) => [
      { dtype: input(inputs, 0).dtype, shape: replace(input(inputs, 0).shape, at.axis, input(inputs, 1).shape) },
    ],
  },
  GatherElements: {
    domain: '',
    infer: (inputs) => [{ dtype: input(inputs, 0).dtype, shape: input(inputs, 1).shape }],
  },
  ScatterElements: unary,
  RotaryEmbedding: { domain: 'com.microsoft', infer: same },
  GroupQueryAttention: {
    domain: 'com.microsoft',
    infer: (inputs) => [pick(input(inputs, 0)), pick(input(inputs, 3)), pick(input(inputs, 4))],
  },
}

/** A small program through each operator that has a gradient rule: what the finite differences are taken of. */
import { indices, type Builder } from '../../src/main/engine/graph/build.ts'
import type { OpName } from '../../src/main/engine/graph/ops.ts'
import { floats, longs, type Value } from '../../src/main/engine/graph/value.ts'

/** A small program through one operator: the weights it reads, and its results to be summed into a loss. */
export type Sample = {
  readonly shapes: readonly (readonly number[])[]
  readonly positive?: boolean
  /** Keeps values of two weights well apart, where a tie has no derivative. */
  readonly spaced?: boolean
  readonly make: (g: Builder, from: readonly Value[]) => readonly Value[]
}

const at = (values: Value[], i: number): Value => values[i] as Value
const unary = (
  op: 'Neg' | 'Exp' | 'Tanh' | 'Sigmoid' | 'Identity' | 'Log' | 'Sqrt' | 'Reciprocal' | 'Gelu' | 'FastGelu' | 'Erf',
  positive = false,
): Sample => ({
  shapes: [[3, 4]],
  positive,
  make: (g, from) => [g.add(op, [at([...from], 0)], {})],
})
const binary = (op: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Min' | 'Max', positive = false): readonly Sample[] =>
  [
    [
      [3, 4],
      [3, 4],
    ],
    [[2, 3, 4], [4]],
    [
      [3, 1],
      [3, 4],
    ],
  ].map((shapes) => ({
    shapes,
    positive,
    spaced: op === 'Min' || op === 'Max',
    make: (g, from) => [g.add(op, [...from], {})],
  }))
const reduction = (op: 'ReduceSum' | 'ReduceMean' | 'ReduceSumSquare'): readonly Sample[] => [
  { shapes: [[3, 4]], make: (g, from) => [g.add(op, [...from], { axes: [1], keepdims: 1 })] },
  { shapes: [[2, 3, 4]], make: (g, from) => [g.add(op, [...from], { axes: [0, 2], keepdims: 0 })] },
]

export const samples: { readonly [Name in OpName]?: readonly Sample[] } = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  Div: binary('Div', true),
  Min: binary('Min'),
  Max: binary('Max'),
  Neg: [unary('Neg')],
  Exp: [unary('Exp')],
  Log: [unary('Log', true)],
  Sqrt: [unary('Sqrt', true)],
  Reciprocal: [unary('Reciprocal', true)],
  Tanh: [unary('Tanh')],
  Sigmoid: [unary('Sigmoid')],
  Identity: [unary('Identity')],
  Erf: [unary('Erf')],
  Gelu: [unary('Gelu')],
  FastGelu: [unary('FastGelu')],
  QuickGelu: [1, 1.702].map((alpha) => ({
    shapes: [[3, 4]],
    make: (g, from) => [g.add('QuickGelu', [...from], { alpha })],
  })),
  Where: [
    {
      shapes: [
        [2, 3],
        [2, 3],
      ],
      make: (g, [a, b]) => [
        g.add(
          'Where',
          [g.constant({ dtype: 'bool', shape: [2, 3], data: Uint8Array.of(1, 0, 1, 0, 0, 1) }), a as Value, b as Value],
          {},
        ),
      ],
    },
  ],
  MatMul: [
    {
      shapes: [
        [3, 4],
        [4, 5],
      ],
      make: (g, from) => [g.add('MatMul', [...from], {})],
    },
    {
      shapes: [
        [2, 3, 4],
        [4, 5],
      ],
      make: (g, from) => [g.add('MatMul', [...from], {})],
    },
    {
      shapes: [
        [2, 3, 4],
        [2, 4, 5],
      ],
      make: (g, from) => [g.add('MatMul', [...from], {})],
    },
    {
      shapes: [
        [1, 3, 4],
        [2, 4, 5],
      ],
      make: (g, from) => [g.add('MatMul', [...from], {})],
    },
  ],
  FusedMatMul: [
    {
      shapes: [
        [4, 3],
        [4, 5],
      ],
      make: (g, from) => [g.add('FusedMatMul', [...from], { transA: 1, transB: 0, alpha: 0.5 })],
    },
    {
      shapes: [
        [2, 3, 4],
        [2, 5, 4],
      ],
      make: (g, from) => [g.add('FusedMatMul', [...from], { transA: 0, transB: 1, alpha: 2 })],
    },
    {
      shapes: [
        [4, 3],
        [5, 4],
      ],
      make: (g, from) => [g.add('FusedMatMul', [...from], { transA: 1, transB: 1, alpha: 1 })],
    },
    {
      shapes: [
        [2, 3, 4],
        [5, 4],
      ],
      make: (g, from) => [g.add('FusedMatMul', [...from], { transA: 0, transB: 1, alpha: 1 })],
    },
  ],
  Softmax: [{ shapes: [[3, 5]], make: (g, from) => [g.add('Softmax', [...from], { axis: -1 })] }],
  LogSoftmax: [
    { shapes: [[3, 5]], make: (g, from) => [g.add('LogSoftmax', [...from], { axis: -1 })] },
    {
      shapes: [[3, 5]],
      make: (g, from) => {
        const logs = g.add('LogSoftmax', [...from], { axis: -1 })
        return [g.add('GatherElements', [logs, g.constant(longs([3, 1], [4, 0, 2]))], { axis: -1 })]
      },
    },
  ],
  LayerNormalization: [
    {
      shapes: [[3, 6], [6], [6]],
      make: (g, from) => [g.add('LayerNormalization', [...from], { axis: -1, epsilon: 1e-5 })],
    },
  ],
  SimplifiedLayerNormalization: [
    {
      shapes: [[3, 6], [6]],
      make: (g, from) => [g.add('SimplifiedLayerNormalization', [...from], { axis: -1, epsilon: 1e-5, stash_type: 1 })],
    },
  ],
  ReduceSum: reduction('ReduceSum'),
  ReduceMean: reduction('ReduceMean'),
  ReduceMax: [
    {
      shapes: [[3, 4]],
      spaced: true,
      make: (g, from) => [g.add('ReduceMax', [...from], { axes: [1], keepdims: 1 })],
    },
    {
      shapes: [[2, 3, 4]],
      spaced: true,
      make: (g, from) => [g.add('ReduceMax', [...from], { axes: [0, 2], keepdims: 0 })],
    },
  ],
  ReduceSumSquare: reduction('ReduceSumSquare'),
  Reshape: [{ shapes: [[2, 6]], make: (g, from) => [g.add('Reshape', [...from], { shape: [3, 4] })] }],
  Transpose: [{ shapes: [[2, 3, 4]], make: (g, from) => [g.add('Transpose', [...from], { perm: [2, 0, 1] })] }],
  Concat: [
    {
      shapes: [
        [2, 3],
        [2, 4],
      ],
      make: (g, from) => [g.add('Concat', [...from], { axis: -1 })],
    },
  ],
  Split: [
    { shapes: [[2, 7]], make: (g, from) => [g.addAll('Split', [...from], { axis: 1, sizes: [3, 2, 2] })[1] as Value] },
  ],
  Slice: [
    { shapes: [[4, 5]], make: (g, from) => [g.add('Slice', [...from], { axis: 1, start: 1, end: 3 })] },
    { shapes: [[4, 5]], make: (g, from) => [g.add('Slice', [...from], { axis: 0, start: -2, end: 4 })] },
  ],
  Expand: [{ shapes: [[3, 1]], make: (g, from) => [g.add('Expand', [...from], { shape: [2, 3, 4] })] }],
  Gather: [
    { shapes: [[5, 3]], make: (g, from) => [g.add('Gather', [...from, indices(g, [4, 0, 4, 2])], { axis: 0 })] },
    { shapes: [[2, 5, 3]], make: (g, from) => [g.add('Gather', [...from, indices(g, [4, 0, 4, 2])], { axis: 1 })] },
    {
      shapes: [[2, 5]],
      make: (g, from) => [g.add('Gather', [...from, g.constant(longs([2, 2], [3, 3, 0, 1]))], { axis: -1 })],
    },
    {
      shapes: [[5, 3]],
      make: (g, [table]) => {
        const rows = g.add('Gather', [table as Value, indices(g, [1, 1])], { axis: 0 })
        return [g.add('FusedMatMul', [rows, table as Value], { transA: 0, transB: 1, alpha: 1 })]
      },
    },
  ],
  GatherElements: [
    {
      shapes: [[3, 5]],
      make: (g, from) => [
        g.add('GatherElements', [...from, g.constant(longs([3, 2], [4, 0, 2, 2, 1, 3]))], { axis: 1 }),
      ],
    },
  ],
  RotaryEmbedding: [
    {
      shapes: [[1, 3, 8]],
      make: (g, [x]) => {
        const angles = [0, 0, 0.3, 0.1, 0.9, 0.2]
        const cos = g.constant(floats([3, 2], angles.map(Math.cos)))
        const sin = g.constant(floats([3, 2], angles.map(Math.sin)))
        const positions = g.constant(longs([1, 3], [0, 1, 2]))
        return [
          g.add('RotaryEmbedding', [x as Value, positions, cos, sin], {
            num_heads: 2,
            interleaved: 0,
            rotary_embedding_dim: 0,
          }),
        ]
      },
    },
  ],
}

import { describe, expect, test } from 'vitest'
import { startGraph, indices, type Builder } from '../../src/main/engine/graph/build.ts'
import { gradient } from '../../src/main/engine/graph/gradient.ts'
import { live, numbers, openSession } from '../../src/main/engine/graph/run.ts'
import { rules } from '../../src/main/engine/graph/rules.ts'
import type { OpName } from '../../src/main/engine/graph/ops.ts'
import { count, floats, longs, sizes, type Tensor, type Value } from '../../src/main/engine/graph/value.ts'
import { numbersFrom } from '../helpers/numbers.ts'

/** A small program through one operator: the weights it reads, and its results to be summed into a loss. */
type Sample = {
  readonly shapes: readonly (readonly number[])[]
  readonly positive?: boolean
  /** Keeps values of two weights well apart, where a tie has no derivative. */
  readonly spaced?: boolean
  readonly make: (g: Builder, from: readonly Value[]) => readonly Value[]
}

const at = (values: Value[], i: number): Value => values[i] as Value
const unary = (
  op: 'Neg' | 'Exp' | 'Tanh' | 'Sigmoid' | 'Identity' | 'Log' | 'Sqrt' | 'Reciprocal' | 'Gelu',
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

const samples: { readonly [Name in OpName]?: readonly Sample[] } = {
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
  Gelu: [unary('Gelu')],
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

/** A loss with another weight on every element, so that no error can hide in a sum. */
function lossOf(g: Builder, results: readonly Value[]): Value {
  const weighted = results.map((value) => {
    const weights = g.constant(floats(sizes(value), numbersFrom(count(sizes(value)), 11)))
    return g.add('ReduceSum', [g.add('Mul', [value, weights], {})], { axes: value.shape.map((_, i) => i), keepdims: 0 })
  })
  return weighted.reduce((a, b) => g.add('Add', [a, b], {}))
}

async function largestError(sample: Sample): Promise<number> {
  const g = startGraph('sample')
  const weights = sample.shapes.map((shape, i) => g.param(`w${i}`, shape))
  const loss = lossOf(g, sample.make(g, weights))
  const back = gradient(g, loss, weights)
  g.output('loss', loss)
  back.forEach((value, i) => g.output(`d${i}`, value))
  const session = await openSession(g.finish())
  const data: Tensor[] = sample.shapes.map((shape, i) => {
    const values = numbersFrom(count(shape), 5 + i)
    if (sample.spaced)
      return floats(
        shape,
        values.map((v) => Math.round(v * 8) / 8 + i * 0.03),
      )
    return floats(shape, sample.positive ? values.map((v) => Math.abs(v) + 0.5) : values)
  })
  const run = () => session.run(Object.fromEntries(data.map((tensor, i) => [`w${i}`, live(tensor)])))
  const analytic = await run()
  let worst = 0
  const step = 1 / 256
  for (const [i, tensor] of data.entries()) {
    const d = numbers(analytic[`d${i}`])
    expect(d.length).toBe(tensor.data.length)
    for (let j = 0; j < d.length; j++) {
      const kept = Number(tensor.data[j])
      const moved: number[] = []
      for (const by of [2 * step, step, -step, -2 * step]) {
        tensor.data[j] = kept + by
        moved.push(numbers((await run()).loss)[0] as number)
      }
      tensor.data[j] = kept
      const [up2, up, down, down2] = moved as [number, number, number, number]
      // The five-point formula: its error is far below float32's own.
      const measured = (8 * (up - down) - (up2 - down2)) / (12 * step)
      worst = Math.max(worst, Math.abs(measured - (d[j] as number)) / (1 + Math.abs(measured)))
    }
  }
  await session.close()
  return worst
}

describe('every gradient rule agrees with finite differences', () => {
  for (const op of Object.keys(rules) as OpName[]) {
    test(op, async () => {
      const own = samples[op]
      expect(own, `${op} has a rule but no sample`).toBeDefined()
      for (const sample of own ?? []) expect(await largestError(sample)).toBeLessThan(3e-3)
    })
  }
})

test('an operator without a rule names itself', () => {
  const g = startGraph('sample')
  const w = g.param('w', [2, 2])
  const loss = g.add('ReduceSum', [g.add('Erf', [w], {})], { axes: [0, 1], keepdims: 0 })
  expect(() => gradient(g, loss, [w])).toThrow(/no gradient rule for Erf/)
})

test('a value the loss does not depend on gets zeros', async () => {
  const g = startGraph('sample')
  const [a, b] = [g.param('a', [2]), g.param('b', [3])]
  const loss = g.add('ReduceSum', [g.add('Mul', [a, a], {})], { axes: [0], keepdims: 0 })
  const [, dB] = gradient(g, loss, [a, b])
  g.output('dB', dB as Value)
  const session = await openSession(g.finish())
  const result = await session.run({ a: live(floats([2], [1, 2])), b: live(floats([3], [1, 2, 3])) })
  expect([...numbers(result.dB)]).toEqual([0, 0, 0])
  await session.close()
})

test('rows gathered many times get every share of the gradient, on two threads as on one', async () => {
  // ScatterND lost updates here: 4,000 rows from a table of three.
  const g = startGraph('sample')
  const [rows, width] = [4000, 64]
  const table = g.param('table', [3, width])
  const at = g.constant(
    longs(
      [rows],
      Array.from({ length: rows }, (_, i) => i % 3),
    ),
  )
  const loss = g.add('ReduceSum', [g.add('Gather', [table, at], { axis: 0 })], { axes: [0, 1], keepdims: 0 })
  g.output('d', gradient(g, loss, [table])[0] as Value)
  const session = await openSession(g.finish(), undefined, { threads: 2 })
  for (let round = 0; round < 20; round++) {
    const d = numbers((await session.run({ table: live(floats([3, width], new Float32Array(3 * width))) })).d)
    expect([d[0], d[width], d[2 * width]]).toEqual([1334, 1333, 1333])
  }
  await session.close()
})

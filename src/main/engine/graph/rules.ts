/**
 * The gradient of every operator that training passes through, one rule each.
 *
 * A rule gets what flows into the node's results and gives what flows back to each input, `null` for inputs that are
 * not numbers. It need not undo broadcasting. To add one: a row here, and a sample in test/native/gradient.test.ts.
 */
import { scalar, type Builder } from './build.ts'
import { add, div, matmulWith, mul, reshape, scale, sub, sum, transpose } from './express.ts'
import { input, type OpName } from './ops.ts'
import { axesOf } from './shapes.ts'
import { sizes, type Node, type Value } from './value.ts'

/**
 * What flows back to a value: numbers of its shape, or rows to be scattered into it.
 * Kept apart so that many gathers from one table cost one buffer, not one each.
 */
export type Contribution =
  | { readonly kind: 'dense'; readonly value: Value }
  | { readonly kind: 'elements'; readonly axis: number; readonly at: Value; readonly updates: Value }
  | { readonly kind: 'rows'; readonly at: Value; readonly updates: Value }

/** What flows into one result: summed up on demand, or the lone scatter it is. */
export type Arriving = { dense(): Value; readonly sparse: Contribution | null }

type Flow<Name extends OpName> = {
  readonly g: Builder
  readonly node: Node<Name>
  readonly arriving: readonly (Arriving | null)[]
  /** Which inputs lead to a weight: the others may be skipped. */
  readonly wanted: readonly boolean[]
}
type Back = Value | Contribution | null
type Rule<Name extends OpName> = (flow: Flow<Name>) => readonly Back[]

function dy(flow: { readonly arriving: readonly (Arriving | null)[] }): Value {
  const first = flow.arriving[0]
  if (!first) throw new Error('internal: a gradient through a side result')
  return first.dense()
}
const x = (flow: { readonly node: { readonly inputs: readonly (Value | null)[] } }, i = 0): Value =>
  input(flow.node.inputs, i)
const y = (flow: { readonly node: { readonly outputs: readonly Value[] } }, i = 0): Value =>
  flow.node.outputs[i] as Value

/** Products of stacks of matrices; a flat right side takes all rows of the left at once. */
function product(
  g: Builder,
  a: Value,
  b: Value,
  d: Value,
  at: { transA: boolean; transB: boolean; alpha: number },
  wanted: readonly boolean[],
): readonly Back[] {
  const { transA, transB, alpha } = at
  if (!transA && b.shape.length === 2 && a.shape.length > 2) {
    const rows = (value: Value): Value =>
      reshape(g, value, [
        sizes(value)
          .slice(0, -1)
          .reduce((m, n) => m * n, 1),
        sizes(value).at(-1) as number,
      ])
    const [fromA, fromB] = product(g, rows(a), b, rows(d), at, wanted)
    return [fromA ? reshape(g, fromA as Value, a.shape) : null, fromB ?? null]
  }
  const toA = (): Value =>
    transA
      ? matmulWith(g, b, d, { transA: transB, transB: true, alpha })
      : matmulWith(g, d, b, { transB: !transB, alpha })
  const toB = (): Value =>
    transB
      ? matmulWith(g, d, a, { transA: true, transB: transA, alpha })
      : matmulWith(g, a, d, { transA: !transA, alpha })
  return [wanted[0] ? toA() : null, wanted[1] ? toB() : null]
}

/** Spreads a reduction's gradient back over the axes it summed. */
function spread(flow: Flow<'ReduceSum'> | Flow<'ReduceMean'> | Flow<'ReduceMax'>): Value {
  const from = sizes(x(flow))
  const { axes, keepdims } = flow.node.attributes
  const gone = new Set(axesOf(from.length, axes))
  const kept = keepdims
    ? dy(flow)
    : reshape(
        flow.g,
        dy(flow),
        from.map((size, i) => (gone.has(i) ? 1 : size)),
      )
  return flow.g.add('Expand', [kept], { shape: from })
}

/** sigmoid(alpha x): the part that the derivative of QuickGelu is made of. */
function gate(g: Builder, value: Value, alpha: number): Value {
  return g.add('Sigmoid', [alpha === 1 ? value : scale(g, value, alpha)], {})
}

/** Min and Max pass the gradient to the side that won, ties to the first. */
function won(flow: Flow<'Min'> | Flow<'Max'>, firstWins: (a: Value, b: Value) => Value): readonly Back[] {
  const { g } = flow
  const lost = firstWins(x(flow), x(flow, 1))
  const zero = scalar(g, 0)
  return [g.add('Where', [lost, zero, dy(flow)], {}), g.add('Where', [lost, dy(flow), zero], {})]
}

export const rules: { readonly [Name in OpName]?: Rule<Name> } = {
  Add: (flow) => [dy(flow), dy(flow)],
  Sub: (flow) => [dy(flow), flow.wanted[1] ? flow.g.add('Neg', [dy(flow)], {}) : null],
  Mul: (flow) => [
    flow.wanted[0] ? mul(flow.g, dy(flow), x(flow, 1)) : null,
    flow.wanted[1] ? mul(flow.g, dy(flow), x(flow)) : null,
  ],
  Div: (flow) => {
    const quotient = div(flow.g, dy(flow), x(flow, 1))
    return [quotient, flow.wanted[1] ? flow.g.add('Neg', [mul(flow.g, quotient, y(flow))], {}) : null]
  },
  Neg: (flow) => [flow.g.add('Neg', [dy(flow)], {})],
  Exp: (flow) => [mul(flow.g, dy(flow), y(flow))],
  Log: (flow) => [div(flow.g, dy(flow), x(flow))],
  Sqrt: (flow) => [div(flow.g, scale(flow.g, dy(flow), 0.5), y(flow))],
  Reciprocal: (flow) => [flow.g.add('Neg', [mul(flow.g, dy(flow), mul(flow.g, y(flow), y(flow)))], {})],
  Tanh: (flow) => [mul(flow.g, dy(flow), sub(flow.g, scalar(flow.g, 1), mul(flow.g, y(flow), y(flow))))],
  Sigmoid: (flow) => [mul(flow.g, mul(flow.g, dy(flow), y(flow)), sub(flow.g, scalar(flow.g, 1), y(flow)))],
  Erf: ({ g, ...flow }) => {
    const bell = g.add('Exp', [g.add('Neg', [mul(g, x(flow), x(flow))], {})], {})
    return [mul(g, dy(flow), scale(g, bell, 2 / Math.sqrt(Math.PI)))]
  },
  Min: (flow) => won(flow, (a, b) => flow.g.add('Less', [b, a], {})),
  Max: (flow) => won(flow, (a, b) => flow.g.add('Less', [a, b], {})),
  Where: (flow) => {
    const zero = scalar(flow.g, 0)
    return [
      null,
      flow.g.add('Where', [x(flow), dy(flow), zero], {}),
      flow.g.add('Where', [x(flow), zero, dy(flow)], {}),
    ]
  },
  Identity: (flow) => [dy(flow)],
  MatMul: (flow) =>
    product(flow.g, x(flow), x(flow, 1), dy(flow), { transA: false, transB: false, alpha: 1 }, flow.wanted),
  FusedMatMul: (flow) => {
    const { transA, transB, alpha } = flow.node.attributes
    return product(
      flow.g,
      x(flow),
      x(flow, 1),
      dy(flow),
      { transA: transA === 1, transB: transB === 1, alpha },
      flow.wanted,
    )
  },
  Gelu: ({ g, ...flow }) => {
    // d/dx x Phi(x) = Phi(x) + x phi(x)
    const erf = g.add('Erf', [scale(g, x(flow), Math.SQRT1_2)], {})
    const phi = scale(g, add(g, erf, scalar(g, 1)), 0.5)
    const density = scale(g, g.add('Exp', [scale(g, mul(g, x(flow), x(flow)), -0.5)], {}), 1 / Math.sqrt(2 * Math.PI))
    return [mul(g, dy(flow), add(g, phi, mul(g, x(flow), density)))]
  },
  FastGelu: ({ g, ...flow }) => {
    // y = x (1 + t) / 2, t = tanh(c (x + 0.044715 x^3)): dy/dx = (1 + t) / 2 + x (1 - t^2) c (1 + 3 * 0.044715 x^2) / 2
    const [value, c, cube, one] = [x(flow), Math.sqrt(2 / Math.PI), 0.044715, scalar(g, 1)]
    const square = mul(g, value, value)
    const t = g.add('Tanh', [scale(g, mul(g, value, add(g, one, scale(g, square, cube))), c)], {})
    const slope = mul(g, sub(g, one, mul(g, t, t)), add(g, one, scale(g, square, 3 * cube)))
    return [mul(g, dy(flow), scale(g, add(g, add(g, one, t), mul(g, value, scale(g, slope, c))), 0.5))]
  },
  QuickGelu: ({ g, ...flow }) => {
    // y = x s, s = sigmoid(alpha x): dy/dx = s + alpha y (1 - s)
    const { alpha } = flow.node.attributes
    const s = gate(g, x(flow), alpha)
    const rest = mul(g, y(flow), sub(g, scalar(g, 1), s))
    return [mul(g, dy(flow), add(g, s, alpha === 1 ? rest : scale(g, rest, alpha)))]
  },
  Softmax: ({ g, ...flow }) => {
    const weighted = mul(g, dy(flow), y(flow))
    const total = sum(g, weighted, [flow.node.attributes.axis])
    return [sub(g, weighted, mul(g, y(flow), total))]
  },
  LogSoftmax: ({ g, ...flow }) => {
    const { axis } = flow.node.attributes
    const p = g.add('Exp', [y(flow)], {})
    const picked = flow.arriving[0]?.sparse
    if (picked?.kind === 'elements' && picked.axis === axis) {
      // One target a row: the row's sum is the update itself, and nothing of the row's width is made but the softmax.
      const base = mul(g, p, g.add('Neg', [sum(g, picked.updates, [axis])], {}))
      return [g.add('ScatterElements', [base, picked.at, picked.updates], { axis, reduction: 'add' })]
    }
    return [sub(g, dy(flow), mul(g, p, sum(g, dy(flow), [axis])))]
  },
  LayerNormalization: ({ g, ...flow }) => {
    const [gain, mean, inverse] = [x(flow, 1), y(flow, 1), y(flow, 2)]
    const hat = mul(g, sub(g, x(flow), mean), inverse)
    const dHat = mul(g, dy(flow), gain)
    const average = (value: Value): Value => g.add('ReduceMean', [value], { axes: [-1], keepdims: 1 })
    const centred = sub(g, sub(g, dHat, average(dHat)), mul(g, hat, average(mul(g, dHat, hat))))
    return [mul(g, centred, inverse), mul(g, dy(flow), hat), dy(flow)]
  },
  SimplifiedLayerNormalization: ({ g, ...flow }) => {
    // y = x r g, r = 1 / rms(x): dx = r (g dy) - x r^3 mean(g dy x)
    const [value, gain, r] = [x(flow), x(flow, 1), y(flow, 1)]
    const pull = mul(g, dy(flow), value)
    const mean = scale(
      g,
      g.add('ReduceSum', [mul(g, pull, gain)], { axes: [-1], keepdims: 1 }),
      1 / (sizes(value).at(-1) as number),
    )
    const cubed = mul(g, r, mul(g, r, r))
    const back = sub(g, mul(g, mul(g, dy(flow), gain), r), mul(g, value, mul(g, cubed, mean)))
    return [back, flow.wanted[1] ? mul(g, pull, r) : null]
  },
  ReduceSum: (flow) => [spread(flow)],
  ReduceMean: (flow) => {
    const from = sizes(x(flow))
    const over = axesOf(from.length, flow.node.attributes.axes).reduce((n, axis) => n * (from[axis] as number), 1)
    return [scale(flow.g, spread(flow), 1 / over)]
  },
  ReduceMax: (flow) => {
    // All that are the largest get it, in equal shares.
    const { axes } = flow.node.attributes
    const top = flow.g.add('ReduceMax', [x(flow)], { axes, keepdims: 1 })
    const won = flow.g.add('Cast', [flow.g.add('Equal', [x(flow), top], {})], { to: 'float32' })
    return [mul(flow.g, spread(flow), div(flow.g, won, sum(flow.g, won, axes)))]
  },
  ReduceSumSquare: (flow) => [mul(flow.g, scale(flow.g, x(flow), 2), spread(flow as never))],
  Reshape: (flow) => [reshape(flow.g, dy(flow), x(flow).shape)],
  Transpose: (flow) => {
    const { perm } = flow.node.attributes
    return [
      transpose(
        flow.g,
        dy(flow),
        perm.map((_, i) => perm.indexOf(i)),
      ),
    ]
  },
  Concat: (flow) => {
    const axis = axesOf(y(flow).shape.length, [flow.node.attributes.axis])[0] as number
    const widths = flow.node.inputs.map((_, i) => sizes(x(flow, i))[axis] as number)
    return flow.g.addAll('Split', [dy(flow)], { axis, sizes: widths })
  },
  Split: (flow) => {
    const parts = flow.arriving.map(
      (part, i) => part?.dense() ?? flow.g.add('Expand', [scalar(flow.g, 0)], { shape: sizes(y(flow, i)) }),
    )
    return [flow.g.add('Concat', parts, { axis: flow.node.attributes.axis })]
  },
  Slice: (flow) => {
    const from = sizes(x(flow))
    const axis = axesOf(from.length, [flow.node.attributes.axis])[0] as number
    const size = from[axis] as number
    const start = flow.node.attributes.start < 0 ? flow.node.attributes.start + size : flow.node.attributes.start
    const end = start + (sizes(y(flow))[axis] as number)
    const blank = (width: number): readonly Value[] =>
      width === 0
        ? []
        : [flow.g.add('Expand', [scalar(flow.g, 0)], { shape: from.map((dim, i) => (i === axis ? width : dim)) })]
    return [flow.g.add('Concat', [...blank(start), dy(flow), ...blank(size - end)], { axis })]
  },
  Expand: (flow) => [dy(flow)],
  Gather: (flow) => {
    const [axis] = axesOf(x(flow).shape.length, [flow.node.attributes.axis]) as [number]
    if (axis === 0) return [{ kind: 'rows', at: x(flow, 1), updates: dy(flow) }, null]
    // Along another axis: each index is spread over the sizes beside it, as an element's address.
    const [from, picked] = [sizes(x(flow)), sizes(x(flow, 1)).reduce((m, n) => m * n, 1)]
    const wide = from.map((size, i) => (i === axis ? picked : size))
    const index = reshape(
      flow.g,
      x(flow, 1),
      from.map((_, i) => (i === axis ? picked : 1)),
    )
    const at = flow.g.add('Expand', [index], { shape: wide })
    return [{ kind: 'elements', axis, at, updates: reshape(flow.g, dy(flow), wide) }, null]
  },
  GatherElements: (flow) => [
    { kind: 'elements', axis: flow.node.attributes.axis, at: x(flow, 1), updates: dy(flow) },
    null,
  ],
  RotaryEmbedding: (flow) => {
    // A rotation is undone by turning the other way.
    const back = flow.g.add(
      'RotaryEmbedding',
      [dy(flow), x(flow, 1), x(flow, 2), flow.g.add('Neg', [x(flow, 3)], {})],
      flow.node.attributes,
    )
    return [back, null, null, null]
  },
}

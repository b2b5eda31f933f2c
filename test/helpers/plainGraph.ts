/** A graph in other numbers: the same program in f64, operators that the runtime has in f32 alone told in plain ones. */
import { startGraph, type Builder } from '../../src/main/engine/graph/build.ts'
import { input, type OpAttributes, type OpName } from '../../src/main/engine/graph/ops.ts'
import { sizes, type Graph, type Node, type Tensor, type Value } from '../../src/main/engine/graph/value.ts'

type Wide = 'float32' | 'float64'

/** A builder of one width: numbers that a rewriting needs come in it. */
type At = { readonly g: Builder; readonly number: (value: number) => Value }
type Rewriting<Name extends OpName> = (
  at: At,
  from: readonly (Value | null)[],
  attributes: OpAttributes[Name],
) => readonly Value[]

const times = ({ g }: At, a: Value, b: Value): Value => g.add('Mul', [a, b], {})
const plus = ({ g }: At, a: Value, b: Value): Value => g.add('Add', [a, b], {})

/** Terms of the series of erf below: enough for sixteen digits up to 2.5, which no activation of these tests leaves. */
const terms = 48

/** erf by its power series, 2 / sqrt(pi) * sum over n of (-1)^n x^(2n+1) / (n! (2n+1)), by Horner's rule. */
function erf(at: At, x: Value): Value {
  const square = times(at, x, x)
  const coefficients = [2 / Math.sqrt(Math.PI)]
  for (let n = 1; n < terms; n++)
    coefficients.push((-(coefficients[n - 1] as number) * (2 * n - 1)) / (n * (2 * n + 1)))
  const series = coefficients
    .map((coefficient) => at.number(coefficient))
    .reduceRight((sum, coefficient) => plus(at, times(at, sum, square), coefficient))
  return times(at, x, series)
}

/** Rows, their mean taken off where it is to be, over their spread and times the gain; and one over the spread. */
function normalised(at: At, centred: Value, gain: Value, epsilon: number): readonly [Value, Value] {
  const { g } = at
  const variance = g.add('ReduceMean', [times(at, centred, centred)], { axes: [-1], keepdims: 1 })
  const inverse = g.add('Reciprocal', [g.add('Sqrt', [plus(at, variance, at.number(epsilon))], {})], {})
  return [times(at, times(at, centred, inverse), gain), inverse]
}

/** The operators that do not work in f64, each in operators that do. The normalisations would tell statistics in f32. */
export const plain: { readonly [Name in OpName]?: Rewriting<Name> } = {
  Erf: (at, from) => [erf(at, input(from, 0))],
  Gelu: (at, from) => {
    const x = input(from, 0)
    const phi = plus(at, erf(at, times(at, x, at.number(Math.SQRT1_2))), at.number(1))
    return [times(at, times(at, x, phi), at.number(0.5))]
  },
  FastGelu: (at, from) => {
    // (1 + tanh(u)) / 2 is 1 / (1 + exp(-2u)). The rule of its gradient has these constants in f32.
    const [c, third] = [Math.fround(Math.sqrt(2 / Math.PI)), Math.fround(0.044715)]
    const x = input(from, 0)
    const cube = times(at, at.number(third), times(at, x, times(at, x, x)))
    const fallen = at.g.add('Exp', [times(at, plus(at, x, cube), at.number(-2 * c))], {})
    return [at.g.add('Div', [x, plus(at, fallen, at.number(1))], {})]
  },
  QuickGelu: (at, from, { alpha }) => {
    // Not by Sigmoid: the runtime would make x sigmoid(x) into the very operator it has no kernel for.
    const x = input(from, 0)
    const fallen = at.g.add('Exp', [times(at, x, at.number(-alpha))], {})
    return [at.g.add('Div', [x, plus(at, fallen, at.number(1))], {})]
  },
  LayerNormalization: (at, from, { epsilon }) => {
    const x = input(from, 0)
    const mean = at.g.add('ReduceMean', [x], { axes: [-1], keepdims: 1 })
    const [scaled, inverse] = normalised(at, at.g.add('Sub', [x, mean], {}), input(from, 1), epsilon)
    return [plus(at, scaled, input(from, 2)), mean, inverse]
  },
  SimplifiedLayerNormalization: (at, from, { epsilon }) => normalised(at, input(from, 0), input(from, 1), epsilon),
  RotaryEmbedding: (at, from, { num_heads: heads }) => {
    const { g } = at
    const [x, positions] = [input(from, 0), input(from, 1)]
    const [batch, length, width] = sizes(x) as readonly [number, number, number]
    const half = width / heads / 2
    const turned = (table: Value): Value =>
      g.add('Reshape', [g.add('Gather', [table, positions], { axis: 0 })], { shape: [batch, length, 1, half] })
    const [cos, sin] = [turned(input(from, 2)), turned(input(from, 3))]
    const byHead = g.add('Reshape', [x], { shape: [batch, length, heads, 2 * half] })
    const [a, b] = g.addAll('Split', [byHead], { axis: 3, sizes: [half, half] }) as readonly [Value, Value]
    const first = g.add('Sub', [times(at, a, cos), times(at, b, sin)], {})
    const second = plus(at, times(at, b, cos), times(at, a, sin))
    return [g.add('Reshape', [g.add('Concat', [first, second], { axis: 3 })], { shape: [batch, length, width] })]
  },
}

/** A tensor of numbers in another width; indices stay. */
export function widen(tensor: Tensor, dtype: Wide): Tensor {
  if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64') return tensor
  const from = tensor.data as Float32Array | Float64Array
  return { ...tensor, dtype, data: dtype === 'float64' ? Float64Array.from(from) : Float32Array.from(from) }
}

/** The same program in `dtype`, the operators named in `rewritten` told in plain ones. Its weights are inputs. */
export function inWidth(graph: Graph, dtype: Wide, rewritten: ReadonlySet<OpName>): Graph {
  const g = startGraph(`${graph.name} in ${dtype}`)
  const at: At = {
    g,
    number: (value) => g.constant(widen({ dtype: 'float32', shape: [], data: [value] as never }, dtype)),
  }
  const values = new Map<string, Value>()
  for (const { name, dtype: own, shape } of [...graph.inputs, ...graph.params])
    values.set(name, g.input(name, own === 'float32' ? dtype : own, shape))
  for (const [name, tensor] of graph.constants) values.set(name, g.constant(widen(tensor, dtype)))
  const known = (value: Value): Value => values.get(value.name) as Value
  for (const node of graph.nodes) {
    const from = node.inputs.map((value) => value && known(value))
    const results = rewritten.has(node.op) ? rewrite(at, node, from) : g.addAll(node.op, from, node.attributes)
    node.outputs.forEach((value, i) => values.set(value.name, results[i] as Value))
  }
  for (const { name, value } of graph.outputs) g.output(name, known(value))
  return g.finish()
}

function rewrite(at: At, node: Node, from: readonly (Value | null)[]): readonly Value[] {
  const rewriting = plain[node.op] as Rewriting<OpName> | undefined
  if (!rewriting) throw new Error(`${node.op} has no kernel in this width and is not told in plain operators.`)
  return rewriting(at, from, node.attributes)
}

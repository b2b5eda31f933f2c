/** Weights held smaller: a builder under which a network's matrices are small integers, or all of it is f16; no network knows of it. */
import type { WeightName } from '../../../shared/deviceNames.ts'
import { Fault } from '../../../shared/fault.ts'
import type { Builder } from '../graph/build.ts'
import { blockSize, packedShapes, quantise, type Bits, type Packed } from '../graph/quantise.ts'
import type { OpAttributes, OpName } from '../graph/ops.ts'
import type { BoundWeights, Graph, StoredTensor, Tensor, Value } from '../graph/value.ts'
import { halfOf, inHalves } from './halved.ts'

/** Bits of a matrix, by its name; null leaves it as it is. */
type BitsOf = (name: string) => Bits | null

/** The last product decides between tokens that are nearly alike: it keeps 8 bits where the layers have 4. */
const lastProduct = /^decoder\.(embedding|head)$/

/** Factors of adapters are small and stay what they are. */
const apart = /\.apart(Down|Up)$/

const bitsOf: Readonly<Record<Exclude<WeightName, 'f16'>, BitsOf>> = {
  f32: () => null,
  int8: (name) => (name.startsWith('decoder.') && !apart.test(name) ? 8 : null),
  int4: (name) => (lastProduct.test(name) ? 8 : name.startsWith('decoder.') && !apart.test(name) ? 4 : null),
}

/** How the runtime sums: 4 rounds what is multiplied to 8 bits too, by blocks, and has the fast kernels of the CPU. */
const accuracyLevel = 4

/** What a packed matrix is called, by the layout that it was packed from. */
const packedName = (name: string, bits: Bits, rows: boolean): string => `${name}.int${bits}${rows ? '.rows' : ''}`
const packedPattern = /^(.+)\.int(4|8)(\.rows)?\.(integers|scales|zeros)$/

/**
 * The same builder, but products with the matrices that `format` holds smaller are MatMulNBits over packed ones. A matrix that is
 * used for anything else stays what it was.
 */
export function withFormat(g: Builder, format: WeightName): Builder {
  if (format === 'f16') return inHalves(g)
  const smaller = bitsOf[format]
  const held = new Map<string, Value>()

  function product(x: Value, matrix: Value, bits: Bits, rows: boolean): Value {
    const [first, second] = matrix.shape as readonly [number, number]
    const [inner, outer] = rows ? [second, first] : [first, second]
    const shapes = packedShapes(inner, outer, bits)
    const name = packedName(matrix.name, bits, rows)
    return g.add(
      'MatMulNBits',
      [
        x,
        g.param(`${name}.integers`, shapes.integers, 'uint8'),
        g.param(`${name}.scales`, shapes.scales),
        g.param(`${name}.zeros`, shapes.zeros, 'uint8'),
      ],
      { K: inner, N: outer, bits, block_size: blockSize, accuracy_level: accuracyLevel },
    )
  }

  /** The packed product that stands for an operator; null where it is none. */
  function packed(op: OpName, [x, matrix]: readonly (Value | null)[], attributes: object): Value | null {
    if (!x || !matrix || held.get(matrix.name) !== matrix) return null
    const bits = smaller(matrix.name)
    if (bits === null) return null
    if (op === 'MatMul') return product(x, matrix, bits, false)
    const { transA, transB, alpha } = attributes as OpAttributes['FusedMatMul']
    return op === 'FusedMatMul' && transA === 0 && transB === 1 && alpha === 1 ? product(x, matrix, bits, true) : null
  }

  /** A matrix that is no packed product's: asked for after all. */
  const asked = (value: Value | null): Value | null =>
    value && held.get(value.name) === value ? g.param(value.name, value.shape as readonly number[]) : value

  return {
    ...g,
    param(name, shape, dtype) {
      if (shape.length !== 2 || smaller(name) === null) return g.param(name, shape, dtype)
      const known = held.get(name) ?? { name, dtype: 'float32', shape }
      held.set(name, known)
      return known
    },
    add: (op, from, attributes) => packed(op, from, attributes) ?? g.add(op, from.map(asked), attributes),
    addAll: (op, from, attributes) => {
      const value = packed(op, from, attributes)
      return value ? [value] : g.addAll(op, from.map(asked), attributes)
    },
    output: (name, value) => g.output(name, asked(value) as Value),
  }
}

/** Fault bad-input where a number is too large for f16. */
function halved(name: string, tensor: Tensor): Tensor {
  const half = halfOf(tensor)
  // Exponents that are all ones: infinities, of what was finite.
  if ((half.data as Uint16Array).every((bits) => (bits & 0x7c00) !== 0x7c00)) return half
  throw new Fault('bad-input', `${name} holds a number past 65,504, the most that f16 has.`, {
    remedy: 'Keep this decoder in f32, int8 or int4.',
  })
}

/**
 * The weights that `graph` asks for, its packed ones made of the plain; those that are packed already stay, as do stored ones that
 * are not packed. `whole` reads a stored one.
 */
export function packedWeights(
  graph: Pick<Graph, 'params'>,
  weights: BoundWeights,
  whole: (weight: Tensor | StoredTensor) => Tensor,
): BoundWeights {
  const packed = new Map<string, Packed>()
  return new Map(
    graph.params.flatMap(({ name, dtype }): (readonly [string, Tensor | StoredTensor])[] => {
      const own = weights.get(name)
      if (own) return [[name, dtype === 'float16' && own.dtype === 'float32' ? halved(name, whole(own)) : own]]
      const [, base, size, rows, part] = packedPattern.exec(name) ?? []
      if (base === undefined || !weights.has(base)) return []
      const bits: Bits = size === '4' ? 4 : 8
      const key = packedName(base, bits, rows !== undefined)
      const made =
        packed.get(key) ?? quantise(whole(weights.get(base) as Tensor | StoredTensor), bits, rows !== undefined)
      packed.set(key, made)
      return [[name, made[part as keyof Packed]]]
    }),
  )
}

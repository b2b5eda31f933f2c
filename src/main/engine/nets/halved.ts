/** Half precision: a builder under which a network is computed in f16, fed and read in f32; no network knows of it. */
import type { Builder } from '../graph/build.ts'
import type { OpName, OpAttributes } from '../graph/ops.ts'
import type { Tensor, Value } from '../graph/value.ts'
import { narrowHalf } from '../graph/halves.ts'

/** What is fed again at the next run stays as it is: a KV cache of half the size. */
const carried = /^(past|present)\./

/** The same builder, all of whose float32 is float16: weights, constants, what is computed, and what is carried from run to run. */
export function inHalves(g: Builder): Builder {
  const cast = (value: Value, to: 'float16' | 'float32'): Value => g.add('Cast', [value], { to })
  const halved = (at: OpAttributes[OpName]): OpAttributes[OpName] =>
    'to' in at && at.to === 'float32' ? { ...at, to: 'float16' } : at
  return {
    ...g,
    input(name, dtype, shape) {
      if (dtype !== 'float32') return g.input(name, dtype, shape)
      return carried.test(name) ? g.input(name, 'float16', shape) : cast(g.input(name, dtype, shape), 'float16')
    },
    param: (name, shape, dtype = 'float32') => g.param(name, shape, dtype === 'float32' ? 'float16' : dtype),
    constant: (tensor) => g.constant(halfOf(tensor)),
    add: (op, from, attributes) => g.add(op, from, halved(attributes) as typeof attributes),
    addAll: (op, from, attributes) => g.addAll(op, from, halved(attributes) as typeof attributes),
    output(name, value) {
      g.output(name, value.dtype === 'float16' && !carried.test(name) ? cast(value, 'float32') : value)
    },
  }
}

/** The same builder, whose carried inputs are fed in f16 and widened: a network in f32 that reads a cache of half the size. */
export function overHalves(g: Builder): Builder {
  return {
    ...g,
    input: (name, dtype, shape) =>
      carried.test(name) && dtype === 'float32'
        ? g.add('Cast', [g.input(name, 'float16', shape)], { to: 'float32' })
        : g.input(name, dtype, shape),
  }
}

/** A float32 tensor as f16 bits; any other as it is. */
export function halfOf(tensor: Tensor): Tensor {
  if (tensor.dtype !== 'float32') return tensor
  return { dtype: 'float16', shape: tensor.shape, data: narrowHalf(tensor.data as Float32Array) }
}

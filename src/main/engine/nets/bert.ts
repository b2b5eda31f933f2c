/** Encoders of BERT's family, RoBERTa among them: token ids to states, and states pooled to one vector a text. */
import { scalar, startGraph, type Builder } from '../graph/build.ts'
import { add, div, gather, mul, reshape, scale, split, sum } from '../graph/express.ts'
import { floats, type Dim, type Value } from '../graph/value.ts'
import { openAttention } from './attention.ts'
import { linear, norm } from './bidirectional.ts'
import { activate } from './activation.ts'
import { bertWindow, type BertConfig, type Pooling } from './config.ts'

/**
 * Texts to encode, padded behind to one length: ids [texts, length], `keep` [texts, length] 1 for tokens and 0 for padding,
 * `types` [texts, length] the segment of each token, the first one for all where left out.
 */
export type TextInput = {
  readonly ids: Value
  readonly keep: Value
  readonly types?: Value
  readonly texts: Dim
  readonly length: number
}

/** What weights of imported encoders are named under, as those of a bundle's chunk encoder are. */
export const encoderPart = 'encoder'

/** States [texts, length, hidden] of the last layer; weights are named under `name`. */
export function bert(g: Builder, name: string, config: BertConfig, input: TextInput): Value {
  const { hidden, heads, feedForward, epsilon, firstPosition } = config
  const { texts, length } = input
  if (length > bertWindow(config)) throw new Error(`internal: ${length} tokens in a window of ${bertWindow(config)}`)
  const rows = typeof texts === 'number' ? texts * length : `${texts}*${length}`
  const places = g.add('Slice', [g.param(`${name}.positions`, [config.positions, hidden])], {
    axis: 0,
    start: firstPosition,
    end: firstPosition + length,
  })
  const tokens = gather(g, g.param(`${name}.embedding`, [config.vocabulary, hidden]), input.ids)
  let x = add(g, reshape(g, tokens, [texts, length, hidden]), places)
  if (config.types > 0) {
    const table = g.param(`${name}.types`, [config.types, hidden])
    const own = input.types
      ? reshape(g, gather(g, table, input.types), [texts, length, hidden])
      : g.add('Slice', [table], { axis: 0, start: 0, end: 1 })
    x = add(g, x, own)
  }
  x = norm(g, `${name}.first`, reshape(g, x, [rows, hidden]), hidden, epsilon)
  const mask = reshape(g, padding(g, input.keep), [texts, 1, 1, length])
  const sizes = { batch: texts, length, heads, headDim: hidden / heads }
  for (let layer = 0; layer < config.layers; layer++) {
    g.cut()
    const at = `${name}.layers.${layer}`
    const qkv = split(g, linear(g, `${at}.attention.qkv`, x, hidden, 3 * hidden), [hidden, hidden, hidden], -1)
    const [q, k, v] = qkv as readonly [Value, Value, Value]
    const mixed = linear(g, `${at}.attention.out`, openAttention(g, sizes, q, k, v, mask), hidden, hidden)
    x = norm(g, `${at}.attention`, add(g, x, mixed), hidden, epsilon)
    const inner = activate(g, config.activation, linear(g, `${at}.feedForward.in`, x, hidden, feedForward))
    const fed = linear(g, `${at}.feedForward.out`, inner, feedForward, hidden)
    x = norm(g, `${at}.feedForward`, add(g, x, fed), hidden, epsilon)
  }
  g.cut()
  return reshape(g, x, [texts, length, hidden])
}

/** Every weight of the network, named under `encoder` as imported ones are. */
export function bertParams(config: BertConfig): readonly Value[] {
  const g = startGraph('encoder')
  const shape = [1, 1]
  bert(g, encoderPart, config, {
    ids: g.input('ids', 'int64', shape),
    keep: g.input('keep', 'float32', shape),
    texts: 1,
    length: 1,
  })
  return g.finish().params
}

/** Vectors [texts, hidden] of states [texts, length, hidden]; padding counts for nothing. */
export function pool(g: Builder, pooling: Pooling, states: Value, input: TextInput, hidden: number): Value {
  return pools[pooling](g, states, input, hidden)
}

const pools: Readonly<Record<Pooling, (g: Builder, states: Value, input: TextInput, hidden: number) => Value>> = {
  cls: (g, states, { texts }, hidden) =>
    reshape(g, g.add('Slice', [states], { axis: 1, start: 0, end: 1 }), [texts, hidden]),
  mean: (g, states, input, hidden) => weightedMean(g, states, input.keep, input, hidden),
  max: (g, states, input, hidden) => {
    const { texts, length } = input
    const hides = reshape(g, padding(g, input.keep), [texts, length, 1])
    const highest = g.add('ReduceMax', [add(g, states, hides)], { axes: [1], keepdims: 0 })
    return reshape(g, highest, [texts, hidden])
  },
  weighted: (g, states, input, hidden) => {
    const counted = g.constant(
      floats(
        [1, input.length],
        Float32Array.from({ length: input.length }, (_, i) => i + 1),
      ),
    )
    return weightedMean(g, states, mul(g, input.keep, counted), input, hidden)
  },
}

/** The mean over positions by weights [texts, length]. */
function weightedMean(g: Builder, states: Value, weights: Value, { texts, length }: TextInput, hidden: number): Value {
  const each = reshape(g, weights, [texts, length, 1])
  const total = reshape(g, sum(g, mul(g, states, each), [1], false), [texts, hidden])
  return div(g, total, reshape(g, sum(g, each, [1], false), [texts, 1]))
}

/** Vectors [texts, hidden] made of unit length. */
export function unit(g: Builder, vectors: Value): Value {
  const squares = sum(g, mul(g, vectors, vectors), [-1])
  return div(g, vectors, g.add('Sqrt', [add(g, squares, scalar(g, 1e-24))], {}))
}

/** 0 where kept, a large negative number where padded, as scores are hidden by. */
function padding(g: Builder, keep: Value): Value {
  return scale(g, add(g, keep, scalar(g, -1)), 1e9)
}

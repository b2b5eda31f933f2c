/** The decoder, written once: from rows of embeddings to hidden states, whichever way attention is carried out. */
import { startGraph, type Builder } from '../graph/build.ts'
import { add, gather, layerNorm, matmul, matmulWith, mul, reshape, rmsNorm, split } from '../graph/express.ts'
import type { Value } from '../graph/value.ts'
import { activate } from './activation.ts'
import { apartNames, type DecoderConfig } from './config.ts'

/** How a decoder attends, and where its rows stand. */
export type Attend = {
  /** One layer: queries, keys and values [rows, heads * headDim] in, [rows, heads * headDim] out. */
  readonly mix: (layer: number, q: Value, k: Value, v: Value) => Value
  /** The position of every row, int64 [rows]: for networks that learn their positions. */
  readonly positions: () => Value
}

/** The token embeddings [vocabulary, hidden]; where they are tied, also the last product. */
export function tokenTable(g: Builder, config: DecoderConfig): Value {
  return g.param('decoder.embedding', [config.vocabulary, config.hidden])
}

/** Hidden states [rows, hidden] of embeddings [rows, hidden], after the last normalisation. */
export function decoder(g: Builder, config: DecoderConfig, rows: Value, attend: Attend): Value {
  const { hidden, heads, kvHeads, headDim } = config
  const [qWidth, kvWidth] = [heads * headDim, kvHeads * headDim]
  let x = rows
  if (config.positions === 'learned')
    x = add(g, rows, gather(g, g.param('decoder.positions', [config.window, hidden]), attend.positions()))
  for (let layer = 0; layer < config.layers; layer++) {
    g.cut()
    const own = `decoder.layers.${layer}`
    const h = norm(g, config, `${own}.attention`, x)
    const [q, k, v] = split(
      g,
      product(g, config, 'qkv', `${own}.attention.qkv`, h, [hidden, qWidth + 2 * kvWidth]),
      [qWidth, kvWidth, kvWidth],
      -1,
    )
    const mixed = attend.mix(
      layer,
      byHeadNorm(g, config, `${own}.attention.q`, q as Value, heads),
      byHeadNorm(g, config, `${own}.attention.k`, k as Value, kvHeads),
      v as Value,
    )
    x = add(g, x, product(g, config, 'out', `${own}.attention.out`, mixed, [qWidth, hidden]))
    x = add(g, x, feedForward(g, config, `${own}.feedForward`, norm(g, config, `${own}.feedForward`, x)))
  }
  g.cut()
  return norm(g, config, 'decoder', x)
}

/** Logits [rows, vocabulary] of hidden states [rows, hidden]. */
export function logits(g: Builder, config: DecoderConfig, states: Value): Value {
  const table = config.untied ? g.param('decoder.head', [config.vocabulary, config.hidden]) : tokenTable(g, config)
  return matmulWith(g, states, table, { transB: true })
}

/** Every weight that a decoder of these sizes has, the embeddings first; under another builder those that it makes of them. */
export function decoderParams(config: DecoderConfig, under = (g: Builder): Builder => g): readonly Value[] {
  const g = under(startGraph('decoder'))
  tokenTable(g, config)
  const rows = g.input('rows', 'float32', ['rows', config.hidden])
  const attend: Attend = { mix: (_, q) => q, positions: () => g.input('positions', 'int64', ['rows']) }
  logits(g, config, decoder(g, config, rows, attend))
  return g.finish().params
}

function norm(g: Builder, config: DecoderConfig, name: string, x: Value): Value {
  const gain = g.param(`${name}.gain`, [config.hidden])
  if (config.norm !== 'layer') return rmsNorm(g, x, gain, config.epsilon)
  return layerNorm(g, x, gain, g.param(`${name}.shift`, [config.hidden]), config.epsilon)
}

/** A product with the matrix `name`, with what an adapter beside it adds, and its bias where matrices of its kind have one. */
function product(
  g: Builder,
  { biases, apart }: DecoderConfig,
  kind: 'qkv' | 'out' | 'feedForward',
  name: string,
  x: Value,
  shape: readonly [number, number],
): Value {
  const plain = matmul(g, x, g.param(name, shape))
  const rank = apart?.[name]
  const { down, up } = apartNames(name)
  const added = (rows: Value, between: number): Value =>
    matmul(g, matmul(g, rows, g.param(down, [shape[0], between])), g.param(up, [between, shape[1]]))
  const y = rank === undefined ? plain : add(g, plain, added(x, rank))
  return biases?.includes(kind) ? add(g, y, g.param(`${name}.shift`, [shape[1]])) : y
}

function feedForward(g: Builder, config: DecoderConfig, name: string, m: Value): Value {
  const [wide, narrow] = [
    [config.hidden, config.feedForward],
    [config.feedForward, config.hidden],
  ] as const
  const times = (part: string, x: Value, shape: readonly [number, number]): Value =>
    product(g, config, 'feedForward', `${name}.${part}`, x, shape)
  if (config.activation !== undefined) {
    const up = times('up', m, wide)
    return times('down', activate(g, config.activation, up), narrow)
  }
  const gate = times('gate', m, wide)
  const up = times('up', m, wide)
  return times('down', mul(g, activate(g, config.gate ?? 'silu', gate), up), narrow)
}

/** Normalises each head of [rows, count * headDim] by itself, where the decoder does. */
function byHeadNorm(g: Builder, config: DecoderConfig, name: string, x: Value, count: number): Value {
  if (!config.qkNorm) return x
  const { headDim, epsilon } = config
  const rows = x.shape[0] ?? 'rows'
  const gain = g.param(`${name}.gain`, [headDim])
  const heads = rmsNorm(g, reshape(g, x, [rows, count, headDim]), gain, epsilon)
  return reshape(g, heads, [rows, count * headDim])
}

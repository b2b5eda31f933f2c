/** What a device is probed with: a small decoder with a KV cache, made of the operators that the networks are made of. */
import { startGraph, type Builder } from './build.ts'
import { add, gather, matmul, matmulWith, mul, reshape, rmsNorm, silu, split } from './express.ts'
import { count, floats, type Graph, type Tensor, type Value, type Weights } from './value.ts'

export type ProbeShape = {
  readonly hidden: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly feedForward: number
  readonly vocabulary: number
  /** Positions that the cache has room for. */
  readonly room: number
}

export const headDim = 64

/** Small enough to be right or wrong within a second on anything. */
export const checkShape: ProbeShape = {
  hidden: 128,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  feedForward: 192,
  vocabulary: 256,
  room: 96,
}

/** Large enough that a step is more than the calls it is made of. */
export const timeShape: ProbeShape = {
  hidden: 512,
  layers: 4,
  heads: 8,
  kvHeads: 4,
  feedForward: 1408,
  vocabulary: 4096,
  room: 256,
}

/** The caches' names: inputs are `past.NAME`, results `present.NAME`. */
export function cacheNames({ layers }: ProbeShape): readonly string[] {
  return Array.from({ length: layers }, (_, layer) => [`key.${layer}`, `value.${layer}`]).flat()
}

/** The turns of every position, [room, headDim / 2] each. */
function turns(g: Builder, room: number): readonly [Value, Value] {
  const half = headDim / 2
  const angle = (i: number): number => Math.floor(i / half) * 10_000 ** (-(i % half) / half)
  const table = (of: (angle: number) => number): Value =>
    g.constant(
      floats(
        [room, half],
        Float32Array.from({ length: room * half }, (_, i) => of(angle(i))),
      ),
    )
  return [table(Math.cos), table(Math.sin)]
}

/** Rows [positions, hidden] behind a cache to the logits of the rows named by `logitRows`. */
export function probeGraph(shape: ProbeShape): Graph {
  const { hidden, heads, kvHeads, feedForward, room } = shape
  const g = startGraph('probe')
  const rows = g.input('rows', 'float32', ['positions', hidden])
  const logitRows = g.input('logitRows', 'int64', ['wanted'])
  const last = g.input('lastPosition', 'int32', [1])
  const total = g.input('totalPositions', 'int32', [1])
  const [cos, sin] = turns(g, room)
  const [wide, narrow] = [heads * headDim, kvHeads * headDim]
  let x = rows
  for (let layer = 0; layer < shape.layers; layer++) {
    const weight = (name: string, dims: readonly number[]): Value => g.param(`${layer}.${name}`, dims)
    const cache = (name: string): Value =>
      g.input(`past.${name}.${layer}`, 'float32', [1, kvHeads, 'capacity', headDim])
    const h = rmsNorm(g, x, weight('gain', [hidden]), 1e-5)
    const parts = split(g, matmul(g, h, weight('qkv', [hidden, wide + 2 * narrow])), [wide, narrow, narrow], -1)
    const flat = parts.map((part, i) => reshape(g, part, [1, 'positions', i === 0 ? wide : narrow]))
    const [mixed, key, value] = g.addAll(
      'GroupQueryAttention',
      [...flat, cache('key'), cache('value'), last, total, cos, sin],
      { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0, scale: headDim ** -0.5 },
    )
    g.output(`present.key.${layer}`, key as Value)
    g.output(`present.value.${layer}`, value as Value)
    x = add(g, x, matmul(g, reshape(g, mixed as Value, ['positions', wide]), weight('out', [wide, hidden])))
    const m = rmsNorm(g, x, weight('gain2', [hidden]), 1e-5)
    const gate = silu(g, matmul(g, m, weight('gate', [hidden, feedForward])))
    x = add(
      g,
      x,
      matmul(g, mul(g, gate, matmul(g, m, weight('up', [hidden, feedForward]))), weight('down', [feedForward, hidden])),
    )
  }
  const states = gather(g, x, logitRows)
  g.output('logits', matmulWith(g, states, g.param('table', [shape.vocabulary, hidden]), { transB: true }))
  return g.finish()
}

/** Numbers between -1 and 1, the same every time. */
export function probeNumbers(length: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return state / 2 ** 31
  })
}

/** Weights that leave the logits of the order of 1. */
export function probeWeights(graph: Graph): Weights {
  return new Map(
    graph.params.map((param, at): [string, Tensor] => {
      const shape = param.shape as readonly number[]
      const inner = shape.length === 1 ? 1 : param.name === 'table' ? (shape[1] as number) : (shape[0] as number)
      const spread = shape.length === 1 ? 0.2 : Math.sqrt(3 / inner)
      const around = shape.length === 1 ? 1 : 0
      const numbers = probeNumbers(count(shape), at + 1).map((value) => around + spread * value)
      return [param.name, floats(shape, numbers)]
    }),
  )
}

/** Square roots [2] by way of f16. */
export function halfGraph() {
  const g = startGraph('probe of half precision')
  const half = g.add('Cast', [g.input('squares', 'float32', [2])], { to: 'float16' })
  g.output('root', g.add('Cast', [g.add('Sqrt', [half], {})], { to: 'float32' }))
  return g.finish()
}

/** Low-rank adapters: a layer's weight becomes W + (alpha / rank) A B, for whatever network is built through it. */
import type { Builder } from '../graph/build.ts'
import { add, matmul, scale } from '../graph/express.ts'
import { openSession, numbers } from '../graph/run.ts'
import { startGraph } from '../graph/build.ts'
import { floats, type Tensor, type Value, type Weights } from '../graph/value.ts'

export type Lora = {
  readonly rank: number
  /** Scale of what the adapter adds, before the division by the rank. */
  readonly alpha: number
  /** Which matrices are adapted, by name. */
  readonly adapts: (name: string) => boolean
}

/** The decoder's own linear layers. */
export const decoderLayers = (name: string): boolean =>
  /^decoder\.layers\.\d+\.(attention\.(qkv|out)|feedForward\.(gate|up|down))$/.test(name)

const names = (of: string) => ({ down: `${of}.loraDown`, up: `${of}.loraUp` })
export const isAdapter = (name: string): boolean => /\.lora(Down|Up)$/.test(name)

/** W + (alpha / rank) A B of one weight [rows, columns]; A [rows, rank], B [rank, columns] starts at zero. */
function adapted(g: Builder, lora: Lora, weight: Value): Value {
  const [rows, columns] = weight.shape as readonly [number, number]
  const { down, up } = names(weight.name)
  const product = matmul(g, g.param(down, [rows, lora.rank]), g.param(up, [lora.rank, columns]))
  return add(g, weight, scale(g, product, lora.alpha / lora.rank))
}

/** The same builder, but the matrices that `lora` adapts come out with their adapters added. */
export function withLora(g: Builder, lora: Lora): Builder {
  const known = new Map<string, Value>()
  return {
    ...g,
    param(name, shape) {
      const weight = g.param(name, shape)
      if (shape.length !== 2 || !lora.adapts(name)) return weight
      const value = known.get(name) ?? adapted(g, lora, weight)
      known.set(name, value)
      return value
    },
  }
}

/** Weights with their adapters worked in and gone. */
export async function mergeLora(weights: Weights, lora: Lora): Promise<Map<string, Tensor>> {
  const merged = new Map([...weights].filter(([name]) => !isAdapter(name)))
  for (const [name, tensor] of merged) {
    if (!weights.has(names(name).up)) continue
    const g = startGraph('merge')
    g.output('weight', adapted(g, lora, g.param(name, tensor.shape)))
    const graph = g.finish()
    const session = await openSession(
      graph,
      new Map(graph.params.map((each) => [each.name, weights.get(each.name) as Tensor])),
    )
    merged.set(name, floats(tensor.shape, numbers((await session.run({})).weight).slice()))
    await session.close()
  }
  return merged
}

/** An adapter kept apart: its factors in our layout, beside the matrices of a model that is here already, which stays as it is. */
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { ModelAdapter } from '../../../shared/models.ts'
import { floats, type Tensor } from '../graph/value.ts'
import { apartNames, type DecoderConfig } from '../nets/config.ts'
import { adapterFacts, bareName, otherBase } from './adapt.ts'
import type { Adapter, AdapterPair } from './adapter.ts'
import type { Placement } from './architecture.ts'
import { architectures } from './architectures.ts'
import { lengthOf, readNumbers, type ReadAt } from './convert.ts'
import { more } from './folder.ts'
import type { DecoderManifest } from './manifest.ts'

export type Apart = {
  /** The base's sizes, and which of its matrices have an adapter. */
  readonly decoder: DecoderConfig
  /** Both factors of each: down [inner, rank], up [rank, outer], the adapter's scale in the second. */
  readonly factors: ReadonlyMap<string, Tensor>
  readonly facts: ModelAdapter
}

/** Matrices that a product is taken with: what is added to the product is as good as what is added to the matrix. */
const beside = /^decoder\.layers\.\d+\.(attention\.(qkv|out)|feedForward\.(gate|up|down))$/

/** A pair with the columns of our matrix that it adds to. */
type Placed = AdapterPair & { readonly module: string; readonly from: number; readonly width: number }

/**
 * Reads an adapter for the decoder of a manifest, which is called `name` here. Faults model-damaged for factors that have another shape than the base, and
 * model-unsupported for an adapter that changes anything but the matrices of layers.
 */
export async function readApart(name: string, manifest: DecoderManifest, adapter: Adapter): Promise<Apart> {
  const architecture = architectures[manifest.architecture]
  if (architecture === undefined) throw new Error(`internal: ${manifest.architecture} was imported and is not known`)
  const pairs = new Map(
    [...adapter.pairs].map(([module, pair]) => [bareName(`${module}.weight`, architecture), { module, ...pair }]),
  )
  const left = new Set([...pairs.keys(), ...adapter.whole.keys()])
  const { apart: _, ...plain } = manifest.decoder
  const handle = await open(adapter.file, 'r')
  const readAt: ReadAt = () => Promise.resolve(handle)
  const factors = new Map<string, Tensor>()
  const ranks: Record<string, number> = {}
  let matrices = 0
  try {
    for (const placement of architecture.placements({ role: 'decoder', decoder: plain })) {
      if (!beside.test(placement.weight.name)) continue
      const widths = widthsOf(placement, plain)
      const placed = placement.tensors.flatMap((tensor, i): Placed[] => {
        const pair = pairs.get(tensor)
        if (pair === undefined) return []
        left.delete(tensor)
        const from = widths.slice(0, i).reduce((sum, width) => sum + width, 0)
        return [{ ...pair, from, width: widths[i] as number }]
      })
      if (placed.length === 0) continue
      matrices += placed.length
      const { name, shape } = placement.weight
      const [down, up] = await joined(placed, shape as readonly [number, number], readAt, adapter)
      ranks[name] = down.shape[1] as number
      factors.set(apartNames(name).down, down).set(apartNames(name).up, up)
    }
  } finally {
    await handle.close()
  }
  const [first] = left
  if (first !== undefined)
    throw new Fault(
      'model-unsupported',
      `The adapter changes ${first}${more(left.size - 1)} too, which is not kept apart.`,
      {
        remedy: 'Merge it as its base is imported: models import BASE --adapter ADAPTER',
      },
    )
  const { source } = manifest
  const whence = source.kind === 'hub' ? source.id : basename(source.folder)
  const notes = [...otherBase(adapter.config.base, [whence, name], 'the model that it is kept beside came from')]
  const facts = adapterFacts(adapter, { matrices, replaced: 0, notes })
  return { decoder: { ...plain, apart: ranks }, factors, facts }
}

/** Columns of our matrix that each of its tensors makes. */
function widthsOf({ weight, tensors }: Placement, { heads, kvHeads, headDim }: DecoderConfig): readonly number[] {
  if (tensors.length === 3) return [heads * headDim, kvHeads * headDim, kvHeads * headDim]
  return [weight.shape[1] as number]
}

/** The factors of one matrix: those of tensors that stand side by side in it have ranks of their own, one behind the other. */
async function joined(
  placed: readonly Placed[],
  [inner, outer]: readonly [number, number],
  readAt: ReadAt,
  { config }: Adapter,
): Promise<readonly [down: Tensor, up: Tensor]> {
  const rank = placed.reduce((sum, { a }) => sum + (a.shape[0] as number), 0)
  const [down, up] = [new Float32Array(inner * rank), new Float32Array(rank * outer)]
  let at = 0
  for (const { a, b, kind, module, from, width } of placed) {
    if (kind !== 'matrix' || a.shape[1] !== inner || b.shape[0] !== width)
      throw new Fault(
        'model-damaged',
        `The adapter of ${module} makes [${b.shape[0]}, ${a.shape[1]}], the base has [${width}, ${inner}] there.`,
        { remedy: 'Name the model that the adapter was trained on.' },
      )
    const [first, second] = [await readNumbers(readAt, a, 0, lengthOf(a)), await readNumbers(readAt, b, 0, lengthOf(b))]
    const own = a.shape[0] as number
    const scale = config.scaleOf(module)
    for (let k = 0; k < own; k++) {
      for (let i = 0; i < inner; i++) down[i * rank + at + k] = first[k * inner + i] as number
      for (let o = 0; o < width; o++) up[(at + k) * outer + from + o] = scale * (second[o * own + k] as number)
    }
    at += own
  }
  return [floats([inner, rank], down), floats([rank, outer], up)]
}

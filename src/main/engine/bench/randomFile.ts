/** Random weights of a large shape in a temporary file, from which the runtime maps them. Their size matters, not their numbers. */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WeightName } from '../../../shared/deviceNames.ts'
import { random } from '../../../shared/random.ts'
import { count, type BoundWeights, type StoredTensor, type Value } from '../graph/value.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { heldParams } from '../nets/held.ts'
import { namingDisk } from '../store/files.ts'
import { narrowHalf } from '../graph/halves.ts'

export type RandomFile = { readonly weights: BoundWeights; readonly remove: () => Promise<void> }

/** Numbers that are drawn once and written over and over from changing places. */
const blockLength = 1 << 20

/** Writes weights as `format` holds them. Fault disk-full. */
export async function randomFile(config: DecoderConfig, format: WeightName, seed: number): Promise<RandomFile> {
  const folder = await mkdtemp(join(tmpdir(), 'refrag-random-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const file = join(folder, 'weights.bin')
    return { weights: await writeWeights(file, heldParams(config, format), seed), remove }
  } catch (error) {
    await remove()
    throw namingDisk(error, folder)
  }
}

async function writeWeights(file: string, params: readonly Value[], seed: number): Promise<BoundWeights> {
  const draws = random(seed)
  const unit = Float32Array.from({ length: blockLength }, () => 2 * draws.float() - 1)
  const bytes = new Uint8Array(4 * blockLength)
  new Uint32Array(bytes.buffer).forEach((_, i, words) => (words[i] = draws.int(0, 0x7fff_ffff)))
  const out = await open(file, 'w')
  const weights = new Map<string, StoredTensor>()
  let offset = 0
  try {
    // Whole numbers of odd lengths last, so that all others are aligned.
    for (const param of params.toSorted((a, b) => oddness(a) - oddness(b))) {
      const shape = param.shape as readonly number[]
      const dtype = param.dtype as StoredTensor['dtype']
      const block = blockOf(param, { unit, bytes })
      const length = count(shape) * bytesEach[dtype]
      weights.set(param.name, { dtype, shape, file, offset, bytes: length })
      for (let left = length; left > 0;) {
        const from = 64 * draws.int(0, 1 << 10)
        const part = block.subarray(from, from + Math.min(left, block.length - from))
        await out.writeFile(part)
        left -= part.length
      }
      offset += length
    }
    return weights
  } finally {
    await out.close()
  }
}

const bytesEach: Readonly<Record<StoredTensor['dtype'], number>> = { float32: 4, float16: 2, uint8: 1 }

const oddness = ({ name }: Value): number => (name.endsWith('.zeros') ? 1 : 0)

/** What one weight is written from: numbers that keep activations of the order of 1. */
function blockOf(
  { name, dtype, shape }: Value,
  drawn: { readonly unit: Float32Array; readonly bytes: Uint8Array },
): Uint8Array {
  if (name.endsWith('.zeros')) return new Uint8Array(4 * blockLength).fill(0x88)
  if (dtype === 'uint8') return drawn.bytes
  const [first = 1] = shape as readonly number[]
  const numbers =
    shape.length === 1
      ? new Float32Array(blockLength).fill(name.endsWith('.shift') ? 0 : 1)
      : name.endsWith('.scales')
        ? new Float32Array(blockLength).fill(2e-4)
        : drawn.unit.map((value) => value * first ** -0.5)
  return new Uint8Array(dtype === 'float16' ? narrowHalf(numbers).buffer : numbers.buffer)
}

/** What a model takes of a machine, told before anything is imported or opened. */
import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import type { ModelNeeds } from '../../../shared/models.ts'
import { cachedWidth, type DecoderConfig } from '../nets/config.ts'
import { importedBytes } from './import.ts'
import type { MatchedModel } from './match.ts'

/** Bytes of the KV cache, a position: keys and values of every layer in float32. */
export function cacheBytesEach(config: DecoderConfig): number {
  return 2 * config.layers * config.kvHeads * cachedWidth(config) * 4
}

/** What a model needs, where `home` is a folder that is there. */
export async function modelNeeds(model: MatchedModel, home: string): Promise<ModelNeeds> {
  const { network } = model
  const disk = importedBytes(model, 'f32')
  const { bavail, bsize } = await statfs(home)
  const freeDisk = bavail * bsize
  const memory = totalmem()
  // What encodes reads its input at once and keeps nothing of it.
  const cacheEach = network.role === 'decoder' ? cacheBytesEach(network.decoder) : 0
  const window = network.role === 'decoder' ? network.decoder.window : 0
  const cacheWindow = cacheEach * window
  // The runtime packs the matrices anew and reads the rest from the file; numbers are of 4 bytes on the CPU, however they are kept.
  const weights = model.parameters * 4
  const misfits: string[] = []
  if (disk > freeDisk) misfits.push(`The disk has no room for it: ${disk} bytes are needed, ${freeDisk} are free.`)
  if (weights > memory)
    misfits.push(
      `Its weights do not fit the memory: they take ${weights} bytes of ${memory}, and would be read from the disk at every step.`,
    )
  else if (weights + cacheWindow > memory)
    misfits.push(
      `At its longest input of ${window} positions weights and KV cache do not fit the memory; up to ${Math.floor((memory - weights) / cacheEach)} positions do.`,
    )
  return { disk, weights, cacheEach, cacheWindow, freeDisk, memory, misfits }
}

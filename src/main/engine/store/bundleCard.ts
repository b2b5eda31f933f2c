/** What a bundle is, told from its list of files and its config alone: no weight is read. */
import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { BundleInfo } from '../../../shared/bundles.ts'
import { Fault } from '../../../shared/fault.ts'
import { BundleConfig, untrainedOf } from './bundle.ts'

const Listed = z.object({ files: z.object({ 'weights.safetensors': z.object({ bytes: z.number().int() }) }) })

/** Faults bundle-missing, and bundle-damaged where a file of it is gone, cut off or no JSON. */
export async function readBundleCard(folder: string): Promise<Omit<BundleInfo, 'folder' | 'own' | 'chosen'>> {
  const text = await readFile(join(folder, 'bundle.json'), 'utf8').catch((error: unknown) => {
    throw new Fault('bundle-missing', `No bundle in ${folder}.`, { cause: error })
  })
  try {
    const { bytes } = Listed.parse(JSON.parse(text)).files['weights.safetensors']
    const config = BundleConfig.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')))
    const { name, ks, toy, decoder, decoderElsewhere, decoderFrom, stored = 'F16' } = config
    const numbers = bytes - (await headBytes(join(folder, 'weights.safetensors'), bytes))
    return {
      name,
      hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
      parameters: numbers / (stored === 'F32' ? 4 : 2),
      ks: [...ks],
      window: decoder.window,
      toy,
      ...untrainedOf(config),
      ...(decoderElsewhere === undefined ? {} : { decoderElsewhere }),
      ...(decoderFrom === undefined ? {} : { from: decoderFrom }),
    }
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault('bundle-damaged', `${folder} cannot be read.`, { cause: error })
  }
}

/** The bytes before the numbers of a file of weights: its header, and the eight that say how long that is. */
async function headBytes(path: string, listed: number): Promise<number> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size !== listed)
      throw new Fault('bundle-damaged', `${path} has ${size} bytes, ${listed} when the bundle was made.`)
    const { buffer } = await file.read({ buffer: Buffer.alloc(8), position: 0 })
    return 8 + Number(buffer.readBigUInt64LE())
  } finally {
    await file.close()
  }
}

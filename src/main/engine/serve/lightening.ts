/** A bundle made light: all of it but the layers of its decoder, for asking where a server decodes. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { LightBundle, LightenBundle } from '../../../shared/bundles.ts'
import { Fault } from '../../../shared/fault.ts'
import type { Tensor } from '../graph/value.ts'
import { openStored, weightsFile, writeBundle } from '../store/bundle.ts'
import { exists } from '../store/files.ts'
import { fileName } from './fileName.ts'

/** What of a decoder is kept: what is laid out and sent are rows of it. */
const table = 'decoder.embedding'

/** Writes the light bundle; the layers are not read into memory. Faults bundle-missing, bundle-damaged, bad-input. */
export async function lighten({ folder, out: wanted, name }: LightenBundle, home: string): Promise<LightBundle> {
  const {
    config,
    weights,
    stored,
    hash: _hash,
    folder: from,
    parameters: _parameters,
    ...read
  } = await openStored(folder)
  if (config.decoderElsewhere === true)
    throw new Fault('bad-input', `${config.name} holds no layers of its decoder: it is light already.`)
  const own = name ?? `${config.name}, decoder elsewhere`
  const out = resolve(wanted ?? join(home, 'bundles', fileName(own, 'bundle')))
  if (await exists(out))
    throw new Fault('bad-input', `${out} is there already.`, {
      remedy: 'Give the bundle another name, or another folder.',
    })
  const kept = [...weights.keys()].filter((each) => each === table || stored?.has(each) !== true)
  const light = {
    ...read,
    config: { ...config, name: own, decoderElsewhere: true as const },
    weights: new Map(kept.map((each) => [each, weights.get(each) as Tensor])),
  }
  await writeBundle(out, light)
  const { hash } = await openStored(out)
  const bytes = async (at: string): Promise<number> => (await stat(join(at, weightsFile))).size
  return { name: own, out, hash, bytes: await bytes(out), before: await bytes(from) }
}

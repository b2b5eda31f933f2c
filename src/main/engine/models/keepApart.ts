/** A model of the home that stands on another: its folder holds the factors of an adapter and nothing of the base. */
import { createHash } from 'node:crypto'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { ModelInfo } from '../../../shared/models.ts'
import { count } from '../graph/value.ts'
import { exists, namingDisk, stageFolder } from '../store/files.ts'
import { tensorHead } from '../store/tensorFile.ts'
import { readAdapter } from './adapter.ts'
import { readApart } from './apart.ts'
import { listModels, openModel, type StoredModel } from './library.ts'
import { modelFiles, modelFolder, modelInfo, type DecoderManifest } from './manifest.ts'

/** What is to become of a model and an adapter. */
type Wanted = { readonly name: string; readonly adapter: string; readonly as: string }

/** Opens the model that an adapter is to be kept beside. Faults of `openModel`, bad-input where it has one or the name is taken. */
export async function openBase(home: string, { name, as }: Pick<Wanted, 'name' | 'as'>): Promise<StoredModel> {
  const base = await openModel(home, name)
  if (base.manifest.decoder.apart !== undefined)
    throw new Fault('bad-input', `${name} has an adapter beside its weights already.`, {
      remedy: 'Adapt the model that it was made of, or merge one of the two as the base is imported.',
    })
  if (await exists(modelFolder(home, as)))
    throw new Fault('bad-input', `There is a model ${as} already.`, {
      remedy: 'Give it another name with --as, or remove that one.',
    })
  return base
}

/** Writes the model `as`. Faults of `openBase`, `readAdapter` and `readApart`. */
export async function keepApart(home: string, { name, adapter: path, as }: Wanted): Promise<ModelInfo> {
  const { folder: baseFolder, manifest: base } = await openBase(home, { name, as })
  const { decoder, factors, facts } = await readApart(name, base, await readAdapter(path))
  const folder = modelFolder(home, as)
  const staged = await stageFolder(folder)
  try {
    const tensors = [...factors].map(([name, { shape }]) => ({ name, dtype: 'F32', shape }) as const)
    const bytes = Buffer.concat([
      tensorHead(tensors, { format: 'refrag', architecture: base.architecture }),
      ...[...factors.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ])
    await writeFile(join(staged.temporary, modelFiles.weights), bytes)
    for (const each of [modelFiles.tokenizer, modelFiles.tokenizerConfig])
      if (each in base.files) await copyFile(join(baseFolder, each), join(staged.temporary, each))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const manifest: DecoderManifest = {
      ...base,
      decoder,
      parameters: base.parameters + [...factors.values()].reduce((sum, { shape }) => sum + count(shape), 0),
      adapter: facts,
      apart: { base: name, sha256: base.files[modelFiles.weights]?.sha256 ?? '' },
      imported: new Date().toISOString(),
      files: { ...base.files, [modelFiles.weights]: { sha256, bytes: bytes.length } },
    }
    await writeFile(join(staged.temporary, modelFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`)
    await staged.commit()
    return modelInfo(folder, manifest)
  } catch (error) {
    await staged.discard()
    throw namingDisk(error, folder)
  }
}

/** Fault bad-input where another model stands on `name`. */
export async function demandFree(home: string, name: string): Promise<void> {
  const above = (await listModels(home)).find(({ apartFrom }) => apartFrom === name)
  if (above === undefined) return
  throw new Fault('bad-input', `${above.name} stands on ${name}: without it, it could not be opened.`, {
    remedy: `Remove ${above.name} first.`,
  })
}

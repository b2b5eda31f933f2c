/** The models of a home: listed, opened, verified. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { ModelInfo, ModelProof } from '../../../shared/models.ts'
import type { BoundWeights, StoredTensor, Tensor, Value } from '../graph/value.ts'
import { bertParams } from '../nets/bert.ts'
import { heldParams } from '../nets/held.ts'
import { readWhole } from '../store/rows.ts'
import { readTensorFile, type Located } from '../store/tensorFile.ts'
import {
  keptFormat,
  modelFiles,
  modelFolder,
  modelInfo,
  readManifest,
  type DecoderManifest,
  type EncoderManifest,
  type ModelManifest,
} from './manifest.ts'

/** A model ready for use: its weights stay in their file. */
export type StoredModel<Manifest extends ModelManifest = DecoderManifest> = {
  readonly folder: string
  readonly manifest: Manifest
  readonly weights: BoundWeights
  /** Null where it came without one. */
  readonly tokenizer: unknown
}

const storedDtypes: { readonly [Name in Located['dtype']]?: StoredTensor['dtype'] } = {
  F32: 'float32',
  F16: 'float16',
  U8: 'uint8',
}

const again = 'Remove the model and import it again.'

/** The models of a home by name; a folder that cannot be read as one is left out. */
export async function listModels(home: string): Promise<ModelInfo[]> {
  const entries = await readdir(join(home, 'models'), { withFileTypes: true }).catch(() => [])
  const names = entries.flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : []))
  const found = await Promise.all(
    names.toSorted().map(async (name) => {
      const folder = join(home, 'models', name)
      return readManifest(folder).then(
        (manifest) => [modelInfo(folder, manifest)],
        () => [],
      )
    }),
  )
  return found.flat()
}

/**
 * Opens a decoder. Faults model-missing, model-damaged where its weights are not those that its manifest describes, bad-input for a
 * model that is none.
 */
export async function openModel(home: string, name: string): Promise<StoredModel> {
  const folder = modelFolder(home, name)
  const manifest = await readManifest(folder)
  if (manifest.role !== 'decoder')
    throw new Fault('bad-input', `${name} is an ${manifest.role}, no decoder.`, { remedy: 'Name an imported decoder.' })
  return openStored(folder, manifest)
}

/** Opens an encoder or embedder; faults as `openModel`. */
export async function openEncoder(home: string, name: string): Promise<StoredModel<EncoderManifest>> {
  const folder = modelFolder(home, name)
  const manifest = await readManifest(folder)
  if (manifest.role === 'decoder')
    throw new Fault('bad-input', `${name} is a decoder, which makes no vectors of texts.`, {
      remedy: 'Name an imported encoder or embedder.',
    })
  return openStored(folder, manifest)
}

async function openStored<Manifest extends ModelManifest>(
  folder: string,
  manifest: Manifest,
): Promise<StoredModel<Manifest>> {
  const file = join(folder, modelFiles.weights)
  const { tensors: own } = await readTensorFile(file)
  const base = manifest.apart === undefined ? null : await baseOf(folder, manifest.apart)
  const tensors = base === null ? own : new Map([...base, ...own])
  const weights = new Map<string, Tensor | StoredTensor>()
  for (const { name: weight, shape } of paramsOf(manifest)) {
    const found = tensors.get(weight)
    if (found?.shape.join() !== shape.join())
      throw new Fault('model-damaged', `${file}: ${weight} is not [${shape.join(', ')}].`, { remedy: again })
    // The runtime maps one file: factors of an adapter, which are small, are read.
    weights.set(weight, base !== null && own.has(weight) ? readWhole(stored(found)) : stored(found))
  }
  const tokenizer: unknown =
    modelFiles.tokenizer in manifest.files
      ? JSON.parse(await readFile(join(folder, modelFiles.tokenizer), 'utf8'))
      : null
  return { folder, manifest, weights, tokenizer }
}

/** The tensors of the model that an adapter is kept apart from. Faults model-missing, and model-damaged where it is another by now. */
async function baseOf(
  folder: string,
  { base, sha256 }: NonNullable<ModelManifest['apart']>,
): Promise<ReadonlyMap<string, Located>> {
  const at = join(dirname(folder), base)
  const remedy = `Import ${base} again as it was, or remove ${basename(folder)} and adapt another model.`
  const { files } = await readManifest(at).catch((error: unknown) => {
    throw new Fault('model-missing', `${basename(folder)} stands on ${base}, which is not here.`, {
      remedy,
      cause: error,
    })
  })
  if (files[modelFiles.weights]?.sha256 !== sha256)
    throw new Fault('model-damaged', `${base} is another model than ${basename(folder)} was made on.`, { remedy })
  return (await readTensorFile(join(at, modelFiles.weights))).tensors
}

function paramsOf(manifest: ModelManifest): readonly Value[] {
  return manifest.role === 'decoder' ? heldParams(manifest.decoder, keptFormat(manifest)) : bertParams(manifest.encoder)
}

function stored({ name, dtype, shape, file, offset, bytes }: Located): StoredTensor {
  const known = storedDtypes[dtype]
  if (known === undefined) throw new Fault('model-damaged', `${file}: ${name} is kept as ${dtype}.`, { remedy: again })
  return { dtype: known, shape, file, offset, bytes }
}

/** Reads every file of a model through and compares its hash; `tell` hears how many bytes were read. */
export async function proveFiles(
  folder: string,
  { files }: ModelManifest,
  tell: (bytes: number) => void,
  signal: AbortSignal,
): Promise<ModelProof[]> {
  const proofs: ModelProof[] = []
  let read = 0
  for (const [name, { sha256, bytes }] of Object.entries(files)) {
    const hash = createHash('sha256')
    let length = 0
    try {
      for await (const block of createReadStream(join(folder, name), { highWaterMark: 1 << 20, signal })) {
        const part = block as Buffer
        hash.update(part)
        length += part.length
        read += part.length
        tell(read)
      }
      const holds = hash.digest('hex') === sha256
      const [came, should] = [length, bytes].map((count) => count.toLocaleString('en-US'))
      const found = holds ? `${came} bytes` : `${came} bytes of ${should}, and another hash`
      proofs.push({ about: `${name} is the file that was imported`, holds, found })
    } catch (error) {
      signal.throwIfAborted()
      proofs.push({ about: `${name} is the file that was imported`, holds: false, found: (error as Error).message })
    }
  }
  return proofs
}

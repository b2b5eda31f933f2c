/** Taking a model in: tensor by tensor into one file of our weights, beside its manifest, all of it or nothing. */
import { createHash } from 'node:crypto'
import { open, rm, statfs, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { ModelDtype, ModelSource } from '../../../shared/models.ts'
import { exists, namingDisk, stageFolder } from '../store/files.ts'
import { tensorBytes, tensorHead } from '../store/tensorFile.ts'
import { checkTwins, convert, type ReadAt } from './convert.ts'
import { vocabularyOf } from './architecture.ts'
import { modelFiles, type ModelManifest } from './manifest.ts'
import type { MatchedModel, Taken } from './match.ts'
import { specialIds } from './special.ts'

/** How far an import is; `bytes` counts what was written. */
export type ImportStep = { readonly done: number; readonly total: number; readonly bytes: number; readonly of: number }

export type ImportOptions = {
  /** The model's folder, which must not be there yet. */
  readonly folder: string
  readonly dtype: ModelDtype
  readonly source: ModelSource
  readonly signal: AbortSignal
  readonly tell: (step: ImportStep) => void
}

/**
 * Imports a matched model. Nothing stands in `folder` until all is written, whatever ends it. Faults model-damaged (a weight that is no
 * number, or too large for f16), disk-full, bad-input where the folder is there.
 */
export async function importModel(model: MatchedModel, options: ImportOptions): Promise<ModelManifest> {
  const { folder } = options
  await checkRoom(model, options)
  const staged = await stageFolder(folder)
  try {
    const files: ModelManifest['files'] = {
      [modelFiles.weights]: await writeWeights(model, join(staged.temporary, modelFiles.weights), options),
    }
    for (const [name, value] of [
      [modelFiles.tokenizer, model.folder.tokenizer],
      [modelFiles.tokenizerConfig, model.folder.tokenizerConfig],
    ] as const) {
      if (value === null) continue
      const text = JSON.stringify(value)
      await writeFile(join(staged.temporary, name), text)
      files[name] = { sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) }
    }
    const manifest: ModelManifest = {
      format: 1,
      ...model.network,
      architecture: model.architecture,
      dtype: options.dtype,
      parameters: model.parameters,
      source: options.source,
      ...(model.adapter === undefined ? {} : { adapter: model.adapter }),
      licence: model.folder.licence,
      chatTemplate: model.folder.chatTemplate,
      special: specialIds(model.folder, vocabularyOf(model.network)),
      imported: new Date().toISOString(),
      files,
    }
    await writeFile(join(staged.temporary, modelFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`)
    options.signal.throwIfAborted()
    await checkFree(folder)
    await staged.commit()
    return manifest
  } catch (error) {
    await staged.discard()
    throw namingDisk(error, folder)
  }
}

/** Fault bad-input where a model is in the folder already. */
export async function checkFree(folder: string): Promise<void> {
  if (await exists(folder))
    throw new Fault('bad-input', `There is a model in ${folder} already.`, {
      remedy: 'Give it another name with --name, or remove the other one first.',
    })
}

/** Fault before anything is written: the name is taken, or the disk has no room. */
async function checkRoom(model: MatchedModel, { folder, dtype }: ImportOptions): Promise<void> {
  await checkFree(folder)
  const needed = importedBytes(model, dtype)
  const { bavail, bsize } = await statfs(await nearest(folder))
  if (bavail * bsize < needed)
    throw new Fault('disk-full', `The model takes ${needed} bytes, ${folder} has ${bavail * bsize} free.`)
}

/** The nearest folder above that is there. */
async function nearest(folder: string): Promise<string> {
  let at = folder
  while (!(await exists(at))) at = join(at, '..')
  return at
}

/** Bytes of the weights once they are imported. */
export function importedBytes({ taken }: Pick<MatchedModel, 'taken'>, dtype: ModelDtype): number {
  return taken.reduce((sum, { weight }) => sum + tensorBytes(fileDtype(dtype), weight.shape as readonly number[]), 0)
}

const fileDtype = (dtype: ModelDtype): 'F32' | 'F16' => (dtype === 'f32' ? 'F32' : 'F16')

/** Matrices before vectors: what the runtime multiplies by then lies aligned in the file. */
function inFileOrder(taken: readonly Taken[]): readonly Taken[] {
  return taken.toSorted((a, b) => b.weight.shape.length - a.weight.shape.length)
}

/** Writes the weights and gives the file's hash and length. */
async function writeWeights(
  model: MatchedModel,
  path: string,
  { dtype, signal, tell }: ImportOptions,
): Promise<{ sha256: string; bytes: number }> {
  const ordered = inFileOrder(model.taken)
  const head = tensorHead(
    ordered.map(({ weight }) => ({
      name: weight.name,
      dtype: fileDtype(dtype),
      shape: weight.shape as readonly number[],
    })),
    { format: 'refrag', architecture: model.architecture },
  )
  const of = head.length + importedBytes(model, dtype)
  const hash = createHash('sha256')
  const shards = openShards()
  const out = await open(path, 'wx')
  let bytes = 0
  const write = async (block: Uint8Array): Promise<void> => {
    signal.throwIfAborted()
    hash.update(block)
    for (let at = 0; at < block.length;) at += (await out.write(block, at, block.length - at)).bytesWritten
    bytes += block.length
  }
  try {
    for (const pair of model.twins) await checkTwins(shards.readAt, pair)
    await write(head)
    for (const [done, each] of ordered.entries()) {
      tell({ done, total: ordered.length, bytes, of })
      await convert(shards.readAt, each, async (values) => {
        await write(dtype === 'f32' ? bytesOf(values) : bytesOf(narrow(values, each)))
        tell({ done, total: ordered.length, bytes, of })
      })
    }
    tell({ done: ordered.length, total: ordered.length, bytes, of })
  } finally {
    await out.close()
    await shards.close()
  }
  if (bytes !== of) throw new Error(`internal: ${bytes} bytes were written of ${of}`)
  return { sha256: hash.digest('hex'), bytes }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float16Array): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}

/** The nearest f16 numbers. Fault bad-input for one that is beyond them. */
function narrow(values: Float32Array, { weight, from }: Taken): Float16Array {
  const halves = new Float16Array(values)
  const lost = halves.findIndex((value) => !Number.isFinite(value))
  if (lost === -1) return halves
  throw new Fault('bad-input', `${values[lost]} of ${from[0]?.name ?? weight.name} is beyond f16.`, {
    remedy: 'Import the model with --dtype f32.',
  })
}

/** Shards opened when they are first read. */
function openShards(): { readonly readAt: ReadAt; readonly close: () => Promise<void> } {
  const handles = new Map<string, Promise<FileHandle>>()
  return {
    readAt: (file) => {
      const known = handles.get(file) ?? open(file, 'r')
      handles.set(file, known)
      return known
    },
    close: async () => {
      for (const each of await Promise.allSettled(handles.values()))
        if (each.status === 'fulfilled') await each.value.close()
    },
  }
}

/** Deletes a model's folder. Fault model-missing. */
export async function removeModel(folder: string): Promise<void> {
  if (!(await exists(folder))) throw new Fault('model-missing', `There is no model in ${folder}.`)
  await rm(folder, { recursive: true })
}

/** A model of the home made smaller: its matrices packed one by one into a file of their own, all of it or nothing. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { QuantisedDtype } from '../../../shared/models.ts'
import type { StoredTensor, Tensor, Value } from '../graph/value.ts'
import { heldParams } from '../nets/held.ts'
import { packedWeights } from '../nets/quantised.ts'
import { exists, namingDisk, stageFolder } from '../store/files.ts'
import { readWhole } from '../store/rows.ts'
import { tensorHead, tensorOffsets, type FileDtype } from '../store/tensorFile.ts'
import type { StoredModel } from './library.ts'
import { modelFiles, type ModelManifest } from './manifest.ts'

export type QuantiseOptions = {
  /** The new model's folder, which must not be there yet. */
  readonly folder: string
  readonly dtype: QuantisedDtype
  readonly signal: AbortSignal
}

const fileDtypes = { float32: 'F32', float16: 'F16', uint8: 'U8' } as const

/** How a weight is kept: packed ones as their graph takes them, others as they were. */
function dtypeOf({ name, dtype }: Value, { weights }: Pick<StoredModel, 'weights'>): FileDtype {
  const own = weights.get(name)?.dtype ?? dtype
  return own in fileDtypes ? fileDtypes[own as keyof typeof fileDtypes] : 'F32'
}

/** Whole numbers last: those of odd lengths then push no others off their alignment. */
function inFileOrder(params: readonly Value[]): readonly Value[] {
  const place = ({ name, dtype, shape }: Value): number =>
    name.endsWith('.zeros') ? 3 : dtype === 'uint8' ? 0 : shape.length > 1 ? 1 : 2
  return params.toSorted((a, b) => place(a) - place(b))
}

/** Fault bad-input where the folder is there. */
export async function checkFree(folder: string): Promise<void> {
  if (await exists(folder))
    throw new Fault('bad-input', `There is a model in ${folder} already.`, {
      remedy: 'Remove it first, or measure alone with --dry.',
    })
}

/** Writes the model. Faults bad-input where the folder is there, disk-full. */
export async function quantiseModel(model: StoredModel, options: QuantiseOptions): Promise<ModelManifest> {
  const { folder, dtype } = options
  await checkFree(folder)
  const staged = await stageFolder(folder)
  try {
    const weights = await writePacked(model, join(staged.temporary, modelFiles.weights), options)
    for (const name of [modelFiles.tokenizer, modelFiles.tokenizerConfig])
      if (name in model.manifest.files) await copyFile(join(model.folder, name), join(staged.temporary, name))
    // What is written here is whole: nothing lies with a base.
    const { apart: _, ...whole } = model.manifest
    const manifest: ModelManifest = {
      ...whole,
      dtype,
      imported: new Date().toISOString(),
      files: { ...whole.files, [modelFiles.weights]: weights },
    }
    await writeFile(join(staged.temporary, modelFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`)
    options.signal.throwIfAborted()
    await staged.commit()
    return manifest
  } catch (error) {
    await staged.discard()
    throw namingDisk(error, folder)
  }
}

/** Each matrix is read, packed and written before the next is looked at. */
async function writePacked(
  model: StoredModel,
  path: string,
  { dtype, signal }: QuantiseOptions,
): Promise<{ sha256: string; bytes: number }> {
  const params = heldParams(model.manifest.decoder, dtype)
  const tensors = inFileOrder(params).map((param) => ({
    name: param.name,
    dtype: dtypeOf(param, model),
    shape: param.shape as readonly number[],
  }))
  const head = tensorHead(tensors, { format: 'refrag', architecture: model.manifest.architecture })
  const { offsets, end } = tensorOffsets(tensors, head.length)
  const out = await open(path, 'wx')
  try {
    await out.write(head, 0, head.length, 0)
    for (const own of byMatrix(params)) {
      signal.throwIfAborted()
      for (const [name, weight] of packedWeights({ params: own }, model.weights, readWhole)) {
        let at = offsets.get(name) as number
        for await (const block of bytesOf(weight)) {
          await out.write(block, 0, block.length, at)
          at += block.length
        }
      }
    }
  } finally {
    await out.close()
  }
  const hash = createHash('sha256')
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20, signal })) hash.update(block as Buffer)
  return { sha256: hash.digest('hex'), bytes: end }
}

/** The parts of one packed matrix together, so that it is packed once. */
function byMatrix(params: readonly Value[]): Iterable<readonly Value[]> {
  return Map.groupBy(params, ({ name }) => name.replace(/\.(integers|scales|zeros)$/, '')).values()
}

async function* bytesOf(weight: Tensor | StoredTensor): AsyncGenerator<Uint8Array> {
  if ('file' in weight) {
    const { file, offset, bytes } = weight
    for await (const block of createReadStream(file, {
      start: offset,
      end: offset + bytes - 1,
      highWaterMark: 1 << 22,
    }))
      yield block as Buffer
    return
  }
  const { buffer, byteOffset, byteLength } = weight.data
  yield new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}

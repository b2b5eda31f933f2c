/** model.json: what an imported model is, as it lies in `<home>/models/<name>`. */
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import type { WeightName } from '../../../shared/deviceNames.ts'
import { Fault } from '../../../shared/fault.ts'
import {
  KeptDtype,
  ModelAdapter,
  ModelName,
  ModelSource,
  QuantisedDtype,
  type ModelInfo,
} from '../../../shared/models.ts'
import { BertConfig, bertWindow, DecoderConfig, TextSettings } from '../nets/config.ts'

export const modelFiles = {
  manifest: 'model.json',
  weights: 'weights.safetensors',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const

/** What every role has in common. */
const common = {
  format: z.literal(1),
  architecture: z.string(),
  dtype: KeptDtype,
  parameters: z.number().int(),
  source: ModelSource,
  adapter: ModelAdapter.optional(),
  apart: z
    .object({ base: ModelName, sha256: z.string() })
    .optional()
    .describe('the model whose weights these are, but for the factors of the adapter; and the hash of its file'),
  licence: z.string().nullable(),
  chatTemplate: z.string().nullable(),
  special: z
    .object({ bos: z.number().int().nullable(), eos: z.array(z.number().int()) })
    .describe('ids that begin and that end a text, as the generation config or the config names them'),
  imported: z.string().describe('ISO time'),
  files: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.number().int() })),
}

export const ModelManifest = z.discriminatedUnion('role', [
  z.object({ ...common, role: z.literal('decoder'), decoder: DecoderConfig }),
  z.object({ ...common, role: z.enum(['encoder', 'embedder']), encoder: BertConfig, text: TextSettings }),
])
export type ModelManifest = z.infer<typeof ModelManifest>
export type DecoderManifest = Extract<ModelManifest, { role: 'decoder' }>
export type EncoderManifest = Exclude<ModelManifest, DecoderManifest>

/** How a model's matrices are held as they lie in its file. */
export function keptFormat({ dtype }: Pick<ModelManifest, 'dtype'>): WeightName {
  return QuantisedDtype.safeParse(dtype).data ?? 'f32'
}

/** Reads the manifest in a model's folder. Faults model-missing and model-damaged. */
export async function readManifest(folder: string): Promise<ModelManifest> {
  let text: string
  try {
    text = await readFile(join(folder, modelFiles.manifest), 'utf8')
  } catch (error) {
    throw new Fault('model-missing', `There is no model ${basename(folder)}.`, { cause: error })
  }
  try {
    return ModelManifest.parse(JSON.parse(text))
  } catch (error) {
    throw new Fault('model-damaged', `${join(folder, modelFiles.manifest)} cannot be read.`, {
      remedy: 'Remove the model and import it again.',
      cause: error,
    })
  }
}

/** The folder of a model in a home, whether it is there or not. */
export function modelFolder(home: string, name: string): string {
  return join(home, 'models', ModelName.parse(name))
}

/** A manifest as the contract tells it. */
export function modelInfo(folder: string, manifest: ModelManifest): ModelInfo {
  const { role, architecture, parameters, dtype, source, adapter, licence, files, imported } = manifest
  const { vocabulary, hidden, layers } = manifest.role === 'decoder' ? manifest.decoder : manifest.encoder
  const window = manifest.role === 'decoder' ? manifest.decoder.window : bertWindow(manifest.encoder)
  return {
    name: basename(folder),
    path: folder,
    role,
    architecture,
    parameters,
    dtype,
    bytes: Object.values(files).reduce((sum, file) => sum + file.bytes, 0),
    vocabulary,
    hidden,
    layers,
    window,
    source,
    ...(adapter === undefined ? {} : { adapter }),
    ...(manifest.apart === undefined ? {} : { apartFrom: manifest.apart.base }),
    licence,
    tokenizer: modelFiles.tokenizer in files,
    chatTemplate: manifest.chatTemplate !== null,
    imported,
  }
}

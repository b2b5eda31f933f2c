/** A model's folder as Hugging Face lays it out: what its small files say, and where its tensors lie. No weight is read. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { readTensorFile, type Located } from '../store/tensorFile.ts'
import { readSentenceFiles, type SentenceFiles } from './sentence.ts'

/** A JSON object of which we know nothing yet. */
export type Json = Readonly<Record<string, unknown>>

export type ModelFolder = {
  readonly path: string
  readonly config: Json
  /** Null where the folder has no generation_config.json. */
  readonly generation: Json | null
  readonly tokenizer: unknown
  readonly tokenizerConfig: Json | null
  readonly chatTemplate: string | null
  /** What sentence-transformers keeps beside an encoder. */
  readonly sentence: SentenceFiles
  readonly licence: string | null
  readonly tensors: ReadonlyMap<string, Located>
  readonly shards: number
  /** Of the weight files. */
  readonly bytes: number
}

/** Files of text are read whole: one longer than this is none that belongs here. */
const longestText = 64 << 20
const pickles = /\.(bin|pt|pth|ckpt|pkl|h5|msgpack)$/

/** The folder that a path means: itself, or the one that a file of a model lies in. Fault model-unsupported for a file that is none of ours. */
export async function folderOf(path: string): Promise<string> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isFile) return path
  const name = basename(path)
  if (/\.onnx(_data)?$/.test(name)) throw isGraph(name)
  if (pickles.test(name)) throw isPickle(name)
  if (/\.(safetensors|json|jinja)$/.test(name)) return dirname(path)
  throw new Fault('model-unsupported', `${name} is no file of a model that can be read.`, {
    remedy: 'Bring the folder with config.json, safetensors and tokenizer.json.',
  })
}

function isPickle(name: string): Fault {
  return new Fault('model-unsupported', `${name} is not read: such files can run code when they are opened.`, {
    remedy: 'Use a revision with safetensors, or save the model anew with save_pretrained.',
  })
}

/** Weights are trained, quantised and traced here, so that they run in networks of our own and not in a graph as it comes. */
function isGraph(name: string): Fault {
  return new Fault(
    'model-unsupported',
    `${name} is a finished graph: models run here as weights in networks of our own.`,
    {
      remedy:
        'Bring the same model’s folder with config.json, model.safetensors and tokenizer.json: they mostly lie beside the onnx folder, at the same revision.',
    },
  )
}

/** Reads a folder. Faults file-missing, model-unsupported (pickle, no safetensors) and model-damaged, each naming its file. */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  const names = await readdir(path).catch((error: unknown) => {
    throw new Fault('file-missing', `${path} is no folder that can be read.`, { cause: error })
  })
  const config = await readJson(path, 'config.json')
  if (config === null)
    throw new Fault('model-damaged', `${path} holds no config.json.`, {
      remedy: names.includes('adapter_config.json')
        ? 'It is an adapter: import the folder of its base, and name this one as its adapter (--adapter).'
        : 'Name the folder of a model in the layout of Hugging Face: config.json beside its safetensors.',
    })
  const files = await weightFiles(path, names)
  const shards = await Promise.all(files.map((file) => readTensorFile(join(path, file.name))))
  const tensors = new Map<string, Located>()
  for (const [at, shard] of shards.entries()) {
    for (const [name, located] of shard.tensors) {
      // What the index does not name, or names elsewhere, is not read from here either.
      const wanted = files[at]?.names
      if (wanted && !wanted.has(name)) continue
      tensors.set(name, located)
    }
    for (const name of files[at]?.names ?? []) {
      if (!shard.tensors.has(name))
        throw new Fault('model-damaged', `The index says that ${name} is in ${files[at]?.name}, and it is not.`, {
          remedy: 'Fetch the index and the shards of the same revision.',
        })
    }
  }
  const tokenizerConfig = await readJson(path, 'tokenizer_config.json')
  return {
    path,
    config,
    generation: await readJson(path, 'generation_config.json'),
    tokenizer: await readJson(path, 'tokenizer.json'),
    tokenizerConfig,
    chatTemplate: (await readText(path, 'chat_template.jinja')) ?? templateOf(tokenizerConfig),
    sentence: await readSentenceFiles((name) => readText(path, name)),
    licence: licenceOf((await readText(path, 'README.md')) ?? ''),
    tensors,
    shards: shards.length,
    bytes: shards.reduce((sum, shard) => sum + shard.bytes, 0),
  }
}

type WeightFile = {
  readonly name: string
  /** The tensors that the index places here; null where there is no index. */
  readonly names: ReadonlySet<string> | null
}

/** One file, or the shards of the index. */
async function weightFiles(path: string, names: readonly string[]): Promise<readonly WeightFile[]> {
  if (names.includes('model.safetensors')) return [{ name: 'model.safetensors', names: null }]
  const index = await readJson(path, 'model.safetensors.index.json')
  if (index !== null) return shardsOf(path, index, names)
  const [lone, ...more] = names.filter((name) => name.endsWith('.safetensors'))
  if (lone !== undefined && more.length === 0) return [{ name: lone, names: null }]
  if (lone !== undefined)
    throw new Fault('model-damaged', `${path} holds ${more.length + 1} safetensors files and no index of them.`, {
      remedy: 'Fetch model.safetensors.index.json too.',
    })
  const pickle = names.find((name) => pickles.test(name))
  if (pickle !== undefined) throw isPickle(pickle)
  const graph = names.find((name) => name.endsWith('.onnx'))
  if (graph !== undefined) throw isGraph(graph)
  throw new Fault('model-damaged', `${path} holds no safetensors.`, {
    remedy: 'Fetch model.safetensors, or its shards and their index.',
  })
}

function shardsOf(path: string, index: Json, names: readonly string[]): readonly WeightFile[] {
  const file = 'model.safetensors.index.json'
  const map = z.record(z.string(), z.string()).safeParse(index['weight_map'])
  if (!map.success || Object.keys(map.data).length === 0)
    throw new Fault('model-damaged', `${file} has no weight_map of tensors and files.`)
  const shards = new Map<string, Set<string>>()
  for (const [tensor, shard] of Object.entries(map.data)) {
    if (!/^[^/\\:\0]+\.safetensors$/.test(shard) || shard.startsWith('.'))
      throw new Fault('model-damaged', `${file} places ${tensor} in "${shard.slice(0, 80)}", outside of the folder.`, {
        remedy: 'Do not use this model: an index names files beside it and no others.',
      })
    const known = shards.get(shard) ?? new Set()
    shards.set(shard, known.add(tensor))
  }
  const missing = [...shards.keys()].filter((shard) => !names.includes(shard)).toSorted()
  if (missing.length > 0)
    throw new Fault('model-damaged', `${path} lacks ${missing[0]}${more(missing.length - 1)}, which ${file} names.`, {
      remedy: 'Fetch the missing shards.',
    })
  return [...shards].map(([name, tensors]) => ({ name, names: tensors })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** How a list goes on of which the first was named. */
export function more(rest: number): string {
  return rest === 0 ? '' : ` and ${rest} more`
}

/** A JSON object of the folder; null where there is no such file. Fault model-damaged for what is none. */
export async function readJson(path: string, name: string): Promise<Json | null> {
  const text = await readText(path, name)
  if (text === null) return null
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch (error) {
    throw new Fault('model-damaged', `${name} is no JSON object.`, { cause: error })
  }
}

async function readText(path: string, name: string): Promise<string | null> {
  const info = await stat(join(path, name)).catch(() => null)
  if (info === null || !info.isFile()) return null
  if (info.size > longestText)
    throw new Fault('model-damaged', `${name} has ${info.size} bytes, too many for what it is.`)
  return readFile(join(path, name), 'utf8')
}

const Templates = z.union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])

/** The chat template of a tokenizer_config.json; of several the one called default. */
function templateOf(config: Json | null): string | null {
  const found = Templates.safeParse(config?.['chat_template'])
  if (!found.success) return null
  if (typeof found.data === 'string') return found.data
  return (found.data.find(({ name }) => name === 'default') ?? found.data[0])?.template ?? null
}

/** The licence that the head of a model card names. */
function licenceOf(card: string): string | null {
  const head = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1] ?? ''
  const line = (key: string): string | null =>
    new RegExp(`^${key}:\\s*["']?([^"'\\r\\n]+?)["']?\\s*$`, 'm').exec(head)?.[1] ?? null
  const named = line('license')
  return named === 'other' ? (line('license_name') ?? named) : named
}

/** An adapter's folder as PEFT lays it out: its config, and which of its tensors belong together. No number is read but for the hash. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { ModelAdapter } from '../../../shared/models.ts'
import { readTensorFile, type Located } from '../store/tensorFile.ts'
import { readAdapterConfig, type AdapterConfig } from './adapterConfig.ts'
import { unsupported } from './field.ts'
import { readJson } from './folder.ts'
import { readRecord } from './hub/folder.ts'

/** The two factors of a module: A is [rank, in], B is [out, rank]. */
export type AdapterPair = {
  readonly a: Located
  readonly b: Located
  readonly kind: 'matrix' | 'embedding'
}

export type Adapter = {
  readonly path: string
  /** The repository that the folder was downloaded from; null where it was not. */
  readonly source: ModelAdapter['source'] | null
  /** Where its tensors lie. */
  readonly file: string
  readonly config: AdapterConfig
  /** By the path of the module in the base. */
  readonly pairs: ReadonlyMap<string, AdapterPair>
  /** Tensors that take the place of the base's own, by the name that they have there: modules_to_save and biases. */
  readonly whole: ReadonlyMap<string, Located>
  /** Of adapter_model.safetensors. */
  readonly sha256: string
}

const weights = 'adapter_model.safetensors'
const stem = 'base_model.model.'
const factor = /^(.+)\.lora_(?:(embedding)_)?([AB])(?:\.default)?(?:\.weight)?$/

/** Reads an adapter. Faults file-missing, model-unsupported (pickle, another kind of adapter) and model-damaged. */
export async function readAdapter(path: string): Promise<Adapter> {
  const names = await readdir(path).catch((error: unknown) => {
    throw new Fault('file-missing', `${path} is no folder that can be read.`, { cause: error })
  })
  const json = await readJson(path, 'adapter_config.json')
  if (json === null)
    throw new Fault('model-damaged', `${path} holds no adapter_config.json.`, {
      remedy:
        'Name the folder of an adapter in the layout of PEFT: adapter_config.json beside adapter_model.safetensors.',
    })
  const config = readAdapterConfig(json)
  if (!names.includes(weights)) throw withoutWeights(path, names)
  const { file, tensors } = await readTensorFile(join(path, weights))
  const record = await readRecord(path)
  const source = record === null ? null : ({ kind: 'hub', id: record.id, revision: record.commit } as const)
  return { path, source, file, config, ...sorted(tensors, config), sha256: await hashOf(file) }
}

function withoutWeights(path: string, names: readonly string[]): Fault {
  if (names.includes('adapter_model.bin'))
    return new Fault(
      'model-unsupported',
      'adapter_model.bin is not read: such files can run code when they are opened.',
      { remedy: 'Save the adapter anew with save_pretrained(…, safe_serialization=True).' },
    )
  return new Fault('model-damaged', `${path} holds no ${weights}.`, { remedy: `Fetch ${weights} too.` })
}

/** Pairs up the factors; what is neither stands for a whole tensor. */
function sorted(tensors: ReadonlyMap<string, Located>, config: AdapterConfig): Pick<Adapter, 'pairs' | 'whole'> {
  const halves = new Map<string, { kind: AdapterPair['kind']; a?: Located; b?: Located }>()
  const whole = new Map<string, Located>()
  for (const tensor of tensors.values()) {
    const name = placeOf(tensor)
    const [, module, embedding, which] = factor.exec(name) ?? []
    if (module === undefined) {
      if (name.includes('.lora_'))
        throw unsupported(`The adapter holds ${tensor.name}, which belongs to a kind of LoRA that is not merged here.`)
      whole.set(name.replace(/\.modules_to_save(\.default)?\./, '.').replace('.base_layer.', '.'), tensor)
      continue
    }
    const known = halves.get(module)
    const kind = embedding === undefined ? 'matrix' : 'embedding'
    const half = which === 'A' ? 'a' : 'b'
    if (known !== undefined && (known.kind !== kind || known[half] !== undefined))
      throw damaged(`${tensor.name} is in the adapter a second time, under another name`)
    halves.set(module, { ...known, kind, [half]: tensor })
  }
  const pairs = new Map([...halves].map(([module, half]) => [module, checked(module, half, config)]))
  if (pairs.size + whole.size === 0) throw damaged('The adapter holds no tensor')
  return { pairs, whole }
}

function placeOf({ name, dtype }: Located): string {
  if (!name.startsWith(stem)) throw damaged(`The adapter's tensor ${name} is not named as PEFT names them, ${stem}…`)
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16')
    throw unsupported(`${name} is kept as ${dtype}; F32, F16 and BF16 are read.`)
  return name.slice(stem.length)
}

/** Both halves are there and have the rank that the config gives them. */
function checked(
  module: string,
  { kind, a, b }: { readonly kind: AdapterPair['kind']; readonly a?: Located; readonly b?: Located },
  config: AdapterConfig,
): AdapterPair {
  if (a === undefined || b === undefined)
    throw damaged(
      `The adapter of ${module} has no lora_${a === undefined ? 'A' : 'B'}, which belongs beside its other half`,
    )
  const rank = config.rankOf(module)
  const wrong = [a, b].find(({ shape }) => shape.length !== 2)
  if (wrong !== undefined) throw damaged(`${wrong.name} is [${wrong.shape.join(', ')}], no matrix`)
  if (a.shape[0] !== rank || b.shape[1] !== rank)
    throw damaged(
      `The adapter of ${module} is [${a.shape.join(', ')}] and [${b.shape.join(', ')}], adapter_config.json gives it rank ${rank}`,
    )
  return { a, b, kind }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const block of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(block as Buffer)
  return hash.digest('hex')
}

function damaged(what: string): Fault {
  return new Fault('model-damaged', `${what}.`, {
    remedy: 'Fetch adapter_config.json and adapter_model.safetensors of the same revision.',
  })
}

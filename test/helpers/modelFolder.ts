/** Models of random weights in the layout of Hugging Face, small enough to make in a moment, with the reference that a plain forward gives. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderWith } from './folder.ts'
import { plainLogits, type HuggingConfig, type PlainTensor } from './plainHugging.ts'
import { random } from '../../src/shared/random.ts'

export type FileDtype = 'F32' | 'F16' | 'BF16'

/** A tensor as it is written: its bytes in the type that the header names. */
type Written = {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** The bytes of a safetensors file. */
export function safetensors(tensors: readonly Written[]): Uint8Array {
  let at = 0
  const header: Record<string, unknown> = {}
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] }
    at += bytes.length
  }
  return withHeader(
    JSON.stringify(header),
    tensors.map(({ bytes }) => bytes),
  )
}

/** A file with whatever header it is given. */
export function withHeader(header: string, blocks: readonly Uint8Array[]): Uint8Array {
  const text = new TextEncoder().encode(header)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true)
  return Buffer.concat([length, text, ...blocks])
}

const sizes = {
  hidden_size: 32,
  num_hidden_layers: 3,
  vocab_size: 48,
  intermediate_size: 40,
  max_position_embeddings: 64,
}
export const llamaConfig: HuggingConfig = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  ...sizes,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
  hidden_act: 'silu',
  tie_word_embeddings: false,
}
export const gpt2Config: HuggingConfig = {
  architectures: ['GPT2LMHeadModel'],
  model_type: 'gpt2',
  n_embd: 32,
  n_layer: 3,
  n_head: 2,
  n_positions: 64,
  vocab_size: 48,
  layer_norm_epsilon: 1e-5,
  activation_function: 'gelu_new',
}

/** The tensors that a config has in the library that wrote it, by name. */
function shapesOf(config: HuggingConfig): [name: string, shape: number[]][] {
  return config['model_type'] === 'gpt2' ? gpt2Shapes(config) : llamaShapes(config)
}

function llamaShapes(config: HuggingConfig): [string, number[]][] {
  const [hidden, inner, vocabulary] = [
    config['hidden_size'],
    config['intermediate_size'],
    config['vocab_size'],
  ] as number[]
  const [heads, kvHeads, headDim] = [
    config['num_attention_heads'],
    config['num_key_value_heads'],
    config['head_dim'],
  ] as number[]
  const [q, kv] = [heads! * headDim!, kvHeads! * headDim!]
  const type = config['model_type']
  const qkvBias = type === 'qwen2' || config['attention_bias'] === true
  const list: [string, number[]][] = [
    ['model.embed_tokens.weight', [vocabulary!, hidden!]],
    ['model.norm.weight', [hidden!]],
  ]
  if (config['tie_word_embeddings'] !== true) list.push(['lm_head.weight', [vocabulary!, hidden!]])
  for (let layer = 0; layer < (config['num_hidden_layers'] as number); layer++) {
    const add = (name: string, shape: number[]): unknown => list.push([`model.layers.${layer}.${name}`, shape])
    const linear = (name: string, to: number, from: number, bias: boolean): void => {
      add(`${name}.weight`, [to, from])
      if (bias) add(`${name}.bias`, [to])
    }
    add('input_layernorm.weight', [hidden!])
    add('post_attention_layernorm.weight', [hidden!])
    linear('self_attn.q_proj', q, hidden!, qkvBias)
    linear('self_attn.k_proj', kv, hidden!, qkvBias)
    linear('self_attn.v_proj', kv, hidden!, qkvBias)
    linear('self_attn.o_proj', hidden!, q, config['attention_bias'] === true)
    if (type === 'qwen3') for (const each of ['q', 'k']) add(`self_attn.${each}_norm.weight`, [headDim!])
    for (const each of ['gate', 'up']) linear(`mlp.${each}_proj`, inner!, hidden!, config['mlp_bias'] === true)
    linear('mlp.down_proj', hidden!, inner!, config['mlp_bias'] === true)
  }
  return list
}

function gpt2Shapes(config: HuggingConfig): [string, number[]][] {
  const [hidden, vocabulary, window] = [config['n_embd'], config['vocab_size'], config['n_positions']] as number[]
  const list: [string, number[]][] = [
    ['transformer.wte.weight', [vocabulary!, hidden!]],
    ['transformer.wpe.weight', [window!, hidden!]],
  ]
  const both = (name: string, to: number): unknown => list.push([`${name}.weight`, [to]], [`${name}.bias`, [to]])
  const product = (name: string, from: number, to: number): unknown =>
    list.push([`${name}.weight`, [from, to]], [`${name}.bias`, [to]])
  for (let layer = 0; layer < (config['n_layer'] as number); layer++) {
    const own = `transformer.h.${layer}`
    both(`${own}.ln_1`, hidden!)
    both(`${own}.ln_2`, hidden!)
    product(`${own}.attn.c_attn`, hidden!, 3 * hidden!)
    product(`${own}.attn.c_proj`, hidden!, hidden!)
    product(`${own}.mlp.c_fc`, hidden!, 4 * hidden!)
    product(`${own}.mlp.c_proj`, 4 * hidden!, hidden!)
  }
  both('transformer.ln_f', hidden!)
  return list
}

/** Numbers as they are after they were kept in a type, and their bytes in it. */
function keep(values: Float32Array, dtype: FileDtype): { readonly values: Float32Array; readonly bytes: Uint8Array } {
  if (dtype === 'F32') return { values, bytes: new Uint8Array(values.buffer) }
  if (dtype === 'F16') {
    const halves = Float16Array.from(values)
    return { values: Float32Array.from(halves), bytes: new Uint8Array(halves.buffer) }
  }
  const words = new Uint32Array(values.buffer)
  const bits = Uint16Array.from(words, (word) => word >>> 16)
  return {
    values: new Float32Array(Uint32Array.from(bits, (each) => each << 16).buffer),
    bytes: new Uint8Array(bits.buffer),
  }
}

/** Seeded weights of a config: matrices of the size that keeps numbers in bounds, gains about one. */
export function randomTensors(
  config: HuggingConfig,
  seed: number,
  dtype: FileDtype,
): Map<string, PlainTensor & Written> {
  const draws = random(seed)
  return new Map(
    shapesOf(config).map(([name, shape]) => {
      const isGain = /(norm|ln_\w+)\.weight$/.test(name)
      const spread = shape.length === 2 ? 1.5 / Math.sqrt(shape[1]!) : 0.2
      const values = Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        () => Number(isGain) + spread * (2 * draws.float() - 1),
      )
      const kept = keep(values, dtype)
      return [name, { name, dtype, shape, data: kept.values, bytes: kept.bytes }]
    }),
  )
}

/** What a folder is made of; `rename` changes the names that tensors are stored under. */
export type ModelOptions = {
  readonly seed?: number
  readonly dtype?: FileDtype
  readonly shards?: number
  readonly rename?: (name: string) => string
  readonly length?: number
  readonly from?: number
  readonly greedy?: number
}

/** Writes a model with its reference.json into a folder that goes when the test is over; gives the folder. */
export async function modelFolder(config: HuggingConfig, options: ModelOptions = {}): Promise<string> {
  const { seed = 5, dtype = 'F32', shards = 1, rename = (name) => name, length = 40, from = 12, greedy = 16 } = options
  const tensors = randomTensors(config, seed, dtype)
  const draws = random(seed + 1)
  const inputIds = Array.from({ length }, () => draws.int(0, (config['vocab_size'] as number) - 1))
  const logits = plainLogits(config, tensors, inputIds)
  const made = inputIds.slice(0, from)
  while (made.length < from + greedy) made.push(likeliest(plainLogits(config, tensors, made, from).at(-1)!))
  const nll = inputIds.slice(1).reduce((sum, id, i) => sum - logProb(logits[i]!, id), 0) / (length - 1)
  const reference = { inputIds, lastLogits: logits.slice(-4), [`greedyFrom${from}`]: made.slice(from), meanNll: nll }
  const folder = await folderWith({
    'config.json': JSON.stringify(config),
    'reference.json': JSON.stringify(reference),
  })
  const all = [...tensors.values()].map((tensor) => ({ ...tensor, name: rename(tensor.name) }))
  if (shards === 1) {
    await writeFile(join(folder, 'model.safetensors'), safetensors(all))
    return folder
  }
  const map: Record<string, string> = {}
  for (let shard = 0; shard < shards; shard++) {
    const own = all.filter((_, i) => i % shards === shard)
    const name = `model-0000${shard + 1}-of-0000${shards}.safetensors`
    for (const tensor of own) map[tensor.name] = name
    await writeFile(join(folder, name), safetensors(own))
  }
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: map }))
  return folder
}

function likeliest(row: readonly number[]): number {
  return row.indexOf(Math.max(...row))
}

function logProb(row: readonly number[], id: number): number {
  const highest = Math.max(...row)
  return row[id]! - highest - Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0))
}

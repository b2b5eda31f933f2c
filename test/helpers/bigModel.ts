/**
 * Writes a model of real size and random weights in the layout of Hugging Face, to try an import with: config.json, shards in bf16 and
 * their index. Use: node test/helpers/bigModel.ts DIR [layers]
 */
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { random } from '../../src/shared/random.ts'

const [folder, layers = '16'] = process.argv.slice(2)
if (folder === undefined) throw new Error('Use: node test/helpers/bigModel.ts DIR [layers]')

/** The sizes of Llama 3.2 1B. */
const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: Number(layers),
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  vocab_size: 128_256,
  max_position_embeddings: 131_072,
  rms_norm_eps: 1e-5,
  hidden_act: 'silu',
  rope_theta: 500_000,
  rope_scaling: {
    rope_type: 'llama3',
    factor: 32,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  },
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
}

type Shape = readonly [name: string, shape: readonly number[]]
const [hidden, inner] = [config.hidden_size, config.intermediate_size]
const kv = config.num_key_value_heads * config.head_dim
const layer = (at: number): Shape[] =>
  (
    [
      ['input_layernorm', [hidden]],
      ['self_attn.q_proj', [hidden, hidden]],
      ['self_attn.k_proj', [kv, hidden]],
      ['self_attn.v_proj', [kv, hidden]],
      ['self_attn.o_proj', [hidden, hidden]],
      ['post_attention_layernorm', [hidden]],
      ['mlp.gate_proj', [inner, hidden]],
      ['mlp.up_proj', [inner, hidden]],
      ['mlp.down_proj', [hidden, inner]],
    ] as const
  ).map(([name, shape]) => [`model.layers.${at}.${name}.weight`, shape])
const outer: Shape[] = [
  ['model.embed_tokens.weight', [config.vocab_size, hidden]],
  ['model.norm.weight', [hidden]],
]
const half = Math.ceil(config.num_hidden_layers / 2)
const all = Array.from({ length: config.num_hidden_layers }, (_, at) => layer(at))
const shards = [[...outer, ...all.slice(0, half).flat()], all.slice(half).flat()]

// One block of numbers, drawn once and written over and over from changing places: it is their size that matters.
const draws = random(7)
const block = Uint16Array.from({ length: 1 << 20 }, () => {
  const value = Float32Array.of(0.06 * (draws.float() - 0.5))
  return (new Uint32Array(value.buffer)[0] as number) >>> 16
})
const ones = new Uint16Array(hidden).fill(0x3f80)

await mkdir(folder, { recursive: true })
const map: Record<string, string> = {}
for (const [at, tensors] of shards.entries()) {
  const name = `model-0000${at + 1}-of-0000${shards.length}.safetensors`
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  let end = 0
  for (const [tensor, shape] of tensors) {
    const bytes = 2 * shape.reduce((a, b) => a * b, 1)
    header[tensor] = { dtype: 'BF16', shape, data_offsets: [end, end + bytes] }
    map[tensor] = name
    end += bytes
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true)
  const file = await open(join(folder, name), 'w')
  await file.writeFile(Buffer.concat([length, text]))
  for (const [, shape] of tensors) {
    let left = shape.reduce((a, b) => a * b, 1)
    if (shape.length === 1) {
      await file.writeFile(ones)
      continue
    }
    while (left > 0) {
      const from = draws.int(0, 1 << 12)
      const part = block.subarray(from, from + Math.min(left, block.length - from))
      await file.writeFile(part)
      left -= part.length
    }
  }
  await file.close()
}
await writeFile(join(folder, 'config.json'), JSON.stringify(config, null, 2))
await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: map }))

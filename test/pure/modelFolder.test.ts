/** Folders that are no whole models: each is told by what is wrong with it, and with what to do, before a number is read. */
import { rename, rm, truncate, writeFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderOf, readModelFolder } from '../../src/main/engine/models/folder.ts'
import { matchModel } from '../../src/main/engine/models/match.ts'
import { readTensorFile, tensorHead } from '../../src/main/engine/store/tensorFile.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { gpt2Config, llamaConfig, modelFolder, randomTensors, safetensors, withHeader } from '../helpers/modelFolder.ts'

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>

/** A folder whose header was changed by hand. */
async function withChangedHeader(change: (header: Header) => void): Promise<string> {
  const folder = await modelFolder(llamaConfig, { greedy: 1 })
  const file = join(folder, 'model.safetensors')
  const bytes = await readFile(file)
  const length = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Header
  change(header)
  await writeFile(file, withHeader(JSON.stringify(header), [bytes.subarray(8 + length)]))
  return folder
}
const norm = 'model.norm.weight'

async function withConfig(change: Readonly<Record<string, unknown>>, base = llamaConfig): Promise<string> {
  const folder = await modelFolder(base, { greedy: 1 })
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...base, ...change }))
  return folder
}

/** A folder of two shards whose index was changed by hand. */
async function withIndex(change: (map: Record<string, string>) => void): Promise<string> {
  const folder = await modelFolder(llamaConfig, { shards: 2, greedy: 1 })
  const file = join(folder, 'model.safetensors.index.json')
  const index = JSON.parse(await readFile(file, 'utf8')) as { weight_map: Record<string, string> }
  change(index.weight_map)
  await writeFile(file, JSON.stringify(index))
  return folder
}

async function withTensors(
  change: (tensors: ReturnType<typeof randomTensors>) => void,
  config = llamaConfig,
): Promise<string> {
  const folder = await modelFolder(config, { greedy: 1 })
  const tensors = randomTensors(config, 5, 'F32')
  change(tensors)
  await writeFile(join(folder, 'model.safetensors'), safetensors([...tensors.values()]))
  return folder
}

const file = 'model.safetensors'
const qwen2 = { architectures: ['Qwen2ForCausalLM'], use_sliding_window: true, sliding_window: 5 }
const broken: readonly (readonly [name: string, make: () => Promise<string>, code: string, says: RegExp])[] = [
  [
    'a file cut off',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await truncate(join(folder, file), 20_000)
      return folder
    },
    'model-damaged',
    /end at byte \d+, the file at 20000/,
  ],
  [
    'a file cut off in its header',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await truncate(join(folder, file), 100)
      return folder
    },
    'model-damaged',
    /the header says \d+ bytes, the file has 100/,
  ],
  [
    'a file of nothing',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await writeFile(join(folder, file), '')
      return folder
    },
    'model-damaged',
    /0 bytes are too few/,
  ],
  [
    'a header longer than any',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await writeFile(join(folder, file), new Uint8Array(64).fill(0xff))
      return folder
    },
    'model-damaged',
    /18446744073709551615 bytes is longer/,
  ],
  [
    'a header that is no JSON',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await writeFile(join(folder, file), withHeader('{"a": ', []))
      return folder
    },
    'model-damaged',
    /not JSON/,
  ],
  [
    'an offset behind the end',
    () =>
      withChangedHeader((header) => {
        const [from, to] = header[norm]!.data_offsets
        header[norm]!.data_offsets = [from + 1e9, to + 1e9]
      }),
    'model-damaged',
    /begins at byte/,
  ],
  [
    'two tensors in one place',
    () =>
      withChangedHeader((header) => {
        header[norm]!.data_offsets = [0, 128]
      }),
    'model-damaged',
    /begins at byte/,
  ],
  [
    'an offset below zero',
    () =>
      withChangedHeader((header) => {
        header[norm]!.data_offsets = [-128, 0]
      }),
    'model-damaged',
    /model\.norm\.weight is not described/,
  ],
  [
    'a shape that is not as long as its bytes',
    () =>
      withChangedHeader((header) => {
        header[norm]!.shape = [33]
      }),
    'model-damaged',
    /128 bytes for F32 \[33\]/,
  ],
  [
    'a shape beyond counting',
    () =>
      withChangedHeader((header) => {
        header[norm]!.shape = [2 ** 40, 2 ** 40]
      }),
    'model-damaged',
    /128 bytes for/,
  ],
  [
    'a type that nobody knows',
    () =>
      withChangedHeader((header) => {
        header[norm]!.dtype = 'Q7'
      }),
    'model-damaged',
    /type Q7/,
  ],
  [
    'weights of whole numbers',
    () =>
      withTensors((tensors) => {
        const own = tensors.get(norm)!
        tensors.set(norm, { ...own, dtype: 'I32' })
      }),
    'model-unsupported',
    /kept as I32/,
  ],
  [
    'an index that names a missing shard',
    () =>
      withIndex((map) => {
        map[norm] = 'model-00003-of-00003.safetensors'
      }),
    'model-damaged',
    /lacks model-00003-of-00003/,
  ],
  [
    'an index that leaves the folder',
    () =>
      withIndex((map) => {
        map[norm] = '../outside.safetensors'
      }),
    'model-damaged',
    /outside of the folder/,
  ],
  [
    'an index with an absolute path',
    () =>
      withIndex((map) => {
        map[norm] = '/etc/outside.safetensors'
      }),
    'model-damaged',
    /outside of the folder/,
  ],
  [
    'an index with a drive of Windows',
    () =>
      withIndex((map) => {
        map[norm] = 'C:\\outside.safetensors'
      }),
    'model-damaged',
    /outside of the folder/,
  ],
  [
    'an index that places a tensor in the wrong shard',
    () =>
      withIndex((map) => {
        map[norm] = map[norm]!.includes('00001-')
          ? 'model-00002-of-00002.safetensors'
          : 'model-00001-of-00002.safetensors'
      }),
    'model-damaged',
    /says that model\.norm\.weight is in/,
  ],
  [
    'shards without an index',
    async () => {
      const folder = await modelFolder(llamaConfig, { shards: 2, greedy: 1 })
      await rm(join(folder, 'model.safetensors.index.json'))
      return folder
    },
    'model-damaged',
    /2 safetensors files and no index/,
  ],
  [
    'pickle',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await rename(join(folder, file), join(folder, 'pytorch_model.bin'))
      return folder
    },
    'model-unsupported',
    /pytorch_model\.bin is not read/,
  ],
  ['no weights', () => folderWith({ 'config.json': JSON.stringify(llamaConfig) }), 'model-damaged', /no safetensors/],
  ['no config', () => folderWith({ 'model.safetensors': '' }), 'model-damaged', /no config\.json/],
  ['no folder', async () => join(await folderWith(), 'nowhere'), 'file-missing', /no folder/],
  [
    'a config that is no JSON',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await writeFile(join(folder, 'config.json'), '{"hidden_size":')
      return folder
    },
    'model-damaged',
    /config\.json is no JSON/,
  ],
  [
    'an architecture that is not known',
    () => withConfig({ architectures: ['MambaForCausalLM'] }),
    'model-unsupported',
    /MambaForCausalLM/,
  ],
  [
    'a name that every object has',
    () => withConfig({ architectures: ['constructor'] }),
    'model-unsupported',
    /constructor/,
  ],
  [
    'no architecture',
    () => withConfig({ architectures: undefined, model_type: undefined }),
    'model-unsupported',
    /names no architecture/,
  ],
  ['quantized weights', () => withConfig({ quantization_config: { bits: 4 } }), 'model-unsupported', /quantized/],
  [
    'an absurd width',
    () => withConfig({ hidden_size: 1e12 }),
    'model-damaged',
    /hidden_size is 1000000000000, more than/,
  ],
  ['an absurd number of layers', () => withConfig({ num_hidden_layers: 1e9 }), 'model-damaged', /num_hidden_layers/],
  ['an absurd window', () => withConfig({ max_position_embeddings: 1e15 }), 'model-damaged', /max_position_embeddings/],
  ['a size that is no number', () => withConfig({ hidden_size: '32' }), 'model-damaged', /hidden_size is "32"/],
  ['a size of zero', () => withConfig({ num_attention_heads: 0 }), 'model-damaged', /num_attention_heads is 0/],
  [
    'heads that cannot be shared',
    () => withConfig({ num_key_value_heads: 3 }),
    'model-unsupported',
    /4 heads cannot share 3/,
  ],
  ['another activation', () => withConfig({ hidden_act: 'xielu' }), 'model-unsupported', /"xielu"/],
  [
    'a scaling that is not known',
    () => withConfig({ rope_scaling: { type: 'longrope', factor: 4 } }),
    'model-unsupported',
    /"longrope"/,
  ],
  [
    'a scaling without its factor',
    () => withConfig({ rope_scaling: { type: 'linear' } }),
    'model-damaged',
    /rope_scaling: factor/,
  ],
  [
    'a layer of a type that is not known',
    () => withConfig({ ...qwen2, layer_types: ['full_attention', 'linear_attention', 'full_attention'] }),
    'model-unsupported',
    /Layer 1 is of the type "linear_attention"/,
  ],
  [
    'types of more layers than there are',
    () => withConfig({ ...qwen2, layer_types: Array.from({ length: 4 }, () => 'full_attention') }),
    'model-unsupported',
    /lists 4 layers, num_hidden_layers says 3/,
  ],
  [
    'heads turned in part',
    () => withConfig({ partial_rotary_factor: 0.5 }),
    'model-unsupported',
    /partial_rotary_factor/,
  ],
  [
    'layers that the config does not have',
    () => withConfig({ num_hidden_layers: 2 }),
    'model-damaged',
    /no place for the tensor model\.layers\.2\..* and \d+ more/,
  ],
  [
    'layers that the file does not have',
    () => withConfig({ num_hidden_layers: 4 }),
    'model-damaged',
    /model\.layers\.3\.\S+ is missing/,
  ],
  [
    'another width',
    () => withConfig({ hidden_size: 64 }),
    'model-damaged',
    /embed_tokens\.weight is \[48, 32\], the config makes it \[48, 64\]/,
  ],
  [
    'other heads of keys',
    () => withConfig({ num_key_value_heads: 4 }),
    'model-damaged',
    /q_proj\.weight \[64, 32\].* do not make \[192, 32\]/,
  ],
  [
    'a missing head',
    () => withTensors((tensors) => tensors.delete('lm_head.weight')),
    'model-damaged',
    /lm_head\.weight is missing/,
  ],
  [
    'a bias that has no place',
    () =>
      withTensors((tensors) => {
        const name = 'model.layers.0.self_attn.q_proj.bias'
        tensors.set(name, { ...tensors.get(norm)!, name })
      }),
    'model-damaged',
    /no place for the tensor model\.layers\.0\.self_attn\.q_proj\.bias\./,
  ],
  [
    'a tokenizer with more ids than rows',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ model: { vocab: { a: 0, b: 48 } } }))
      return folder
    },
    'model-damaged',
    /ids up to 48, the embeddings have 48 rows/,
  ],
  [
    'an added token beyond the rows',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      const added = [{ id: 90, content: '<|im_end|>' }]
      await writeFile(
        join(folder, 'tokenizer.json'),
        JSON.stringify({ model: { vocab: { a: 0 } }, added_tokens: added }),
      )
      return folder
    },
    'model-damaged',
    /ids up to 90/,
  ],
  [
    'a tokenizer that is none',
    async () => {
      const folder = await modelFolder(llamaConfig, { greedy: 1 })
      await writeFile(join(folder, 'tokenizer.json'), '{"model": 3}')
      return folder
    },
    'model-damaged',
    /no vocabulary/,
  ],
  [
    'attention to another network',
    () => withConfig({ add_cross_attention: true }, gpt2Config),
    'model-unsupported',
    /add_cross_attention/,
  ],
]

describe('is a fault that names it', () => {
  test.each(broken)('%s', async (_name, make, code, says) => {
    const folder = await make()
    const fault = await faultOf(readModelFolder(folder).then(matchModel))
    expect({ code: fault.code, message: fault.message }).toEqual({ code, message: expect.stringMatching(says) })
    expect(fault.remedy.length).toBeGreaterThan(10)
  })
})

test('buffers that old versions stored are passed over and told', async () => {
  const folder = await withTensors((tensors) => {
    for (const name of ['model.layers.0.self_attn.rotary_emb.inv_freq', 'model.layers.1.self_attn.rotary_emb.inv_freq'])
      tensors.set(name, { ...tensors.get(norm)!, name })
  })
  expect(matchModel(await readModelFolder(folder)).notes.join()).toContain('2 stored tensors hold nothing')
  const masks = await withTensors((tensors) => {
    const name = 'transformer.h.0.attn.bias'
    tensors.set(name, { ...tensors.get('transformer.ln_f.weight')!, name })
  }, gpt2Config)
  expect(matchModel(await readModelFolder(masks)).notes.join()).toContain('1 stored tensors')
})

test('sizes that a config leaves out are those of the library that wrote it', async () => {
  const sizes = (config: Readonly<Record<string, unknown>>) => {
    const fault = faultOf(
      folderWith({ 'config.json': JSON.stringify(config), 'model.safetensors': safetensors([]) })
        .then(readModelFolder)
        .then(matchModel),
    )
    return fault.then(({ message }) => message)
  }
  // Nothing is in the file: the first tensor that is looked for is missing, and no size was absurd.
  for (const name of ['LlamaForCausalLM', 'MistralForCausalLM', 'Qwen2ForCausalLM', 'Qwen3ForCausalLM'])
    expect(await sizes({ architectures: [name] })).toContain('model.embed_tokens.weight is missing')
  expect(await sizes({ model_type: 'gpt2' })).toContain('transformer.wte.weight is missing')
})

test('what the folder says beside: licence, chat template, ids that begin and end', async () => {
  const folder = await modelFolder(llamaConfig, { greedy: 1 })
  await writeFile(join(folder, 'README.md'), '---\nlanguage: en\nlicense: apache-2.0\n---\n# A model\n')
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ chat_template: '{{ messages }}' }))
  expect(await readModelFolder(folder)).toMatchObject({ licence: 'apache-2.0', chatTemplate: '{{ messages }}' })
  await writeFile(join(folder, 'chat_template.jinja'), 'newer')
  await writeFile(join(folder, 'README.md'), '---\nlicense: other\nlicense_name: llama3.2\n---\n')
  expect(await readModelFolder(folder)).toMatchObject({ licence: 'llama3.2', chatTemplate: 'newer' })
})

test('a head that is written is read back, its numbers beginning at a multiple of 64', async () => {
  const tensors = [
    { name: 'a', dtype: 'F32', shape: [2, 3] },
    { name: 'b', dtype: 'F16', shape: [5] },
  ] as const
  const head = tensorHead(tensors, { made: 'here' })
  const folder = await folderWith({ 'x.safetensors': Buffer.concat([head, new Uint8Array(24 + 10)]) })
  const found = await readTensorFile(join(folder, 'x.safetensors'))
  expect(head.length % 64).toBe(0)
  expect(found.metadata).toEqual({ made: 'here' })
  expect(
    [...found.tensors.values()].map(({ name, dtype, shape, offset, bytes }) => [
      name,
      dtype,
      shape,
      offset - head.length,
      bytes,
    ]),
  ).toEqual([
    ['a', 'F32', [2, 3], 0, 24],
    ['b', 'F16', [5], 24, 10],
  ])
})

describe('a file that is given in place of its folder', () => {
  test.each(['model.safetensors', 'config.json', 'tokenizer.json'])('%s means the folder', async (name) => {
    const folder = await folderWith({ [name]: '{}' })
    expect(await folderOf(join(folder, name))).toBe(folder)
    expect(await folderOf(folder)).toBe(folder)
  })
  test.each([
    ['model.onnx', /finished graph.*networks of our own/, /config\.json, model\.safetensors/],
    ['pytorch_model.bin', /can run code/, /safetensors/],
    ['notes.txt', /no file of a model/, /config\.json/],
  ])('%s is refused with what to bring', async (name, message, remedy) => {
    const folder = await folderWith({ [name]: 'x' })
    const fault = await faultOf(folderOf(join(folder, name)))
    expect(fault).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
  })
  test('a folder of a graph alone is refused in the same words', async () => {
    const folder = await folderWith({ 'config.json': '{}', 'model.onnx': 'x' })
    expect((await faultOf(readModelFolder(folder))).message).toMatch(/^model\.onnx is a finished graph/)
  })
})

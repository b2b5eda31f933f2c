/** Models of others: read, compared with what another program found, taken in, run, and taken out again. */
import { appendFile, open, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAttention } from '../../src/main/engine/expand/attention.ts'
import { openDecoder } from '../../src/main/engine/expand/decoder.ts'
import { readModelFolder } from '../../src/main/engine/models/folder.ts'
import { importModel, removeModel } from '../../src/main/engine/models/import.ts'
import { listModels, openModel } from '../../src/main/engine/models/library.ts'
import { modelFolder as folderOf } from '../../src/main/engine/models/manifest.ts'
import { matchModel } from '../../src/main/engine/models/match.ts'
import { checkModel } from '../../src/main/engine/serve/checking.ts'
import { importFolder } from '../../src/main/engine/serve/importing.ts'
import { askModel, verifyModel } from '../../src/main/engine/serve/models.ts'
import { rowsOf } from '../../src/main/engine/bench/reference.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { resultOf } from '../helpers/jobResult.ts'
import { onCpu } from '../helpers/onCpu.ts'
import { gpt2Config, llamaConfig, modelFolder, safetensors, randomTensors } from '../helpers/modelFolder.ts'

const fixtures = join(import.meta.dirname, '../fixtures/models')

describe('models that another program ran', () => {
  test.each(['stories260K', 'llama-tied-bf16', 'qwen2', 'gpt2'])(
    '%s: logits, greedy continuation and NLL agree in every way of running it',
    async (name) => {
      const found = await resultOf(checkModel({ path: join(fixtures, name) }, await folderWith()))
      expect(found.ways.map(({ way }) => way)).toEqual(['full forward', 'prefill and steps', 'embeddings'])
      for (const { maxAbsDiff, greedyIdentical, nll } of found.ways) {
        expect(maxAbsDiff).toBeLessThan(1e-5)
        expect(greedyIdentical).toBe(true)
        expect(nll).toBeCloseTo(found.referenceNll!, 5)
      }
      expect(found).toMatchObject({ greedyIdentical: true, shards: 1 })
      // This reference was made with a model that was cast to bf16 and back, its rotary frequencies with it.
      if (name !== 'llama-tied-bf16') return expect(found.asRun).toBeNull()
      expect(found.asRun?.maxAbsDiff).toBeGreaterThan(1e-3)
      expect(found.asRun?.maxAbsDiff).toBeLessThan(2e-3)
      expect(found.asRun?.greedyIdentical).toBe(true)
    },
  )
})

const { head_dim: _, ...withoutHeadDim } = llamaConfig
const variants = {
  'llama in bf16, two shards': { config: llamaConfig, dtype: 'BF16', shards: 2 },
  'llama in f16, tied': { config: { ...llamaConfig, tie_word_embeddings: true }, dtype: 'F16' },
  'heads apart from hidden / heads': { config: { ...llamaConfig, head_dim: 32 } },
  'heads of 24 numbers': { config: { ...llamaConfig, head_dim: 24 } },
  'heads of 20 numbers': { config: { ...llamaConfig, head_dim: 20 } },
  'heads of 4 numbers, normalised': {
    config: { ...llamaConfig, head_dim: 4, architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3' },
  },
  'a gate of gelu': { config: { ...llamaConfig, hidden_act: 'gelu_pytorch_tanh' } },
  'a gate of quick gelu': { config: { ...llamaConfig, hidden_act: 'quick_gelu' } },
  'as many heads of keys as of queries': { config: { ...llamaConfig, num_key_value_heads: 4 } },
  'biases everywhere': { config: { ...llamaConfig, attention_bias: true, mlp_bias: true } },
  'linear scaling, spelt as of old': {
    config: { ...llamaConfig, rope_scaling: { type: 'linear', factor: 2 } },
  },
  'llama3 scaling': {
    config: {
      ...llamaConfig,
      rope_theta: undefined,
      rope_parameters: {
        rope_theta: 1000,
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 32,
      },
    },
  },
  'yarn scaling': {
    config: {
      ...llamaConfig,
      rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16 },
    },
  },
  'yarn scaling with bounds of its own': {
    config: {
      ...llamaConfig,
      rope_theta: undefined,
      rope_parameters: {
        rope_theta: 1000,
        rope_type: 'yarn',
        factor: 8,
        beta_fast: 4,
        beta_slow: 0.5,
        attention_factor: 1.3,
        original_max_position_embeddings: 32,
      },
    },
  },
  'dynamic scaling within what was trained': {
    config: { ...llamaConfig, rope_scaling: { rope_type: 'dynamic', factor: 3 } },
  },
  'dynamic scaling beyond it': {
    config: { ...llamaConfig, max_position_embeddings: 20, rope_scaling: { rope_type: 'dynamic', factor: 3 } },
  },
  'dynamic scaling beyond it, heads of 8 numbers': {
    config: {
      ...llamaConfig,
      head_dim: 8,
      max_position_embeddings: 20,
      rope_scaling: { rope_type: 'dynamic', factor: 3 },
    },
  },
  'mistral with a window of 8': {
    config: { ...llamaConfig, architectures: ['MistralForCausalLM'], model_type: 'mistral', sliding_window: 8 },
  },
  'mistral without a window': {
    config: { ...llamaConfig, architectures: ['MistralForCausalLM'], model_type: 'mistral', sliding_window: null },
  },
  'qwen2 with a window in its last layers': {
    config: {
      ...llamaConfig,
      architectures: ['Qwen2ForCausalLM'],
      model_type: 'qwen2',
      use_sliding_window: true,
      sliding_window: 5,
      max_window_layers: 1,
    },
  },
  'qwen2 with a window in the layers that its config lists': {
    config: {
      ...llamaConfig,
      architectures: ['Qwen2ForCausalLM'],
      model_type: 'qwen2',
      use_sliding_window: true,
      sliding_window: 5,
      layer_types: ['sliding_attention', 'full_attention', 'sliding_attention'],
    },
  },
  qwen3: { config: { ...llamaConfig, architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3' } },
  'gpt2, names without a prefix': { config: gpt2Config, rename: (name: string) => name.replace('transformer.', '') },
  'gpt2 with heads of 12 numbers, scores by layer': {
    config: {
      ...gpt2Config,
      n_embd: 36,
      n_head: 3,
      scale_attn_by_inverse_layer_idx: true,
      activation_function: 'relu',
    },
  },
  'gpt2 with scores as they are': { config: { ...gpt2Config, scale_attn_weights: false, activation_function: 'silu' } },
  'gpt2 with the exact gelu': { config: { ...gpt2Config, activation_function: 'gelu' }, dtype: 'BF16' },
} as const

describe('random models of the same families agree with a plain forward', () => {
  test.each(Object.entries(variants))('%s', async (_name, { config, ...options }) => {
    const folder = await modelFolder(config, options)
    const found = await resultOf(checkModel({ path: folder }, await folderWith()))
    expect(found.ways.length).toBe(3)
    for (const { maxAbsDiff, nll } of found.ways) {
      expect(maxAbsDiff).toBeLessThan(1e-4)
      expect(nll).toBeCloseTo(found.referenceNll!, 4)
    }
    expect(found.greedyIdentical).toBe(true)
  })

  test('a reference made by a model that was cast to f16 whole is found out, and compared with as it was made', async () => {
    const config = { ...llamaConfig, max_position_embeddings: 256, cast: 'f16' }
    const folder = await modelFolder(config, { dtype: 'F16', length: 200, greedy: 4 })
    const found = await resultOf(checkModel({ path: folder }, await folderWith()))
    expect(found.asRun).toMatchObject({ cast: 'f16' })
    expect(found.asRun!.maxAbsDiff).toBeGreaterThan(1e-3)
    expect(found.maxAbsDiff).toBeLessThan(1e-4)
  })

  test('where the config leaves the size of a head out, it is hidden / heads', async () => {
    const folder = await modelFolder({ ...llamaConfig, head_dim: 8 })
    await writeFile(join(folder, 'config.json'), JSON.stringify(withoutHeadDim))
    const found = await resultOf(checkModel({ path: folder }, await folderWith()))
    expect(found.sizes).toMatchObject({ headDim: 8 })
    expect(found.maxAbsDiff).toBeLessThan(1e-4)
  })
})

describe('attention that is observed gives the logits of the decoder', () => {
  test.each([
    'heads of 24 numbers',
    'heads of 20 numbers',
    'yarn scaling',
    'gpt2 with heads of 12 numbers, scores by layer',
    'biases everywhere',
    'dynamic scaling beyond it',
    'mistral with a window of 8',
    'qwen2 with a window in its last layers',
    'qwen3',
    'gpt2, names without a prefix',
  ] as const)('%s', async (name) => {
    const { config, ...options } = variants[name]
    const home = await imported(await modelFolder(config, options))
    const { manifest, weights } = await openModel(home, 'one')
    const decoder = await openDecoder(manifest.decoder, weights, { threads: 1 })
    const attention = openAttention(manifest.decoder, weights, { threads: 1 })
    const ids = Array.from({ length: 30 }, (_each, i) => (i * 7) % 48)
    const rows = rowsOf(decoder, ids)
    const { hidden, vocabulary, layers, heads } = manifest.decoder
    decoder.reserve(ids.length)
    await decoder.feed(rows.subarray(0, 25 * hidden), 'none')
    const all = (count: number): number[] => Array.from({ length: count }, (_each, i) => i)
    const groups = { of: all(30), count: 30 }
    const seen = await attention.mass(decoder, rows.subarray(25 * hidden), groups, {
      layers: all(layers),
      heads: all(heads),
    })
    const fed = await decoder.feed(rows.subarray(25 * hidden), 'all')
    expect(seen.logits.length).toBe(5 * vocabulary)
    expect(Math.max(...fed.map((value, i) => Math.abs(value - seen.logits[i]!)))).toBeLessThan(1e-4)
    for (const row of seen.mass) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
    if (name === 'mistral with a window of 8') {
      // The row at position 29 looks back to 22.
      expect([...seen.mass[4]!.subarray(0, 22)].every((mass) => mass === 0)).toBe(true)
      expect(seen.mass[4]![22]).toBeGreaterThan(0)
    }
    await decoder.close()
    await attention.close()
  })
})

/** A home with one model in it, called `one`. */
async function imported(path: string, dtype: 'f32' | 'f16' = 'f32'): Promise<string> {
  const home = await folderWith()
  await resultOf(importFolder({ path, name: 'one', dtype }, home))
  return home
}

describe('a model that is taken in', () => {
  test('is listed, verified, asked and removed', async () => {
    const path = join(fixtures, 'stories260K')
    const home = await imported(path)
    const [info] = await listModels(home)
    expect(info).toMatchObject({
      name: 'one',
      role: 'decoder',
      architecture: 'LlamaForCausalLM',
      dtype: 'f32',
      vocabulary: 512,
      source: { kind: 'folder', folder: path },
      tokenizer: true,
    })
    const verified = await resultOf(verifyModel({ name: 'one' }, home))
    expect(verified.holds).toBe(true)
    expect(verified.proofs.map(({ about }) => about)).toEqual([
      'weights.safetensors is the file that was imported',
      'tokenizer.json is the file that was imported',
      'every weight has its shape',
      'one position gives a logit a token',
    ])
    const { inputIds, greedy } = JSON.parse(await readFile(join(path, 'reference.json'), 'utf8'))
    const input = { name: 'one', prompt: inputIds, tokens: greedy.length, temperature: 0, seed: 1 }
    const answer = await resultOf(askModel(input, home, onCpu))
    expect(answer.ids).toEqual(greedy)
    await removeModel(folderOf(home, 'one'))
    expect(await listModels(home)).toEqual([])
    expect(await faultOf(openModel(home, 'one'))).toMatchObject({ code: 'model-missing' })
  })

  test('keeps its weights in the file, in our layout, and is mapped from there', async () => {
    const tensors = randomTensors(llamaConfig, 5, 'BF16')
    const home = await imported(await modelFolder(llamaConfig, { dtype: 'BF16', shards: 2 }))
    const { weights, manifest } = await openModel(home, 'one')
    const qkv = weights.get('decoder.layers.1.attention.qkv')!
    if (!('file' in qkv)) throw new Error('the weight is in memory')
    expect(qkv).toMatchObject({ dtype: 'float32', shape: [32, 128], bytes: 32 * 128 * 4 })
    expect(qkv.offset % 64).toBe(0)
    const bytes = (await readFile(qkv.file)).subarray(qkv.offset, qkv.offset + qkv.bytes)
    const numbers = new Float32Array(new Uint8Array(bytes).buffer)
    const part = (name: string) => tensors.get(`model.layers.1.self_attn.${name}_proj.weight`)!.data
    // Row 3 of ours: number 3 of each row of theirs, queries first.
    const row = ['q', 'k', 'v'].flatMap((name) => {
      const data = part(name)
      return Array.from({ length: data.length / 32 }, (_each, out) => data[out * 32 + 3]!)
    })
    expect([...numbers.subarray(3 * 128, 4 * 128)]).toEqual(row)
    expect(manifest.parameters).toBe([...tensors.values()].reduce((sum, { data }) => sum + data.length, 0))
  })

  test('at f16 is half as large, and its numbers are those rounded', async () => {
    const path = await modelFolder(llamaConfig)
    const [whole, half] = [await imported(path), await imported(path, 'f16')]
    const of = async (home: string) => {
      const { manifest, weights } = await openModel(home, 'one')
      const decoder = await openDecoder(manifest.decoder, weights, { threads: 1 })
      decoder.reserve(4)
      const rows = rowsOf(decoder, [1, 2, 3, 4])
      const found = {
        rows,
        logits: await decoder.feed(rows, 'all'),
        bytes: manifest.files['weights.safetensors']!.bytes,
      }
      await decoder.close()
      return found
    }
    const [a, b] = [await of(whole), await of(half)]
    expect(b.bytes).toBeLessThan(a.bytes * 0.55)
    expect([...b.rows]).toEqual([...Float32Array.from(Float16Array.from(a.rows))])
    const gap = Math.max(...a.logits.map((value, i) => Math.abs(value - b.logits[i]!)))
    expect(gap).toBeGreaterThan(0)
    expect(gap).toBeLessThan(2e-2)
  })

  test('whose files were changed afterwards does not verify', async () => {
    const home = await imported(await modelFolder(llamaConfig))
    const file = join(folderOf(home, 'one'), 'weights.safetensors')
    const handle = await open(file, 'r+')
    await handle.write(new Uint8Array([1]), 0, 1, (await handle.stat()).size - 40)
    await handle.close()
    expect(await resultOf(verifyModel({ name: 'one' }, home))).toMatchObject({ holds: false })
    await truncate(file, 5000)
    expect(await faultOf(openModel(home, 'one'))).toMatchObject({ code: 'model-damaged' })
  })

  test('stops where it is told to, and leaves nothing', async () => {
    const home = await folderWith()
    const model = matchModel(await readModelFolder(await modelFolder(llamaConfig)))
    const stop = new AbortController()
    const options = {
      folder: folderOf(home, 'one'),
      dtype: 'f32',
      source: { kind: 'folder', folder: '' },
      signal: stop.signal,
      tell: ({ done }: { readonly done: number }) => void (done > 5 && stop.abort()),
    } as const
    await expect(importModel(model, options)).rejects.toThrow(/abort/i)
    expect(await readdir(join(home, 'models'))).toEqual([])
  })

  test('does not take the place of another', async () => {
    const path = await modelFolder(llamaConfig)
    const home = await imported(path)
    const fault = await faultOf(resultOf(importFolder({ path, name: 'one', dtype: 'f32' }, home)))
    expect(fault).toMatchObject({ code: 'bad-input', message: expect.stringContaining('already') })
  })
})

describe('weights that are no trained weights', () => {
  test.each([
    ['F32', Number.NaN],
    ['F32', Infinity],
    ['F16', -Infinity],
    ['BF16', Number.NaN],
  ] as const)('%s with %s are named, and nothing is installed', async (dtype, value) => {
    const folder = await modelFolder(llamaConfig, { dtype })
    const tensors = [...randomTensors(llamaConfig, 5, dtype).values()]
    const name = 'model.layers.2.mlp.up_proj.weight'
    const bytes = tensors.find((each) => each.name === name)!.bytes
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    if (dtype === 'F32') view.setFloat32(4 * 77, value, true)
    else if (dtype === 'F16') view.setFloat16(2 * 77, value, true)
    else view.setUint16(2 * 77, 0x7fc0, true)
    await writeFile(join(folder, 'model.safetensors'), safetensors(tensors))
    const home = await folderWith()
    const fault = await faultOf(resultOf(importFolder({ path: folder, name: 'one', dtype: 'f32' }, home)))
    expect(fault).toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining(`${name} holds ${value} at 77`),
    })
    expect(await readdir(join(home, 'models'))).toEqual([])
  })

  test('a number beyond f16 is named when the model is to be kept so', async () => {
    const folder = await modelFolder(llamaConfig)
    const tensors = [...randomTensors(llamaConfig, 5, 'F32').values()]
    const last = tensors.find(({ name }) => name === 'model.norm.weight')!
    new DataView(last.bytes.buffer).setFloat32(0, 70_000, true)
    await writeFile(join(folder, 'model.safetensors'), safetensors(tensors))
    const fault = await faultOf(resultOf(importFolder({ path: folder, name: 'one', dtype: 'f16' }, await folderWith())))
    expect(fault).toMatchObject({ code: 'bad-input', remedy: expect.stringContaining('--dtype f32') })
  })

  test('embeddings stored twice are taken once, and must agree', async () => {
    const config = { ...llamaConfig, tie_word_embeddings: true }
    const folder = await modelFolder(config)
    const tensors = [...randomTensors(config, 5, 'F32').values()]
    const table = tensors.find(({ name }) => name === 'model.embed_tokens.weight')!
    const twin = { ...table, name: 'lm_head.weight' }
    await writeFile(join(folder, 'model.safetensors'), safetensors([...tensors, twin]))
    const found = await resultOf(checkModel({ path: folder }, await folderWith()))
    expect(found.maxAbsDiff).toBeLessThan(1e-4)
    expect(found.notes.join()).toContain('lm_head.weight is stored beside')
    const other = { ...twin, bytes: twin.bytes.map((byte, i) => (i === 80 ? byte ^ 1 : byte)) }
    await writeFile(join(folder, 'model.safetensors'), safetensors([...tensors, other]))
    const fault = await faultOf(resultOf(importFolder({ path: folder, name: 'one', dtype: 'f32' }, await folderWith())))
    expect(fault).toMatchObject({ code: 'model-damaged', remedy: expect.stringContaining('tie_word_embeddings') })
  })
})

test('a prompt beyond the vocabulary is a fault, and so is a text without a tokenizer', async () => {
  const home = await imported(await modelFolder(llamaConfig))
  const ask = { name: 'one', tokens: 1, temperature: 0, seed: 1 }
  expect(await faultOf(resultOf(askModel({ ...ask, prompt: [48] }, home, onCpu)))).toMatchObject({ code: 'bad-input' })
  expect(await faultOf(resultOf(askModel({ ...ask, prompt: 'Once' }, home, onCpu)))).toMatchObject({
    code: 'bad-input',
  })
  await appendFile(join(folderOf(home, 'one'), 'model.json'), 'x')
  expect(await faultOf(openModel(home, 'one'))).toMatchObject({ code: 'model-damaged' })
  expect(await listModels(home)).toEqual([])
})

/** LoRA adapters: what an import makes of them is what a plain sum makes, and broken ones are named. */
import { copyFile, cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { modelFolder as folderOf } from '../../src/main/engine/models/manifest.ts'
import { listModels } from '../../src/main/engine/models/library.ts'
import { checkModel } from '../../src/main/engine/serve/checking.ts'
import { importFolder } from '../../src/main/engine/serve/importing.ts'
import { readSafetensors } from '../../src/main/engine/store/safetensors.ts'
import { adapterFolder, drawn, merged, written, type Matrix } from '../helpers/adapterFolder.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { resultOf } from '../helpers/jobResult.ts'
import { gpt2Config, llamaConfig, modelFolder, randomTensors, safetensors } from '../helpers/modelFolder.ts'
import { plainLogits, type HuggingConfig } from '../helpers/plainHugging.ts'

type Tensors = ReadonlyMap<string, Matrix>

/** The weights that an import leaves, by our names. */
async function weightsOf(path: string, adapter?: string): Promise<Map<string, Float32Array>> {
  const home = await folderWith()
  await resultOf(importFolder({ path, name: 'one', dtype: 'f32', ...(adapter === undefined ? {} : { adapter }) }, home))
  const file = await readFile(join(folderOf(home, 'one'), 'weights.safetensors'))
  return new Map([...readSafetensors(file, 'weights')].map(([name, { data }]) => [name, data as Float32Array]))
}

/** Compares the import with an adapter against the import of a folder whose weights were summed before. */
async function expectSame(path: string, adapter: string, sums: Tensors): Promise<void> {
  const whole = await folderWith()
  await cp(path, whole, { recursive: true })
  await writeFile(join(whole, 'model.safetensors'), safetensors([...sums].map(([name, each]) => written(name, each))))
  const [base, own, wanted] = [await weightsOf(path), await weightsOf(path, adapter), await weightsOf(whole)]
  expect([...own.keys()]).toEqual([...wanted.keys()])
  let changed = 0
  for (const [name, values] of own) {
    const sum = wanted.get(name)!
    expect(Math.max(...values.map((value, i) => Math.abs(value - sum[i]!)))).toBeLessThan(1e-6)
    if (values.some((value, i) => value !== base.get(name)![i])) changed++
  }
  expect(changed).toBeGreaterThan(0)
}

/** The reference that a plain forward of the sums gives. */
function referenceOf(config: HuggingConfig, sums: Tensors): string {
  const inputIds = Array.from({ length: 20 }, (_each, i) => (i * 11) % 48)
  const logits = plainLogits(config, sums, inputIds)
  const greedy = logits[11]!.indexOf(Math.max(...logits[11]!))
  return JSON.stringify({ inputIds, lastLogits: logits.slice(-4), greedyFrom12: [greedy], meanNll: 0 })
}

/** Pairs of factors for modules of a base, the sums that they make, and the adapter's folder. */
function made(
  base: Tensors,
  modules: readonly string[],
  {
    scale = () => 6 / 4,
    rank = () => 4,
    turned = false,
    suffix = '',
  }: {
    readonly scale?: (module: string) => number
    readonly rank?: (module: string) => number
    readonly turned?: boolean
    readonly suffix?: string
  } = {},
): { readonly factors: Record<string, Matrix>; readonly sums: Map<string, Matrix> } {
  const sums = new Map(base)
  const factors: Record<string, Matrix> = {}
  for (const [at, module] of modules.entries()) {
    const own = base.get(`${module}.weight`)!
    const [out, into] = turned ? [own.shape[1]!, own.shape[0]!] : [own.shape[0]!, own.shape[1]!]
    const [a, b] = [drawn([rank(module), into], 100 + at), drawn([out, rank(module)], 200 + at)]
    factors[`${module}.lora_A${suffix}.weight`] = a
    factors[`${module}.lora_B${suffix}.weight`] = b
    sums.set(`${module}.weight`, merged(own, a, b, scale(module), turned))
  }
  return { factors, sums }
}

const llama: Tensors = randomTensors(llamaConfig, 5, 'F32')
const attention = ['q', 'k', 'v', 'o'].map((each) => `model.layers.1.self_attn.${each}_proj`)
const query = attention[0]!

describe('an adapter merged as its base is imported gives what a plain sum gives', () => {
  test('Llama: queries, keys and values set side by side, the feed-forward and the head; logits too', async () => {
    const { factors, sums } = made(llama, [...attention, 'model.layers.2.mlp.down_proj', 'lm_head'])
    const path = await modelFolder(llamaConfig)
    const adapter = await adapterFolder(factors, {}, { 'reference.json': referenceOf(llamaConfig, sums) })
    await expectSame(path, adapter, sums)
    const found = await resultOf(checkModel({ path, adapter }, await folderWith()))
    expect(found.adapter).toMatchObject({ rank: 4, alpha: 6, matrices: 6, replaced: 0, base: null })
    expect(found.ways.length).toBe(3)
    for (const { maxAbsDiff } of found.ways) expect(maxAbsDiff).toBeLessThan(1e-4)
  })

  test('names as save_pretrained of old left them, a base in shards of bf16', async () => {
    const base = randomTensors(llamaConfig, 5, 'BF16')
    const { factors, sums } = made(base, attention, { suffix: '.default' })
    const path = await modelFolder(llamaConfig, { dtype: 'BF16', shards: 2 })
    const whole = await modelFolder(llamaConfig)
    await writeFile(join(whole, 'model.safetensors'), safetensors([...sums].map(([name, each]) => written(name, each))))
    const [own, wanted] = [await weightsOf(path, await adapterFolder(factors)), await weightsOf(whole)]
    for (const [name, values] of own)
      expect(Math.max(...values.map((value, i) => Math.abs(value - wanted.get(name)![i]!)))).toBeLessThan(1e-6)
  })

  test('use_rslora: alpha by the root of the rank', async () => {
    const { factors, sums } = made(llama, attention, { scale: () => 6 / 2 })
    await expectSame(await modelFolder(llamaConfig), await adapterFolder(factors, { use_rslora: true }), sums)
  })

  test('patterns give modules their own rank and alpha', async () => {
    const rank = (module: string) => (module.endsWith('q_proj') ? 2 : 4)
    const { factors, sums } = made(llama, attention, {
      rank,
      scale: (module) => (module.includes('k_proj') ? 20 : 6) / rank(module),
    })
    const patterns = { rank_pattern: { q_proj: 2 }, alpha_pattern: { 'layers\\.\\d+\\.self_attn\\.k_proj': 20 } }
    await expectSame(await modelFolder(llamaConfig), await adapterFolder(factors, patterns), sums)
  })

  test('GPT-2, whose matrices are stored the other way about, under names with and without a prefix', async () => {
    const base: Tensors = randomTensors(gpt2Config, 5, 'F32')
    const modules = ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'].map((each) => `transformer.h.1.${each}`)
    const { factors, sums } = made(base, modules, { turned: true })
    const adapter = await adapterFolder(
      factors,
      { fan_in_fan_out: true },
      { 'reference.json': referenceOf(gpt2Config, sums) },
    )
    const path = await modelFolder(gpt2Config)
    await expectSame(path, adapter, sums)
    const bare = await modelFolder(gpt2Config, { rename: (name) => name.replace('transformer.', '') })
    for (const each of [path, bare]) {
      const found = await resultOf(checkModel({ path: each, adapter }, await folderWith()))
      expect(found.maxAbsDiff).toBeLessThan(1e-4)
    }
  })

  test('BERT; what adapts a head that is not used is passed over and told of', async () => {
    const path = await folderWith()
    const fixture = join(import.meta.dirname, '../fixtures/models/bert')
    for (const name of ['config.json', 'model.safetensors']) await copyFile(join(fixture, name), join(path, name))
    const base = readSafetensors(await readFile(join(path, 'model.safetensors')), 'weights') as unknown as Tensors
    const stem = base.has('bert.embeddings.word_embeddings.weight') ? 'bert.' : ''
    const { factors, sums } = made(
      base,
      ['attention.self.query', 'attention.self.value', 'output.dense'].map((each) => `${stem}encoder.layer.0.${each}`),
    )
    await expectSame(path, await adapterFolder(factors), sums)
    const headed = await adapterFolder({ ...factors, 'classifier.modules_to_save.weight': drawn([2, 8], 1) })
    const { notes } = await resultOf(checkModel({ path, adapter: headed }, await folderWith()))
    expect(notes.join()).toContain("1 of the adapter's tensors belong to heads of other tasks")
  })

  test('a table of embeddings, and tensors that the adapter brings whole', async () => {
    const [a, b] = [drawn([4, 48], 1), drawn([32, 4], 2)]
    const [head, gain] = [drawn([48, 32], 3), drawn([32], 4)]
    const sums = new Map(llama)
    sums.set('model.embed_tokens.weight', merged(llama.get('model.embed_tokens.weight')!, a, b, 1.5, true))
    sums.set('lm_head.weight', head).set('model.norm.weight', gain)
    const adapter = await adapterFolder({
      'model.embed_tokens.lora_embedding_A': a,
      'model.embed_tokens.lora_embedding_B': b,
      'lm_head.modules_to_save.default.weight': head,
      'model.norm.weight': gain,
    })
    await expectSame(await modelFolder(llamaConfig), adapter, sums)
  })
})

test('the imported model tells of its adapter, and where the base has another name, a note does', async () => {
  const { factors } = made(llama, attention)
  const [path, home] = [await modelFolder(llamaConfig), await folderWith()]
  const adapter = await adapterFolder(factors, {
    base_model_name_or_path: 'someone/Other-1B',
    target_modules: ['k_proj'],
  })
  await resultOf(importFolder({ path, adapter, name: 'one', dtype: 'f32' }, home))
  const [info] = await listModels(home)
  expect(info?.adapter).toMatchObject({ folder: adapter, base: 'someone/Other-1B', rank: 4, alpha: 6, matrices: 4 })
  expect(info?.adapter?.sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(info?.adapter?.notes).toEqual([
    expect.stringContaining('names someone/Other-1B as its base'),
    expect.stringContaining(`does not name ${query} and 2 more`),
  ])
})

describe('a broken adapter is named, and nothing is installed', () => {
  const [a, b] = [drawn([4, 32], 1), drawn([64, 4], 2)]
  const good = { [`${query}.lora_A.weight`]: a, [`${query}.lora_B.weight`]: b }
  const holed = { ...b, data: b.data.with(7, Number.NaN) }
  const unsupported = 'model-unsupported'
  const cases: readonly (readonly [string, string, RegExp, Readonly<Record<string, Matrix>>, object?])[] = [
    [
      'no place',
      'model-damaged',
      /no place for the adapter's layers\.9\./,
      { 'model.layers.9.mlp.up_proj.lora_A.weight': a, 'model.layers.9.mlp.up_proj.lora_B.weight': b },
    ],
    [
      'misshapen',
      'model-damaged',
      /makes \[63, 32\], model.*q_proj\.weight of the base is \[64, 32\]/,
      { ...good, [`${query}.lora_B.weight`]: drawn([63, 4], 2) },
    ],
    ['without its other half', 'model-damaged', /has no lora_B/, { [`${query}.lora_A.weight`]: a }],
    ['of another rank than it says', 'model-damaged', /gives it rank 8/, good, { r: 8 }],
    ['with NaN', 'model-damaged', /lora_B\.weight holds NaN at 7/, { ...good, [`${query}.lora_B.weight`]: holed }],
    ['empty', 'model-damaged', /no tensor/, {}],
    ['with a pattern that is none', 'model-damaged', /no regular expression/, good, { rank_pattern: { '(': 2 } }],
    [
      'with a pattern that never ends',
      'model-damaged',
      /does not come to an end/,
      good,
      { rank_pattern: { '(.|.)*?(.|.)*?(.|.)*?(.|.)*?(.|.)*?(.|.)*?(.|.)*?(.|.)*?#': 2 } },
    ],
    ['KaSA', unsupported, /KaSA/, good, { kasa_config: { beta: 1 } }],
    ['DoRA', unsupported, /DoRA/, good, { use_dora: true }],
    [
      'DoRA by its tensors',
      unsupported,
      /lora_magnitude_vector/,
      { ...good, [`${query}.lora_magnitude_vector`]: drawn([64], 1) },
    ],
    ['of another kind', unsupported, /of the kind IA3/, good, { peft_type: 'IA3' }],
    ['begun by changing its base', unsupported, /pissa/, good, { init_lora_weights: 'pissa' }],
    ['a whole tensor of another shape', 'model-damaged', /is \[48, 32\]/, { 'lm_head.weight': drawn([50, 32], 1) }],
  ]
  const named = cases.map(([name, ...rest]) => ({ name, rest }))
  test.each(named)('$name', async ({ rest: [code, message, tensors, config] }) => {
    const [path, home] = [await modelFolder(llamaConfig), await folderWith()]
    const adapter = await adapterFolder(tensors, { ...config })
    const fault = await faultOf(resultOf(importFolder({ path, adapter, name: 'one', dtype: 'f32' }, home)))
    expect(fault).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(await readdir(join(home, 'models')).catch(() => [])).toEqual([])
  })

  test('on a head that is tied', async () => {
    const path = await modelFolder({ ...llamaConfig, tie_word_embeddings: true })
    const { factors } = made(llama, ['lm_head'])
    const fault = await faultOf(
      resultOf(checkModel({ path, adapter: await adapterFolder(factors) }, await folderWith())),
    )
    expect(fault).toMatchObject({ code: unsupported, message: expect.stringContaining('tied') })
  })

  test('in a pickle, and an adapter taken for a model', async () => {
    const path = await modelFolder(llamaConfig)
    const pickled = await folderWith({ 'adapter_config.json': '{"peft_type":"LORA"}', 'adapter_model.bin': 'x' })
    const home = await folderWith()
    expect(await faultOf(resultOf(checkModel({ path, adapter: pickled }, home)))).toMatchObject({ code: unsupported })
    const fault = await faultOf(resultOf(checkModel({ path: await adapterFolder(good) }, home)))
    expect(fault).toMatchObject({ code: 'model-damaged', remedy: expect.stringContaining('--adapter') })
  })
})

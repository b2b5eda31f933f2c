/** Adapters kept apart: beside the weights they give what they give merged into them, and what they stand on is not lost unseen. */
import { describe, expect, test } from 'vitest'
import { openDecoder } from '../../src/main/engine/expand/decoder.ts'
import { importModel, removeModel } from '../../src/main/engine/models/import.ts'
import { demandFree, keepApart } from '../../src/main/engine/models/keepApart.ts'
import { adaptModel } from '../../src/main/engine/models/adapt.ts'
import { readAdapter } from '../../src/main/engine/models/adapter.ts'
import { readModelFolder } from '../../src/main/engine/models/folder.ts'
import { listModels, openModel } from '../../src/main/engine/models/library.ts'
import { modelFolder as folderOf } from '../../src/main/engine/models/manifest.ts'
import { matchModel } from '../../src/main/engine/models/match.ts'
import { quantise } from '../../src/main/engine/serve/quantising.ts'
import { verifyModel } from '../../src/main/engine/serve/models.ts'
import type { WeightName } from '../../src/shared/deviceNames.ts'
import { adapterFolder, drawn, type Matrix } from '../helpers/adapterFolder.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { resultOf } from '../helpers/jobResult.ts'
import { gpt2Config, llamaConfig, modelFolder, randomTensors } from '../helpers/modelFolder.ts'
import type { HuggingConfig } from '../helpers/plainHugging.ts'

/** Imports a folder, with an adapter merged where one is named. */
async function take(home: string, name: string, path: string, adapter?: string): Promise<void> {
  const plain = matchModel(await readModelFolder(path))
  const model = adapter === undefined ? plain : adaptModel(plain, await readAdapter(adapter))
  const source = { kind: 'folder', folder: path } as const
  const signal = new AbortController().signal
  await importModel(model, { folder: folderOf(home, name), dtype: 'f32', source, signal, tell: () => {} })
}

async function logitsOf(home: string, name: string, format: WeightName = 'f32'): Promise<Float32Array> {
  const { manifest, weights } = await openModel(home, name)
  const decoder = await openDecoder(manifest.decoder, weights, { threads: 1, format })
  const { hidden } = manifest.decoder
  decoder.reserve(16)
  const rows = new Float32Array(12 * hidden)
  for (let i = 0; i < 12; i++)
    rows.set(decoder.embedding.subarray((i * 3 + 1) * hidden, (i * 3 + 2) * hidden), i * hidden)
  const logits = (await decoder.feed(rows, 'all')).slice()
  await decoder.close()
  return logits
}

const gapOf = (a: Float32Array, b: Float32Array): number =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0)

/** Factors for modules of a base, whose matrices are stored [out, in], or the other way about in GPT-2. */
function factorsOf(config: HuggingConfig, modules: readonly string[], rank: (module: string) => number) {
  const base = randomTensors(config, 5, 'F32')
  const factors: Record<string, Matrix> = {}
  for (const [at, module] of modules.entries()) {
    const shape = base.get(`${module}.weight`)!.shape
    const [out, into] = (config === gpt2Config ? shape.toReversed() : shape) as [number, number]
    factors[`${module}.lora_A.weight`] = drawn([rank(module), into], 300 + at)
    factors[`${module}.lora_B.weight`] = drawn([out, rank(module)], 400 + at)
  }
  return factors
}

const attention = ['q', 'v', 'o'].map((each) => `model.layers.1.self_attn.${each}_proj`)
const llamaModules = [...attention, 'model.layers.2.mlp.down_proj', 'model.layers.0.mlp.gate_proj']
const gptModules = ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'].map((each) => `transformer.h.1.${each}`)
const llamaAdapter = () =>
  adapterFolder(
    factorsOf(llamaConfig, llamaModules, (module) => (module.endsWith('q_proj') ? 2 : 4)),
    {
      rank_pattern: { q_proj: 2 },
    },
  )

describe('an adapter kept apart', () => {
  test.each([
    ['Llama, queries and values of one matrix with ranks of their own', llamaConfig, llamaAdapter],
    [
      'GPT-2',
      gpt2Config,
      () =>
        adapterFolder(
          factorsOf(gpt2Config, gptModules, () => 4),
          { fan_in_fan_out: true },
        ),
    ],
  ] as const)('gives what it gives merged: %s', async (_name, config, make) => {
    const [home, path, adapter] = [await folderWith(), await modelFolder(config), await make()]
    await take(home, 'base', path)
    await take(home, 'merged', path, adapter)
    const info = await keepApart(home, { name: 'base', adapter, as: 'tuned' })
    expect(info).toMatchObject({ apartFrom: 'base', adapter: { rank: 4, alpha: 6 } })
    const [base, merged, apart] = [
      await logitsOf(home, 'base'),
      await logitsOf(home, 'merged'),
      await logitsOf(home, 'tuned'),
    ]
    expect(gapOf(apart, merged)).toBeLessThan(1e-4)
    expect(gapOf(apart, base)).toBeGreaterThan(1e-2)
    // The base is held smaller, its adapter is not.
    expect(gapOf(await logitsOf(home, 'tuned', 'int8'), apart)).toBeLessThan(0.1)
    expect((await resultOf(verifyModel({ name: 'tuned' }, home))).holds).toBe(true)
    const [own, whole] = [await openModel(home, 'tuned'), await openModel(home, 'base')]
    expect(info.parameters - whole.manifest.parameters).toBe(
      [...own.weights].reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0) -
        [...whole.weights].reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0),
    )
  })

  test('quantised it is whole, and stands on nothing', async () => {
    const home = await folderWith()
    await take(home, 'base', await modelFolder(llamaConfig))
    await keepApart(home, { name: 'base', adapter: await llamaAdapter(), as: 'tuned' })
    const input = { name: 'tuned', weights: ['int8'], texts: 2, tokens: 8, keep: true, seed: 7 } as const
    await resultOf(quantise({ ...input, weights: ['int8'] }, home))
    expect(gapOf(await logitsOf(home, 'tuned-int8', 'int8'), await logitsOf(home, 'tuned', 'int8'))).toBe(0)
    expect((await listModels(home)).find(({ name }) => name === 'tuned-int8')?.apartFrom).toBeUndefined()
  })

  test('what it stands on is not removed before it, and not taken for another', async () => {
    const home = await folderWith()
    await take(home, 'base', await modelFolder(llamaConfig))
    const adapter = await llamaAdapter()
    await keepApart(home, { name: 'base', adapter, as: 'tuned' })
    expect((await faultOf(demandFree(home, 'base'))).message).toBe(
      'tuned stands on base: without it, it could not be opened.',
    )
    await demandFree(home, 'tuned')
    expect((await faultOf(keepApart(home, { name: 'tuned', adapter, as: 'twice' }))).code).toBe('bad-input')
    expect((await faultOf(keepApart(home, { name: 'base', adapter, as: 'tuned' }))).message).toBe(
      'There is a model tuned already.',
    )
    await removeModel(folderOf(home, 'base'))
    expect(await faultOf(openModel(home, 'tuned'))).toMatchObject({
      code: 'model-missing',
      remedy: expect.stringContaining('Import base again') as string,
    })
    await take(home, 'base', await modelFolder(llamaConfig, { seed: 6 }))
    expect((await faultOf(openModel(home, 'tuned'))).message).toBe('base is another model than tuned was made on.')
  })

  test('one that changes more than matrices of layers, or is of another base, is refused, and nothing is written', async () => {
    const home = await folderWith()
    await take(home, 'base', await modelFolder(llamaConfig))
    const head = await adapterFolder(factorsOf(llamaConfig, [...attention, 'lm_head'], () => 4))
    expect(await faultOf(keepApart(home, { name: 'base', adapter: head, as: 'tuned' }))).toMatchObject({
      code: 'model-unsupported',
      message: 'The adapter changes lm_head.weight too, which is not kept apart.',
      remedy: expect.stringContaining('models import BASE --adapter') as string,
    })
    const other = await adapterFolder({
      [`${attention[0]}.lora_A.weight`]: drawn([4, 30], 1),
      [`${attention[0]}.lora_B.weight`]: drawn([64, 4], 2),
    })
    expect((await faultOf(keepApart(home, { name: 'base', adapter: other, as: 'tuned' }))).message).toContain(
      'makes [64, 30], the base has [64, 32] there',
    )
    expect((await listModels(home)).map(({ name }) => name)).toEqual(['base'])
  })
})

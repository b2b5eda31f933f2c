/** Imported models made smaller: what is kept, what it costs, and that it goes on as itself. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDecoder } from '../../src/main/engine/models/imported.ts'
import { listModels } from '../../src/main/engine/models/library.ts'
import { importFolder } from '../../src/main/engine/serve/importing.ts'
import { askModel, verifyModel } from '../../src/main/engine/serve/models.ts'
import { quantise } from '../../src/main/engine/serve/quantising.ts'
import { QuantiseModel } from '../../src/shared/models.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { resultOf } from '../helpers/jobResult.ts'
import { onCpu } from '../helpers/onCpu.ts'

const fixtures = join(import.meta.dirname, '../fixtures/models')

async function homeWith(model: string, dtype: 'f32' | 'f16' = 'f32'): Promise<string> {
  const home = await folderWith()
  await resultOf(importFolder({ path: join(fixtures, model), name: 'one', dtype }, home))
  return home
}

const asked = (more: Partial<QuantiseModel> = {}) => QuantiseModel.parse({ name: 'one', texts: 3, tokens: 24, ...more })

test.each(['stories260K', 'gpt2', 'qwen2', 'llama-tied-bf16'])(
  '%s: int8 and int4 are kept beside it, are whole, and foretell nearly as it does',
  async (model) => {
    const home = await homeWith(model)
    const { rows, text } = await resultOf(quantise(asked(), home))
    expect(text).toBe('what it writes itself')
    expect(rows.map(({ weights, name }) => [weights, name])).toEqual([
      ['f32', 'one'],
      ['int8', 'one-int8'],
      ['int4', 'one-int4'],
    ])
    const [whole, int8, int4] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]]
    expect(whole.cost).toBe(0)
    expect(Math.abs(int8.cost)).toBeLessThan(0.05)
    expect(Math.abs(int4.cost)).toBeLessThan(1)
    expect(int8.bytes).toBeLessThan(whole.bytes)
    expect(int4.bytes).toBeLessThan(int8.bytes)
    const listed = await listModels(home)
    expect(listed.map(({ name, dtype }) => [name, dtype])).toEqual([
      ['one', 'f32'],
      ['one-int4', 'int4'],
      ['one-int8', 'int8'],
    ])
    for (const name of ['one-int8', 'one-int4']) expect((await resultOf(verifyModel({ name }, home))).holds).toBe(true)
  },
)

test('a smaller model goes on as the model held smaller does, says so, and cannot be paired or made smaller again', async () => {
  const home = await homeWith('stories260K')
  await resultOf(quantise(asked({ weights: ['int8'] }), home))
  const ask = { prompt: 'Once upon a time', tokens: 12, temperature: 0, seed: 1 }
  const kept = await resultOf(askModel({ ...ask, name: 'one-int8' }, home, onCpu))
  const held = await resultOf(
    askModel({ ...ask, name: 'one' }, home, {
      running: async () => ({ ...(await onCpu.running()), format: 'int8' }),
    }),
  )
  expect(kept).toMatchObject({ weights: 'int8', device: 'CPU', ids: held.ids })
  expect(await resultOf(askModel({ ...ask, name: 'one' }, home, onCpu))).toMatchObject({ weights: 'f32' })
  expect(await faultOf(readDecoder(home, 'one-int8'))).toMatchObject({ code: 'model-unsupported' })
  expect(await faultOf(resultOf(quantise(asked({ name: 'one-int8' }), home)))).toMatchObject({ code: 'bad-input' })
  expect(await faultOf(resultOf(quantise(asked(), home)))).toMatchObject({ code: 'bad-input' })
})

test('an f16 model keeps its table of tokens so; the cost is measured on a text where one is given, and a dry run writes nothing', async () => {
  const home = await homeWith('stories260K', 'f16')
  const data = join(home, 'text.txt')
  await writeFile(data, 'Once upon a time there was a little dog. '.repeat(12))
  const { rows, text } = await resultOf(quantise(asked({ data, keep: false, weights: ['int8'] }), home))
  expect(text).toBe('text.txt')
  expect(rows.map(({ name }) => name)).toEqual(['one', null])
  expect(await listModels(home)).toHaveLength(1)
  const kept = await resultOf(quantise(asked({ data, weights: ['int8'] }), home))
  expect(kept.rows.map(({ logPpl }) => logPpl)).toEqual(rows.map(({ logPpl }) => logPpl))
  expect(kept.rows[1]?.bytes).toBe(rows[1]?.bytes)
  await writeFile(data, 'Once.')
  expect(await faultOf(resultOf(quantise(asked({ data, keep: false }), home)))).toMatchObject({ code: 'corpus-short' })
})

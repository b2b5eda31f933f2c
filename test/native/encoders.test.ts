/** Encoders of others: BERT's family imported, compared with what another program found, and used to embed. */
import { readFileSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeBatch } from '../../src/main/engine/bench/encoderReference.ts'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { live, numbers, openSession } from '../../src/main/engine/graph/run.ts'
import { floats, longs } from '../../src/main/engine/graph/value.ts'
import { readModelFolder } from '../../src/main/engine/models/folder.ts'
import { openEncoder, openModel, type StoredModel } from '../../src/main/engine/models/library.ts'
import type { EncoderManifest } from '../../src/main/engine/models/manifest.ts'
import { matchModel } from '../../src/main/engine/models/match.ts'
import { bert, pool, unit } from '../../src/main/engine/nets/bert.ts'
import type { Pooling } from '../../src/main/engine/nets/config.ts'
import { checkModel } from '../../src/main/engine/serve/checking.ts'
import { importFolder } from '../../src/main/engine/serve/importing.ts'
import { verifyModel } from '../../src/main/engine/serve/models.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { resultOf } from '../helpers/jobResult.ts'
import { safetensors } from '../helpers/modelFolder.ts'

const fixtures = join(import.meta.dirname, '../fixtures/models')

type Reference = Readonly<Record<'inputIds' | 'attentionMask' | 'cls' | 'mean', number[][]>>
const referenceOf = (name: string): Reference =>
  JSON.parse(readFileSync(join(fixtures, name, 'reference.json'), 'utf8')) as Reference

const farthest = (a: ArrayLike<number>, b: readonly number[]): number => {
  expect(a.length).toBe(b.length)
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? NaN))))
}

let home: string
beforeAll(async () => {
  home = await folderWith({}, afterAll)
  for (const name of ['bert', 'roberta'])
    await resultOf(importFolder({ path: join(fixtures, name), dtype: 'f32' }, home))
})

describe.each(['bert', 'roberta'])('%s', (name) => {
  const reference = referenceOf(name)
  let model: StoredModel<EncoderManifest>
  beforeAll(async () => {
    model = await openEncoder(home, name)
  })
  const encode = (way: Pooling, batch: Pick<Reference, 'inputIds' | 'attentionMask'>) =>
    encodeBatch(model.manifest.encoder, model.weights, way, batch, { threads: 1 })

  test('agrees with its reference, pooled by its first states and by their means', async () => {
    const { ways, maxAbsDiff, greedyIdentical, role } = await resultOf(
      checkModel({ path: join(fixtures, name) }, await folderWith()),
    )
    expect(ways.map(({ way }) => way)).toEqual(['cls', 'mean'])
    expect(maxAbsDiff).toBeLessThan(1e-5)
    expect([greedyIdentical, role]).toEqual([null, 'encoder'])
  })

  test('gives the same vectors however far a batch is padded', async () => {
    const wider = (rows: number[][]) => rows.map((row) => [...row, ...Array.from({ length: 22 }, () => 0)])
    const batch = { inputIds: wider(reference.inputIds), attentionMask: wider(reference.attentionMask) }
    expect(farthest(await encode('mean', batch), reference.mean.flat())).toBeLessThan(1e-5)
  })

  test('takes the largest of the states, and their mean weighted by position, of the tokens alone', async () => {
    // A text of two tokens, so that both can be told from the states that cls and mean give.
    const two = { inputIds: [(reference.inputIds[0] ?? []).slice(0, 2)], attentionMask: [[1, 1]] }
    const [first, mean] = [await encode('cls', two), await encode('mean', two)]
    const second = mean.map((value, i) => 2 * value - (first[i] ?? NaN))
    const padded = { inputIds: [[...(two.inputIds[0] ?? []), 0, 0]], attentionMask: [[1, 1, 0, 0]] }
    const largest = [...first].map((value, i) => Math.max(value, second[i] ?? NaN))
    const weighted = [...first].map((value, i) => (value + 2 * (second[i] ?? NaN)) / 3)
    expect(farthest(await encode('max', padded), largest)).toBeLessThan(1e-5)
    expect(farthest(await encode('weighted', padded), weighted)).toBeLessThan(1e-5)
  })

  test('is whole after its import, and found broken when a byte of it turns', async () => {
    const verified = await resultOf(verifyModel({ name }, home))
    expect(verified.proofs.map(({ holds }) => holds)).toEqual(verified.proofs.map(() => true))
    expect(verified.proofs.at(-1)?.found).toBe('48 numbers')
    const other = await folderWith()
    await cp(join(home, 'models'), join(other, 'models'), { recursive: true })
    const file = join(other, 'models', name, 'weights.safetensors')
    const bytes = await readFile(file)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await writeFile(file, bytes)
    expect(await resultOf(verifyModel({ name }, other))).toMatchObject({ holds: false })
  })
})

test('segments are told apart where the network has a table of them', async () => {
  const { manifest, weights } = await openEncoder(home, 'bert')
  const { inputIds, cls } = referenceOf('bert')
  const [ids = [], [expected = []]] = [inputIds[0], cls]
  const g = startGraph('segments')
  const shape = [1, ids.length]
  const input = {
    ids: g.input('ids', 'int64', shape),
    keep: g.input('keep', 'float32', shape),
    types: g.input('types', 'int64', shape),
    texts: 1,
    length: ids.length,
  }
  const states = bert(g, 'encoder', manifest.encoder, input)
  g.output('vectors', unit(g, pool(g, 'cls', states, input, manifest.encoder.hidden)))
  const session = await openSession(g.finish(), weights, { threads: 1 })
  const run = async (type: number) => {
    const all = (value: number) => ids.map(() => value)
    const feeds = {
      ids: live(longs(shape, ids)),
      keep: live(floats(shape, all(1))),
      types: live(longs(shape, all(type))),
    }
    return [...numbers((await session.run(feeds)).vectors)]
  }
  const [first, second] = [await run(0), await run(1)]
  expect(
    farthest(
      first,
      expected.map((value) => value / Math.hypot(...expected)),
    ),
  ).toBeLessThan(1e-5)
  expect(farthest(first, second)).toBeGreaterThan(0.01)
  await session.close()
})

/** A copy of the BERT fixture with some of its files written anew; null leaves one out. */
async function changed(
  config: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const own = JSON.parse(await readFile(join(fixtures, 'bert/config.json'), 'utf8')) as object
  const texts = Object.fromEntries(Object.entries(files).map(([name, value]) => [name, JSON.stringify(value)]))
  const folder = await folderWith({ 'config.json': JSON.stringify({ ...own, ...config }), ...texts })
  await cp(join(fixtures, 'bert/model.safetensors'), join(folder, 'model.safetensors'))
  return folder
}

const match = async (folder: string) => matchModel(await readModelFolder(folder))

describe('a config of BERT', () => {
  test.each([
    [{ hidden_act: 'xielu' }, 'model-unsupported', 'xielu'],
    [{ position_embedding_type: 'relative_key' }, 'model-unsupported', 'relative_key'],
    [{ is_decoder: true }, 'model-unsupported', 'is_decoder'],
    [{ num_attention_heads: 5 }, 'model-unsupported', '5 heads'],
    [{ vocab_size: 1e9 }, 'model-damaged', 'vocab_size'],
    [{ num_hidden_layers: 3 }, 'model-damaged', 'encoder.layer.2.attention.self.query.weight'],
    [{ num_hidden_layers: 1 }, 'model-damaged', 'encoder.layer.1.attention.output.LayerNorm.bias'],
    [{ intermediate_size: 64 }, 'model-damaged', '[96, 48]'],
  ])('with %j is refused by name', async (config, code, named) => {
    const fault = await faultOf(match(await changed(config)))
    expect([fault.code, fault.message]).toEqual([code, expect.stringContaining(named)])
  })

  test.each([
    [
      'roberta',
      { architectures: ['RobertaModel'], max_position_embeddings: 80, pad_token_id: 1, type_vocab_size: 2 },
      2,
    ],
    ['xlm-roberta', { architectures: undefined, model_type: 'xlm-roberta', pad_token_id: null, type_vocab_size: 2 }, 2],
    ['bert', { architectures: ['BertForMaskedLM'], pad_token_id: 3 }, 0],
  ])('of the kind of %s counts positions from where that kind does', async (_, config, firstPosition) => {
    expect((await match(await changed(config))).network).toMatchObject({ encoder: { firstPosition } })
  })
})

describe('the names of tensors', () => {
  test('with a prefix, with a head, and as the oldest checkpoints have them, are known', async () => {
    const folder = await changed({ architectures: ['BertForMaskedLM'] })
    const { tensors } = await readModelFolder(folder)
    const file = await readFile(join(folder, 'model.safetensors'))
    const renamed = (name: string) =>
      `bert.${name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta')}`
    const all = [...tensors.values()].map(({ name, dtype, shape, offset, bytes }) => ({
      name: renamed(name),
      dtype,
      shape,
      bytes: file.subarray(offset, offset + bytes),
    }))
    const head = { name: 'cls.predictions.bias', dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }
    await writeFile(join(folder, 'model.safetensors'), safetensors([...all, head]))
    await writeFile(join(folder, 'reference.json'), JSON.stringify(referenceOf('bert')))
    const found = await resultOf(checkModel({ path: folder }, await folderWith()))
    expect(found.maxAbsDiff).toBeLessThan(1e-5)
    // The two of the pooler and the head.
    expect(found.notes[0]).toContain('3 stored tensors')
  })
})

describe('what sentence-transformers keeps beside an encoder', () => {
  const modules = [
    { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
    { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    { idx: 2, name: '2', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
  ]
  const pooling = { word_embedding_dimension: 48, pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }
  const files = { 'modules.json': modules, '1_Pooling/config.json': pooling }

  test('makes it an embedder: pooling, length, window and prompts', async () => {
    const { network } = await match(
      await changed(
        {},
        {
          ...files,
          'sentence_bert_config.json': { max_seq_length: 32, do_lower_case: false },
          'config_sentence_transformers.json': { prompts: { query: 'query: ', passage: 'passage: ' } },
        },
      ),
    )
    expect(network).toMatchObject({
      role: 'embedder',
      text: { pooling: 'cls', unit: true, maxTokens: 32, prompts: { question: 'query: ', passage: 'passage: ' } },
    })
  })

  test('is not needed: then states are averaged, up to what the tokenizer or the positions allow', async () => {
    const text = { pooling: 'mean', unit: true, maxTokens: 80, prompts: { question: '', passage: '' } }
    expect((await match(await changed({}))).network).toMatchObject({ role: 'encoder', text })
    const limited = await changed({}, { 'tokenizer_config.json': { model_max_length: 64 } })
    expect((await match(limited)).network).toMatchObject({ text: { maxTokens: 64 } })
    const endless = await changed({}, { 'tokenizer_config.json': { model_max_length: 1e30 } })
    expect((await match(endless)).network).toMatchObject({ text: { maxTokens: 80 } })
  })

  test.each([
    [
      'a step that is not known',
      { 'modules.json': [...modules, { path: '3_Dense', type: 'a.Dense' }] },
      'model-unsupported',
      'Dense',
    ],
    [
      'two poolings',
      { '1_Pooling/config.json': { ...pooling, pooling_mode_mean_tokens: true } },
      'model-unsupported',
      'cls_token, pooling_mode_mean',
    ],
    [
      'a pooling that is not known',
      { '1_Pooling/config.json': { pooling_mode: 'lasttoken' } },
      'model-unsupported',
      'lasttoken',
    ],
    [
      'prompts left out of the pooling',
      { '1_Pooling/config.json': { ...pooling, include_prompt: false } },
      'model-unsupported',
      'prompts',
    ],
    [
      'a pooling outside of the folder',
      { 'modules.json': [{ path: '../1_Pooling', type: 'Pooling' }] },
      'model-damaged',
      '../1_Pooling',
    ],
    [
      'a pooling that is missing',
      { 'modules.json': [{ path: '9_Pooling', type: 'Pooling' }] },
      'model-damaged',
      '9_Pooling/config.json',
    ],
    ['modules of another form', { 'modules.json': { a: 1 } }, 'model-damaged', 'modules.json'],
  ])('with %s is refused by name', async (_, own, code, named) => {
    const fault = await faultOf(match(await changed({}, { ...files, ...own })))
    expect([fault.code, fault.message]).toEqual([code, expect.stringContaining(named)])
  })
})

test('a decoder is no encoder, and the other way round', async () => {
  await resultOf(importFolder({ path: join(fixtures, 'stories260K'), dtype: 'f32' }, home))
  expect(await faultOf(openEncoder(home, 'stories260K'))).toMatchObject({ code: 'bad-input' })
  expect(await faultOf(openModel(home, 'bert'))).toMatchObject({ code: 'bad-input' })
  expect(await faultOf(openEncoder(home, 'none'))).toMatchObject({ code: 'model-missing' })
})

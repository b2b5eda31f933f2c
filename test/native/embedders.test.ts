/** Imported embedders where indexes are built and searched. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IndexInfo } from '../../src/shared/corpus.ts'
import { removeModel } from '../../src/main/engine/models/import.ts'
import { modelFolder } from '../../src/main/engine/models/manifest.ts'
import { searchIndex } from '../../src/main/engine/retrieve/search.ts'
import { openEmbedders, type Embedders } from '../../src/main/engine/serve/embedders.ts'
import { openIndexes, type Indexes } from '../../src/main/engine/serve/indexes.ts'
import { importFolder } from '../../src/main/engine/serve/importing.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { wordEmbedder } from '../helpers/embedder.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { importEmbedder } from '../helpers/importedEmbedder.ts'
import { resultOf } from '../helpers/jobResult.ts'

const fixtures = join(import.meta.dirname, '../fixtures/models')
const words = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  'the',
  'bridge',
  'of',
  'marlow',
  'river',
  'tarn',
  'is',
  'was',
  'built',
  'in',
  '.',
  'a',
  'b',
]
const tokenizer = {
  version: '1.0',
  added_tokens: words.slice(0, 4).map((content, id) => ({ id, content, special: true })),
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab: Object.fromEntries(words.map((word, id) => [word, id])) },
}
const prompts = { prompts: { query: 'river of ', document: 'the ' } }

let home: string
let embedders: Embedders
let indexes: Indexes
const own = wordEmbedder(32)

const importAs = (name: string, files: Readonly<Record<string, unknown>> = {}): Promise<void> =>
  importEmbedder(home, name, { 'tokenizer.json': tokenizer, 'config_sentence_transformers.json': prompts, ...files })

async function build(model?: string): Promise<IndexInfo> {
  const corpus = await folderWith({
    'a.txt': 'the tarn is a river.\n',
    'b.txt': `${'the bridge of marlow is in the river tarn . '.repeat(12)}\n`,
  })
  const paths = [join(corpus, 'a.txt'), join(corpus, 'b.txt')]
  const input = { paths, ...(model === undefined ? {} : { embedder: model }) }
  return resultOf(indexes.build(input))
}

beforeAll(async () => {
  home = await folderWith({}, afterAll)
  embedders = openEmbedders(home, { light: async () => ({ embedder: own }) as unknown as Parts })
  indexes = openIndexes(home, embedders)
  await importAs('mine', { 'sentence_bert_config.json': { max_seq_length: 16 } })
})
afterAll(async () => {
  await indexes.close()
  await embedders.close()
})

test('an index is built by an imported embedder, says so, tells what was cut, and is searched by it', async () => {
  const info = await build('mine')
  expect(info).toMatchObject({ model: 'mine', dimension: 48, passages: 2, cut: { passages: 1, window: 16 } })
  const found = await indexes.use(info.path, (index) => searchIndex(index, 'the tarn is a river.', 2))
  const cosine = (at: number) => found[at]?.scores.find(({ metric }) => metric === 'cosine')?.value ?? NaN
  expect(found).toHaveLength(2)
  // The question has another prompt than the passage: near, and not the same vector.
  expect(cosine(0)).toBeLessThan(0.9999)
  // The bundle's own embedder makes another index beside it, which names none.
  const bundled = await build()
  expect(bundled).toMatchObject({ dimension: 32, embedder: own.hash })
  expect([bundled.model, bundled.cut]).toEqual([undefined, undefined])
})

test('what is put before a question and a passage, and what stands around them, is what the model was trained with', async () => {
  const embedder = await embedders.get('mine')
  await importAs('bare', { 'config_sentence_transformers.json': {} })
  const bare = await embedders.get('bare')
  const [asked] = await embedder.embed(['tarn'], 'question')
  const [passage] = await embedder.embed(['bridge'], 'passage')
  expect(asked).toEqual((await bare.embed(['river of tarn'], 'passage'))[0])
  expect(passage).toEqual((await bare.embed(['the bridge'], 'question'))[0])
  expect(Math.hypot(...(asked ?? []))).toBeCloseTo(1, 5)
})

test('a vector depends on no other text of its batch, and a text is cut behind, its end token kept', async () => {
  const embedder = await embedders.get('mine')
  const texts = ['bridge', 'the river of marlow . '.repeat(30), '', 'a b']
  let cut = 0
  const together = await embedder.embed(texts, 'passage', undefined, (count) => (cut = count))
  expect(cut).toBe(1)
  for (const [i, text] of texts.entries()) {
    const [alone = new Float32Array()] = await embedder.embed([text], 'passage')
    expect(Math.max(...alone.map((value, at) => Math.abs(value - (together[i]?.[at] ?? NaN))))).toBeLessThan(1e-5)
  }
  // Thirteen of its tokens behind the prompt: what fits between [CLS] and [SEP].
  const thirteen = texts[1]?.split(' ').slice(0, 13).join(' ') ?? ''
  expect((await embedder.embed([thirteen], 'passage'))[0]).toEqual(
    (await embedder.embed([texts[1] ?? ''], 'passage'))[0],
  )
})

test('an index whose embedder is gone, or another model by now, is refused by name', async () => {
  await importAs('brief')
  const info = await build('brief')
  const use = async () => indexes.use(info.path, (index) => index.info.passages)
  expect(await use()).toBe(2)
  await indexes.close()
  await removeModel(modelFolder(home, 'brief'))
  expect(await faultOf(use())).toMatchObject({ code: 'model-missing', message: expect.stringContaining('brief') })
  await importAs('brief', { 'sentence_bert_config.json': { max_seq_length: 20 } })
  expect(await faultOf(use())).toMatchObject({
    code: 'index-other-weights',
    remedy: expect.stringContaining('--embedder brief'),
  })
})

test('what makes no vectors of texts is refused: a decoder, an encoder without a tokenizer, a name that nothing has', async () => {
  await resultOf(importFolder({ path: join(fixtures, 'stories260K'), dtype: 'f32' }, home))
  await resultOf(importFolder({ path: join(fixtures, 'roberta'), dtype: 'f32' }, home))
  expect(await faultOf(build('stories260K'))).toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('decoder'),
  })
  expect(await faultOf(build('roberta'))).toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('tokenizer'),
  })
  expect(await faultOf(build('none'))).toMatchObject({ code: 'model-missing' })
})

test('the manifest of an index of the bundle’s own embedder is what it was before there were others', async () => {
  const info = await build()
  const manifest = JSON.parse(await readFile(join(info.path, 'manifest.json'), 'utf8')) as object
  expect(Object.keys(manifest)).not.toContain('model')
  expect(Object.keys(manifest)).not.toContain('cut')
  await rm(info.path, { recursive: true })
})

/** An imported decoder paired with an imported encoder that has a tokenizer of its own: made, kept, trained and asked. */
import { createRouterClient } from '@orpc/server'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { readDecoder, readEncoder } from '../../src/main/engine/models/imported.ts'
import { openParts } from '../../src/main/engine/parts.ts'
import { openBundle } from '../../src/main/engine/store/bundle.ts'
import { trainBpe } from '../../src/main/engine/tokens/bpe.ts'
import { PairInput } from '../../src/shared/pair.ts'
import { Plan } from '../../src/shared/plan.ts'
import { TrainInput } from '../../src/shared/train.ts'
import { wordPieces } from '../helpers/importedEncoder.ts'
import { finish } from '../helpers/jobs.ts'

const fixtures = join(import.meta.dirname, '../fixtures/models')
const text = 'Once upon a time, there was a little girl named Lily. She loved to play outside in the park. '
const untrained = ['projector', 'policy', 'policyQuery', 'embedder']

/** RoBERTa's kind: bytes, and <s> and </s> about a text. */
const bytes = {
  ...trainBpe({ texts: [text], size: 300, special: ['<s>', '<pad>', '</s>', '<unk>', '<mask>'] }),
  post_processor: {
    type: 'RobertaProcessing',
    sep: ['</s>', 2],
    cls: ['<s>', 0],
    trim_offsets: true,
    add_prefix_space: false,
  },
}
/** What sentence-transformers keeps beside a MiniLM: states averaged over up to 24 tokens, made of unit length. */
const sentence = {
  'modules.json': [
    { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
    { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
    { idx: 2, name: '2', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
  ],
  'sentence_bert_config.json': { max_seq_length: 24, do_lower_case: false },
  '1_Pooling/config.json': { word_embedding_dimension: 48, pooling_mode_mean_tokens: true },
}
const encoders = {
  bert: { fixture: 'bert', files: { 'tokenizer.json': wordPieces }, pooling: 'mean' },
  roberta: { fixture: 'roberta', files: { 'tokenizer.json': bytes }, pooling: 'mean' },
  minilm: { fixture: 'bert', files: { 'tokenizer.json': wordPieces, ...sentence }, pooling: 'mean' },
} as const

let home: string
const engines: Engine[] = []
async function clientWith(bundle: string) {
  const engine = await createEngine({ home, models: bundle, log: () => {} })
  engines.push(engine)
  return createRouterClient(engine.router)
}
let client: Awaited<ReturnType<typeof clientWith>>

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'paired-encoder-'))
  await writeFile(join(home, 'text.txt'), text.repeat(20))
  client = await clientWith(join(home, 'none'))
  await finish(await client.models.import({ path: join(fixtures, 'stories260K'), name: 'stories' }))
  await finish(await client.models.import({ path: join(fixtures, 'bert'), name: 'wordless' }))
  for (const [name, { fixture, files }] of Object.entries(encoders)) {
    const folder = join(home, 'from', name)
    for (const [file, value] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), JSON.stringify(value))
    }
    for (const file of ['config.json', 'model.safetensors']) await cp(join(fixtures, fixture, file), join(folder, file))
    await finish(await client.models.import({ path: folder, name }))
  }
}, 60_000)
afterAll(async () => {
  for (const engine of engines) await engine.close()
  await rm(home, { recursive: true })
})

const pair = async (more: Partial<PairInput>) => {
  const input = PairInput.parse({ decoder: 'stories', template: 'plain', end: '<s>', ks: [8], ...more })
  return (await finish(await client.models.pair(input))).result
}

describe.each(Object.entries(encoders))('%s', (name, { files, pooling }) => {
  test('is in the bundle to the bit beside the decoder, with its tokenizer; what is random is told', async () => {
    const { estimate, bundle } = await pair({ encoder: name, name: `with ${name}` })
    expect(estimate.untrained).toEqual(untrained)
    for (const { secondsAStep, note } of estimate.training) {
      expect(note).toBe('')
      expect(secondsAStep).toBeGreaterThan(0)
    }
    const made = await openBundle(bundle?.out ?? '')
    const [decoder, encoder] = [await readDecoder(home, 'stories'), await readEncoder(home, name)]
    for (const [weight, { data }] of [...decoder.weights, ...encoder.weights])
      expect(made.weights.get(weight)?.data, weight).toEqual(data)
    const ofEncoder = [...made.weights.keys()].filter((each) => each.startsWith('encoder.'))
    expect(ofEncoder.toSorted()).toEqual([...encoder.weights.keys()].toSorted())
    expect(estimate.parts.find(({ part }) => part === 'encoder')?.parameters).toBe(
      [...encoder.weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    )
    expect(made.encoderTokenizer).toEqual(files['tokenizer.json'])
    expect(made.config).toMatchObject({
      untrained,
      encoder: { queries: 1, maxK: 8, imported: { network: encoder.network, pooling } },
      encoderFrom: `${name}, a folder`,
    })
    const parts = await openParts(made, { threads: 1 })
    const chunk = parts.tokenizer.encode(text).subarray(0, 8)
    const [first] = await parts.compressor.compress([chunk], 8)
    expect([first?.encoded.length, first?.embedding.length]).toEqual([48, 64])
    await parts.close()
  }, 120_000)
})

test('an encoder without a tokenizer, a decoder in its place, one that is not there and queries of it are told before anything is timed', async () => {
  const refused = (more: Partial<PairInput>) =>
    pair(more).then(
      () => null,
      ({ data }: { data: { code: string } }) => data.code,
    )
  expect(await refused({ encoder: 'wordless' })).toBe('model-unsupported')
  expect(await refused({ encoder: 'stories' })).toBe('bad-input')
  expect(await refused({ encoder: 'nobody' })).toBe('model-missing')
  expect(await refused({ encoder: 'bert', queries: 2 })).toBe('bad-input')
})

test('it learns to tell a chunk again through its projector, and the bundle of that answers from chunk embeddings', async () => {
  const { bundle } = await pair({ encoder: 'bert', name: 'trained' })
  const paired = await clientWith(bundle?.out ?? '')
  const input = TrainInput.parse({
    trainer: 'reconstruct',
    data: [join(home, 'text.txt')],
    out: join(home, 'run'),
    steps: 120,
    batch: 8,
    ks: [8],
    longest: 8,
    output: 8,
    learningRate: 3e-3,
    every: { log: 1, valid: 1000, checkpoint: 1000 },
  })
  const { partials } = await finish(await paired.train.run(input))
  const losses = partials.flatMap((event) => (event.type === 'step' ? [event.stepLoss ?? Number.NaN] : []))
  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 1)
  await paired.train.register({ run: join(home, 'run'), out: join(home, 'made') })
  const made = await openBundle(join(home, 'made'))
  expect(made.config).toMatchObject({ untrained: ['policy', 'policyQuery', 'embedder'], encoderFrom: 'bert, a folder' })
  expect(made.encoderTokenizer).toEqual(wordPieces)

  const trained = await clientWith(join(home, 'made'))
  await finish(await trained.index.build({ paths: [join(home, 'text.txt')], out: join(home, 'index') }))
  const plan = Plan.parse({
    question: 'Lily loved the park',
    k: 8,
    p: 0,
    policy: 'none',
    index: join(home, 'index'),
    passages: 1,
  })
  let chunks = 0
  for await (const event of await trained.ask(plan)) if (event.type === 'done') chunks = event.run.counts.chunks
  expect(chunks).toBeGreaterThan(0)
}, 300_000)

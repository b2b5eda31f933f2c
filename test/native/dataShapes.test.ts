/** The shapes of data that trainers read: questions with and without passages, tokens with a split, a passage a line. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { random } from '../../src/shared/random.ts'
import { TrainInput, type TrainerName } from '../../src/shared/train.ts'
import { bundleEmbedder } from '../../src/main/engine/parts.ts'
import { buildIndex } from '../../src/main/engine/retrieve/build.ts'
import { openBundle, type Bundle } from '../../src/main/engine/store/bundle.ts'
import { openTokenizer, type Tokenizer } from '../../src/main/engine/tokens/tokenizer.ts'
import { openRetrieval } from '../../src/main/engine/train/data/retrieval.ts'
import { openSource } from '../../src/main/engine/train/data/source.ts'
import { trainRun } from '../../src/main/engine/train/run.ts'
import { readEvents, readRunConfig } from '../../src/main/engine/train/runFolder.ts'
import { faultOf } from '../helpers/faults.ts'
import { finish } from '../helpers/jobs.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const towns = ['Kardova', 'Velm', 'Ostrin', 'Brae', 'Lunholt', 'Pell', 'Dornach', 'Sibel']
const passageOf = (town: string, i: number): string => `The mayor of ${town} is number ${i}, elected in ${1700 + i}.`
const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n')

let home: string
let bundle: Bundle
let tokenizer: Tokenizer
const at = (name: string): string => join(home, name)
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'shapes-'))
  await writeTinyBundle(at('tiny'))
  bundle = await openBundle(at('tiny'))
  tokenizer = openTokenizer(bundle.tokenizer)
  const bare = towns.map((town, i) => ({
    id: `nq-${i}`,
    question: `who is mayor of ${town}`,
    answers: [`number ${i}`],
  }))
  await writeFile(at('bare.jsonl'), lines(bare))
  await writeFile(at('bare.jsonl.gz'), gzipSync(lines(bare)))
  await writeFile(at('towns.txt'), towns.map(passageOf).join('\n'))
})
afterAll(() => rm(home, { recursive: true }))

const inputOf = (trainer: TrainerName, out: string, more: Partial<TrainInput> = {}): TrainInput =>
  TrainInput.parse({
    trainer,
    data: [at('bare.jsonl')],
    out: at(out),
    steps: 2,
    batch: 2,
    ks: [4],
    passages: 2,
    every: { log: 1, valid: 50, checkpoint: 50 },
    ...more,
  })
async function norms(input: TrainInput): Promise<number[]> {
  await Array.fromAsync(trainRun(input, bundle, { threads: 1 }))
  return (await readEvents(input.out)).flatMap((event) => (event.type === 'step' ? [event.gradientNorm] : []))
}

describe('questions without passages', () => {
  test('are a fault that says what to give', async () => {
    for (const trainer of ['tune', 'policy', 'embedder'] as const) {
      const fault = await faultOf(norms(inputOf(trainer, `bare ${trainer}`)))
      expect(fault).toMatchObject({
        code: 'bad-input',
        message: `${at('bare.jsonl')}, line 1: this and 7 more questions come without passages.`,
        remedy: expect.stringContaining('--corpus DIR'),
      })
    }
  })

  test('are read with what is retrieved for them, the same as told in full', async () => {
    const where = { bundle, tokenizer, threads: 1 }
    const { retrieve, close } = await openRetrieval({ corpus: at('towns.txt'), out: at('beside'), passages: 2 }, where)
    const told = await Promise.all(
      towns.map(async (town, i) => {
        const question = `who is mayor of ${town}`
        return { question, answers: [`number ${i}`], passages: (await retrieve(question)).map((text) => ({ text })) }
      }),
    )
    await close()
    expect(told.map(({ passages }) => passages.length)).toEqual(towns.map(() => 2))
    expect(new Set(told.map(({ passages }) => passages[0]?.text)).size).toBeGreaterThan(4)
    await writeFile(at('told.jsonl'), lines(told))
    const expected = await norms(inputOf('tune', 'told', { data: [at('told.jsonl')] }))
    expect(await norms(inputOf('tune', 'retrieved', { corpus: at('towns.txt') }))).toEqual(expected)
    expect(await readRunConfig(at('retrieved'))).toMatchObject({
      input: { corpus: at('towns.txt'), passages: 2 },
      data: expect.stringMatching(/^\d questions, \d held out, passages retrieved for 8$/),
    })
    expect((await readRunConfig(at('told')))?.data).not.toContain('retrieved')
  })

  test('are retrieved for from an index as from its documents, from gzip as from plain text', async () => {
    const embedder = bundleEmbedder(bundle, tokenizer, { threads: 1 })
    await finish(buildIndex({ paths: [at('towns.txt')], out: at('index'), embedder }))
    await embedder.close()
    const expected = await norms(inputOf('policy', 'from documents', { corpus: at('towns.txt'), query: true }))
    const same = inputOf('policy', 'from index', { corpus: at('index'), query: true, data: [at('bare.jsonl.gz')] })
    expect(await norms(same)).toEqual(expected)
  })

  test('keep what was retrieved when a run goes on, whatever became of the documents', async () => {
    await writeFile(at('passing.txt'), towns.map(passageOf).join('\n'))
    const input = inputOf('tune', 'whole', { corpus: at('passing.txt'), steps: 4 })
    const whole = await norms(input)
    const stop = new AbortController()
    const parts = { ...input, out: at('parts') }
    for await (const event of trainRun(parts, bundle, { threads: 1, signal: stop.signal }))
      if (event.step === 2) stop.abort()
    await writeFile(at('passing.txt'), 'Nothing of the kind is told here.')
    expect(await norms(parts)).toEqual(whole)
  })

  test.each([
    { corpus: 'nowhere', code: 'file-missing' },
    { corpus: 'empty', code: 'corpus-empty' },
  ])('and a corpus that cannot be read are a fault: $code', async ({ corpus, code }) => {
    await writeFile(at('empty'), '\n')
    expect(await faultOf(norms(inputOf('tune', `from ${corpus}`, { corpus: at(corpus) })))).toMatchObject({ code })
  })
})

test('the embedder reads pairs without answers, which a trainer of answers refuses by line', async () => {
  const pairs = towns.map((town, i) => ({
    id: i,
    question: `who is mayor of ${town}`,
    answers: [],
    passages: [{ title: '', text: passageOf(town, i), gold: true }],
  }))
  await writeFile(at('pairs.jsonl'), lines(pairs))
  expect(await norms(inputOf('embedder', 'pairs', { data: [at('pairs.jsonl')] }))).toHaveLength(2)
  expect(await faultOf(norms(inputOf('tune', 'unanswered', { data: [at('pairs.jsonl')] })))).toMatchObject({
    code: 'bad-record',
    message: `${at('pairs.jsonl')}, line 1: a question without an answer.`,
  })
})

test('tokens with a split are read up to it, and foretold from it', async () => {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ')
  const ids = tokenizer.encode(words)
  const documents = [20, 30].map((s, id) => ({ id, tokens: words.concat(' '.repeat(id), '.'), split: { s, o: 8 } }))
  await writeFile(at('split.jsonl'), lines(documents))
  const source = await openSource([at('split.jsonl')], 'text', tokenizer)
  const found = (['train', 'valid'] as const).map((side) => {
    const text = source.text(random(3), side, { context: 16, output: 8 })
    return [Array.from(text?.context ?? []), Array.from(text?.output ?? [])]
  })
  const expected = [20, 30].map((s) => [Array.from(ids.slice(s - 16, s)), Array.from(ids.slice(s, s + 8))])
  expect(found.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))).toEqual(
    expected.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
  )
  // A context longer than what stands before the split is not made up from elsewhere.
  expect(source.text(random(3), 'train', { context: 32, output: 8 })).toBeNull()
})

test('of a passage a line none runs into the next', async () => {
  const source = await openSource([at('towns.txt')], 'text', tokenizer)
  expect(source.about).toMatch(/^7 documents, 1 held out/)
  const draws = random(5)
  for (let i = 0; i < 40; i++) {
    const text = source.text(draws, 'train', { context: 4, output: 2 })
    const read = tokenizer.decode([...(text?.context ?? []), ...(text?.output ?? [])])
    expect(towns.map(passageOf).some((passage) => passage.includes(read.trim()))).toBe(true)
  }
})

/** The whole journey of an imported decoder: it writes texts, is paired, learns to read chunk embeddings, and goes on from them. */
import { createRouterClient } from '@orpc/server'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { openBundle } from '../../src/main/engine/store/bundle.ts'
import { PairInput, WriteInput, type PairResult } from '../../src/shared/pair.ts'
import { PplInput } from '../../src/shared/evaluate.ts'
import { Plan, type PlanInput } from '../../src/shared/plan.ts'
import type { Run } from '../../src/shared/run.ts'
import { TrainInput } from '../../src/shared/train.ts'
import { finish } from '../helpers/jobs.ts'

const stories = join(import.meta.dirname, '../fixtures/models/stories260K')
const all = ['encoder', 'projector', 'policy', 'policyQuery', 'embedder']

let home: string
const engines: Engine[] = []
const inHome = (...names: string[]): string => join(home, ...names)
/** The client of an engine that has `bundle` loaded; nothing is loaded before it is asked for. */
async function clientWith(bundle: string) {
  const engine = await createEngine({ home, models: bundle, log: () => {} })
  engines.push(engine)
  return createRouterClient(engine.router)
}
let client: Awaited<ReturnType<typeof clientWith>>

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'pairing-'))
  client = await clientWith(inHome('none'))
  await finish(await client.models.import({ path: stories, name: 'stories' }))
}, 60_000)
afterAll(async () => {
  for (const engine of engines) await engine.close()
  await rm(home, { recursive: true })
})

async function write(file: string, more: Partial<WriteInput> = {}) {
  const input = WriteInput.parse({ model: 'stories', texts: 40, tokens: 220, out: inHome(file), ...more })
  return (await finish(await client.models.write(input))).result
}
async function pair(more: Partial<PairInput> = {}): Promise<PairResult> {
  const input = PairInput.parse({ decoder: 'stories', template: 'plain', end: '<s>', ks: [8], queries: 2, ...more })
  return (await finish(await client.models.pair(input))).result
}
const textsOf = async (file: string): Promise<string[]> =>
  (await readFile(inHome(file), 'utf8')).split(/^<\|endoftext\|>\n/m).filter((text) => text !== '')

test('a decoder writes texts by the seed, each of its own, so that more change none before them', async () => {
  const made = await write('train.txt')
  const texts = await textsOf('train.txt')
  expect(made).toMatchObject({ texts: texts.length, repeated: 40 - texts.length })
  expect(texts.length).toBeGreaterThan(35)
  expect(texts.join(' ')).toContain('Once upon a time')
  expect(texts.some((text) => text.includes('<s>') || text.includes('</s>'))).toBe(false)
  await write('more.txt', { texts: 3 })
  expect((await textsOf('more.txt'))[0]).toBe(texts[0])
  await write('held.txt', { seed: 8 })
  expect((await textsOf('held.txt')).filter((text) => texts.includes(text))).toEqual([])
})

test('an estimate writes nothing; the bundle has the decoder to the bit, and says what is untrained', async () => {
  const { estimate, bundle: none } = await pair({ dry: true })
  expect(none).toBeNull()
  expect(estimate.untrained).toEqual(all)
  expect(estimate.parts.find(({ part }) => part === 'decoder')?.parameters).toBeGreaterThan(260_000)
  expect(estimate.training.map(({ way }) => way)).toEqual([
    'reconstruct',
    'continue, decoder frozen',
    'continue, adapters',
    'continue, all parts',
  ])
  for (const { secondsAStep, steps, bytes, note } of estimate.training) {
    expect(secondsAStep).toBeGreaterThan(0)
    expect(steps).toBeGreaterThan(0)
    expect(note).toBe('')
    // Weights of half a million numbers at the least, and nothing like a gigabyte.
    expect(bytes).toBeGreaterThan(1 << 20)
    expect(bytes).toBeLessThan(1 << 30)
  }
  const [frozen, whole] = [estimate.training[1], estimate.training[3]]
  expect(whole?.moves).toBe((frozen?.moves ?? 0) + (estimate.parts[0]?.parameters ?? 0))

  // What was just timed is not timed again for the making; asked for once more, it is.
  const { estimate: told, bundle } = await pair({ name: 'first' })
  expect(told).toMatchObject({ training: estimate.training, timed: estimate.timed })
  expect((await pair({ dry: true })).estimate.timed > estimate.timed).toBe(true)
  const made = await openBundle(bundle?.out ?? '')
  expect(made.hash).toBe(bundle?.hash)
  expect(made.config).toMatchObject({ name: 'first', untrained: all, ks: [8], stored: 'F32', lineage: [] })
  expect(made.config.template).toMatchObject({
    start: ['<s>'],
    end: '<s>',
    stops: ['</s>'],
    passage: [],
    question: [],
    answer: [],
    lead: '',
  })
  const again = await pair({ name: 'second' })
  const other = await openBundle(again.bundle?.out ?? '')
  for (const [name, { data }] of made.weights) expect(other.weights.get(name)?.data, name).toEqual(data)
  await expect(pair({ name: 'first' })).rejects.toMatchObject({ data: { code: 'bad-input' } })
  await expect(pair({ end: '<none>' })).rejects.toMatchObject({ data: { code: 'bad-input' } })
  await expect(pair({ decoder: 'none' })).rejects.toMatchObject({ data: { code: 'model-missing' } })
}, 120_000)

/** Trains the loaded bundle, makes a bundle of it and gives a client that has it loaded. */
async function train(from: typeof client, out: string, more: Partial<TrainInput>) {
  const input = TrainInput.parse({
    trainer: 'reconstruct',
    data: [inHome('train.txt')],
    out: inHome(out),
    batch: 16,
    longest: 64,
    output: 32,
    every: { log: 1, valid: 1000, checkpoint: 1000 },
    ...more,
  })
  const { partials } = await finish(await from.train.run(input))
  const losses = partials.flatMap((event) => (event.type === 'step' ? [event.stepLoss ?? Number.NaN] : []))
  await from.train.register({ run: inHome(out), out: inHome(`${out} bundle`) })
  return {
    losses,
    bundle: await openBundle(inHome(`${out} bundle`)),
    client: await clientWith(inHome(`${out} bundle`)),
  }
}

async function perplexities(of: typeof client) {
  const input = PplInput.parse({ data: [inHome('held.txt')], context: 64, output: 32, ks: [8], ps: [0], limit: 24 })
  const { rows } = (await finish(await of.evaluate.ppl(input))).result
  const logPpl = (condition: string): number => rows.find((row) => row.condition === condition)?.logPpl ?? Number.NaN
  return { none: logPpl('none'), full: logPpl('full'), refrag: logPpl('refrag') }
}

async function asked(of: typeof client, more: Partial<PlanInput>): Promise<Run> {
  for await (const event of await of.ask(
    Plan.parse({ question: 'One day,', k: 8, p: 0, policy: 'none', index: inHome('index'), passages: 1, ...more }),
  ))
    if (event.type === 'done') return event.run
  throw new Error('a run that never ended')
}

test('its chunk embeddings come to say what the context says: reconstruction, then continuation, the decoder frozen', async () => {
  const paired = await clientWith(inHome('bundles', 'first'))
  expect((await paired.health()).bundle).toMatchObject({
    untrained: all,
    marks: { start: 1, passage: 0, question: 0, answer: 0 },
  })
  const before = await perplexities(paired)
  const told = await train(paired, 'told', { steps: 300, learningRate: 3e-3 })
  expect(told.bundle.config.untrained).toEqual(['policy', 'policyQuery', 'embedder'])
  expect(told.losses.at(-1)).toBeLessThan((told.losses[0] ?? 0) - 1)
  const gone = await train(told.client, 'gone', {
    trainer: 'continue',
    frozen: ['decoder'],
    steps: 300,
    learningRate: 2e-3,
  })
  const after = await perplexities(gone.client)
  const decoder = [...told.bundle.weights.keys()].filter((name) => name.startsWith('decoder.'))
  for (const name of decoder)
    expect(gone.bundle.weights.get(name)?.data, name).toEqual(told.bundle.weights.get(name)?.data)
  // The decoder is the same throughout, so what it foretells without chunks is too.
  expect(after.none).toBeCloseTo(before.none, 5)
  expect(after.full).toBeCloseTo(before.full, 5)
  expect(after.full).toBeLessThan(after.none)
  expect(after.refrag).toBeLessThan(before.refrag)
  expect(after.refrag).toBeLessThan(after.none)

  await finish(await gone.client.index.build({ paths: [inHome('held.txt')], out: inHome('index') }))
  const run = await asked(gone.client, {})
  expect(run.manifest.bundle.untrained).toEqual(['policy', 'policyQuery', 'embedder'])
  expect(run.passages[0]?.scores.map(({ metric }) => metric)).toEqual(['RRF', 'BM25'])
  expect(run.counts.expanded).toBe(0)
  expect(run.counts.positions).toBe(1 + run.counts.chunks + run.counts.questionTokens)
  expect(run.answer).not.toBe('')
  // A policy leaves the mark alone that is its own.
  const chosen = await train(gone.client, 'chosen', {
    trainer: 'policy',
    algorithm: 'imitate',
    steps: 2,
    batch: 2,
    p: 0.25,
  })
  expect(chosen.bundle.config.untrained).toEqual(['policyQuery', 'embedder'])
}, 300_000)

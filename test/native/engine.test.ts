/** The engine behind its contract: answers, faults with remedies, input that does not fit. */
import { createRouterClient } from '@orpc/server'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import type { Run } from '../../src/shared/run.ts'
import { contractVersion } from '../../src/shared/version.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let engine: Engine

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-engine-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  engine = await createEngine({ home, models: join(home, 'models'), log: () => {} })
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

/** The result of a job. */
async function resultOf<Result>(
  job: Promise<AsyncIterable<{ readonly type: string; readonly result?: Result }>>,
): Promise<Result> {
  for await (const event of await job) if (event.type === 'done' && event.result !== undefined) return event.result
  throw new Error('the job ended without a result')
}

test('health names the contract, the runtime, the home and the bundle', async () => {
  const health = await createRouterClient(engine.router).health()
  expect(health).toMatchObject({
    contract: contractVersion,
    home,
    node: process.versions.node,
    bundle: { name: 'tiny', toy: true },
  })
  expect(health.onnxruntime).toMatch(/^\d+\.\d+/)
})

test('input that does not fit the contract is a fault that names the field', async () => {
  const client = createRouterClient(engine.router)
  await expect(client.index.search({ path: 'x', query: 'y', passages: 0 })).rejects.toMatchObject({
    code: 'FAULT',
    data: { code: 'bad-input', message: expect.stringContaining('passages') },
  })
  // There are only so many names: a corpus of more entities would be drawn for ever.
  const endless = { passages: 1e6, seed: 1, out: join(home, 'endless') }
  await expect(resultOf(client.corpus.make(endless))).rejects.toMatchObject({ data: { code: 'bad-input' } })
})

test('an index that does not exist is a fault with a remedy', async () => {
  const client = createRouterClient(engine.router)
  await expect(client.index.open({ path: join(home, 'nowhere') })).rejects.toMatchObject({
    code: 'FAULT',
    data: { code: 'index-missing', remedy: expect.stringContaining('refrag index') },
  })
})

test('a fault in the middle of a stream keeps its code', async () => {
  const client = createRouterClient(engine.router)
  await expect(resultOf(client.index.build({ paths: [join(home, 'no-such-file.txt')] }))).rejects.toMatchObject({
    code: 'FAULT',
    data: { code: expect.stringMatching(/^(file-missing|corpus-empty)$/) },
  })
})

test('a corpus is made, indexed, listed, searched and verified', async () => {
  const client = createRouterClient(engine.router)
  const made = await resultOf(client.corpus.make({ passages: 40, seed: 7, out: join(home, 'corpus') }))
  const info = await resultOf(client.index.build({ paths: [made.corpus], name: 'forty' }))
  expect(info).toMatchObject({ name: 'forty', passages: 40, vectors: 40 })
  expect(await client.index.list()).toEqual([info])
  const [passage] = await client.index.passages({ path: info.path, count: 1 })
  const found = await client.index.search({ path: info.path, query: passage?.text ?? '', passages: 3 })
  expect(found[0]).toMatchObject({ id: passage?.id, rank: 1 })
  expect(await client.index.verify({ path: info.path, sample: 20 })).toMatchObject({ agree: true, passages: 40 })
})

test('the demo is made once and has questions to ask', async () => {
  const client = createRouterClient(engine.router)
  const first = await resultOf(client.demo())
  expect(first.questions.length).toBeGreaterThan(5)
  expect(first.index.passages).toBeGreaterThan(first.questions.length)
  expect(await resultOf(client.demo())).toEqual(first)
  expect(await client.index.list()).toContainEqual(first.index)
})

test("a person's own corpus called Demo leaves the built-in one as it is", async () => {
  const client = createRouterClient(engine.router)
  const { index } = await resultOf(client.demo())
  const own = join(home, 'Demo.txt')
  await writeFile(own, 'Kardova lies on the river Selm.\n')
  expect(await resultOf(client.index.build({ paths: [own] }))).toMatchObject({ name: 'Demo', passages: 1 })
  expect((await resultOf(client.demo())).index).toEqual(index)
})

test('a question is answered as a stream, and its run is kept', async () => {
  const client = createRouterClient(engine.router)
  const { index, questions } = await resultOf(client.demo())
  const plan = { question: questions[0]?.question ?? '', index: index.path, k: 8, p: 0.5, maxTokens: 4 }
  const seen: string[] = []
  let run: Run | undefined
  for await (const event of await client.ask(plan)) {
    seen.push(event.type === 'stage' ? `${event.stage} ${event.state}` : event.type)
    if (event.type === 'done') run = event.run
  }
  const order = ['retrieved', 'compressed', 'sensed', 'expand done', 'tokens', 'done']
  expect(order.map((type) => seen.indexOf(type))).toEqual(
    order.map((type) => seen.indexOf(type)).toSorted((a, b) => a - b),
  )
  expect(seen.indexOf('retrieved')).toBeGreaterThanOrEqual(0)
  expect(run?.counts.expanded).toBe(Math.floor(0.5 * (run?.chunks.length ?? 0)))
  expect(await client.runs.open({ id: run?.id ?? '' })).toEqual(run)
  expect(await client.runs.list({})).toMatchObject([{ id: run?.id, question: plan.question, k: 8, p: 0.5 }])
})

test('a reader that leaves in the middle ends the run, and the next one is answered', async () => {
  const client = createRouterClient(engine.router)
  const { index } = await resultOf(client.demo())
  const plan = { question: 'which alloy?', index: index.path, maxTokens: 400 }
  const kept = (await client.runs.list({})).length
  for await (const event of await client.ask(plan)) if (event.type === 'tokens') break
  const stop = new AbortController()
  const stopped = resultOf(client.ask(plan, { signal: stop.signal }) as never)
  setTimeout(() => stop.abort(), 5)
  await expect(stopped).rejects.toThrow()
  const types: string[] = []
  for await (const event of await client.ask({ ...plan, maxTokens: 2 })) types.push(event.type)
  expect(types.at(-1)).toBe('done')
  expect(await client.runs.list({})).toHaveLength(kept + 1)
})

test.each([
  { plan: { p: 1.5 }, code: 'p-out-of-range' },
  { plan: { k: 7 }, code: 'k-unsupported' },
  { plan: { question: 'word '.repeat(4000) }, code: 'question-too-long' },
  { plan: { question: '  ' }, code: 'bad-input' },
  { plan: { index: '/nowhere' }, code: 'index-missing' },
  { plan: { forced: { expand: [9999] } }, code: 'bad-input' },
])('a plan that cannot run says why: $code', async ({ plan, code }) => {
  const client = createRouterClient(engine.router)
  const { index } = await resultOf(client.demo())
  await expect(resultOf(client.ask({ question: 'why?', index: index.path, ...plan }) as never)).rejects.toMatchObject({
    code: 'FAULT',
    data: { code },
  })
})

test('an uploaded text keeps its bytes and cannot leave the home', async () => {
  const client = createRouterClient(engine.router)
  const { path } = await client.corpus.upload({
    name: '../../é vil.txt',
    base64: Buffer.from('ünï').toString('base64'),
  })
  expect(path.startsWith(join(home, 'uploads'))).toBe(true)
  expect(await readFile(path, 'utf8')).toBe('ünï')
})

test('a bundle with one byte changed is not loaded at all, and loads again when it is restored', async () => {
  const models = join(home, 'other')
  await writeTinyBundle(join(models, 'tiny'))
  const file = join(models, 'tiny', 'weights.safetensors')
  const before = await readFile(file)
  await appendFile(file, '\0')
  const other = await createEngine({ home, models, log: () => {} })
  const client = createRouterClient(other.router)
  await expect(client.health()).rejects.toMatchObject({ data: { code: 'bundle-damaged' } })
  await writeFile(file, before)
  await expect(client.health()).resolves.toMatchObject({ bundle: { name: 'tiny' } })
  await other.close()
})

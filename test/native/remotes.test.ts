/** Confirmed servers behind the contract and in the terminal: nothing is sent before a host is confirmed, and no key lies anywhere. */
import { createRouterClient } from '@orpc/server'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import type { Keeper } from '../../src/main/engine/serve/keyring.ts'
import type { PlanInput } from '../../src/shared/plan.ts'
import { textOnlyLabel } from '../../src/shared/remoteKinds.ts'
import type { Run } from '../../src/shared/run.ts'
import { servedModel, startDecodeServer, type DecodeServer } from '../helpers/decodeServer.ts'
import { finish } from '../helpers/jobs.ts'
import { tinyParts, writeTinyBundle } from '../helpers/tinyBundle.ts'

const key = 'sk-very-secret-0815'
const root = join(import.meta.dirname, '../..')
let folder: string
let home: string
let engine: Engine
let theirs: Parts
let server: DecodeServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refrag-remotes-'))
  home = join(folder, 'home')
  await writeTinyBundle(join(folder, 'models', 'tiny'))
  theirs = await tinyParts()
  server = await startDecodeServer(theirs, { key })
  engine = await start()
})
afterAll(async () => {
  await engine.close()
  await server.close()
  await theirs.close()
  await rm(folder, { recursive: true })
})
afterEach(() => {
  server.mischief = { type: 'none' }
  server.seen.length = 0
})

const start = (own = home, keeper?: Keeper): Promise<Engine> =>
  createEngine({ home: own, models: join(folder, 'models'), log: () => {}, ...(keeper && { keeper }) })
const client = () => createRouterClient(engine.router)
const vllm = () => ({ url: server.url, kind: 'vllm', model: servedModel, confirm: server.host }) as const

async function ask(input: Partial<PlanInput>): Promise<Run> {
  const plan = { question: 'Who is the mayor?', index: '', passages: 0, k: 8, maxTokens: 4, ...input }
  for await (const event of await client().ask(plan)) if (event.type === 'done') return event.run
  throw new Error('the run ended without a result')
}

/** Everything under a folder as one text. */
async function allBytes(path: string): Promise<string> {
  const names = await readdir(path, { recursive: true, withFileTypes: true })
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1'))
  return (await Promise.all(files)).join('\n')
}

describe('confirming', () => {
  test('another host than the address’s is refused, and nobody hears of it', async () => {
    for (const confirm of ['', 'localhost', server.host.replace('127', '128')])
      await expect(client().remote.add({ ...vllm(), confirm })).rejects.toMatchObject({ data: { code: 'bad-input' } })
    expect(await client().remote.list()).toEqual([])
    await expect(ask({ decoder: 'vllm@gpu' })).rejects.toMatchObject({
      data: { code: 'remote-missing', remedy: expect.stringContaining('refrag remote add') },
    })
    expect(server.seen).toEqual([])
  })

  test('adding sends nothing; asking sends once, with the key, to the host that was confirmed', async () => {
    const added = await client().remote.add({ ...vllm(), key })
    expect(added).toMatchObject({
      name: `vllm@${server.host}`,
      host: server.host,
      sends: 'embeddings',
      key: 'memory',
      encrypted: false,
    })
    expect(server.seen).toEqual([])
    const run = await ask({ decoder: added.name, target: 'Oda' })
    expect(server.seen.map(({ path, key: shown }) => [path, shown])).toEqual([['/v1/completions', `Bearer ${key}`]])
    const own = await ask({})
    expect(run.answer).toBe(own.answer)
    expect(run.plan.decoder).toBe(added.name)
    expect(run.manifest.decoder).toMatchObject({
      name: added.name,
      kind: 'vllm',
      host: server.host,
      model: servedModel,
      sends: 'embeddings',
      positions: run.counts.positions,
      bytes: server.seen[0]?.body.length,
    })
    expect(own.manifest.decoder).toBeUndefined()
    // What is stored of a plan that names none is what it was before plans could.
    expect(Object.keys(own.plan)).not.toContain('decoder')
    const [listed, ...before] = await client().runs.list({ limit: 3 })
    expect([listed?.decoder, before[0]?.decoder]).toEqual([null, added.name])
  })
})

test('the model that SGLang has is looked at before it is sent anything', async () => {
  const added = await client().remote.add({ ...vllm(), kind: 'sglang', model: 'llama', name: 'other', key })
  await expect(ask({ decoder: added.name })).rejects.toMatchObject({
    data: { code: 'remote-refused', message: expect.stringContaining(`has ${servedModel}, and no llama`) },
  })
  expect(server.seen.map(({ path }) => path)).toEqual(['/v1/models'])
  await client().remote.add({ ...vllm(), kind: 'sglang', name: 'other', key })
  expect((await ask({ decoder: 'other' })).answer).toBe((await ask({})).answer)
})

describe('a run made elsewhere', () => {
  test('cannot be asked what if, scored or timed, and each says so', async () => {
    const run = await ask({ decoder: `vllm@${server.host}`, target: 'Oda' })
    expect(run.quality.logPerplexity).toBeNull()
    const own = await ask({ target: 'Oda' })
    await expect(finish(await client().whatIf.flips({ run: run.id }))).rejects.toMatchObject({
      data: { code: 'run-elsewhere' },
    })
    const { comparison } = await client().compare.make({ runs: [own.id, run.id] })
    const scored = await finish(await client().compare.score({ id: comparison.id }))
    expect(scored.result.comparison.scores).toMatchObject({
      rows: [{ run: own.id }, { run: own.id }],
      left: [{ run: run.id, reason: expect.stringContaining('decoded by') }],
    })
    await expect(
      finish(await client().compare.time({ id: comparison.id, repeats: 1, warmups: 0 })),
    ).rejects.toMatchObject({ data: { code: 'run-elsewhere' } })
    expect(server.seen).toHaveLength(1)
  })

  test('is marked in a report, with the label where text alone was sent', async () => {
    const added = await client().remote.add({ ...vllm(), kind: 'openai', name: 'chat', key })
    const run = await ask({ decoder: added.name })
    expect(run.manifest.decoder?.label).toBe(textOnlyLabel)
    const { content } = await client().report({ title: 'r', runs: [run.id, (await ask({})).id], format: 'md' })
    expect(content).toContain(`OpenAI-compatible at ${server.host}`)
    expect(content.split(textOnlyLabel).length).toBeGreaterThan(2)
    expect(content).toContain('the bundle’s own')
    expect(content).toContain('--decoder chat')
  })
})

test('keys are nowhere on disk, in no run, no list, no log and no fault', async () => {
  server.mischief = { type: 'status', status: 401, body: JSON.stringify({ error: { message: `bad key ${key}` } }) }
  const fault = await ask({ decoder: `vllm@${server.host}` }).catch((error: unknown) => error)
  expect(JSON.stringify(fault) + String(fault)).not.toContain(key)
  await client().remote.check({ name: `vllm@${server.host}` })
  const told = [
    await client().remote.list(),
    await client().runs.list({ limit: 50 }),
    await client().log.read({ limit: 500 }),
  ]
  expect(JSON.stringify(told)).not.toContain(key)
  expect(await allBytes(home)).not.toContain(key)
})

test('a key goes with its host: another host under the name, a way in the clear, and a server that is forgotten, have none', async () => {
  const kept = new Map<string, string>()
  const keeper: Keeper = {
    read: async (name) => kept.get(name) ?? null,
    write: async (name, secret) => {
      if (secret === null) kept.delete(name)
      else kept.set(name, secret)
      return true
    },
  }
  const other = await start(join(folder, 'kept'), keeper)
  const { remote } = createRouterClient(other.router)
  expect(await remote.add({ ...vllm(), name: 'gpu', key })).toMatchObject({ key: 'kept' })
  expect([...kept]).toEqual([['remote:gpu', key]])
  // The same host again keeps it, another one does not get it.
  expect(await remote.add({ ...vllm(), name: 'gpu' })).toMatchObject({ key: 'kept' })
  expect(await remote.add({ ...vllm(), name: 'gpu', url: 'http://localhost:9', confirm: 'localhost:9' })).toMatchObject(
    { key: 'none' },
  )
  const far = { kind: 'vllm', model: 'm', name: 'far', confirm: 'decoder.example' } as const
  expect(await remote.add({ ...far, url: 'https://decoder.example', key })).toMatchObject({ key: 'kept' })
  expect(await remote.add({ ...far, url: 'http://decoder.example' })).toMatchObject({ key: 'none' })
  await remote.add({ ...vllm(), name: 'gpu', key })
  await remote.remove({ name: 'gpu' })
  expect(kept.size).toBe(0)
  await expect(remote.remove({ name: 'gpu' })).rejects.toMatchObject({ data: { code: 'remote-missing' } })
  await other.close()
})

test('a damaged list is set aside: what was confirmed there must be confirmed again', async () => {
  const own = await mkdtemp(join(folder, 'damaged-'))
  await writeFile(join(own, 'remotes.json'), '{"format":1,"servers":[{"name":')
  const lines: string[] = []
  const damaged = await createEngine({ home: own, models: join(folder, 'models'), log: (line) => lines.push(line) })
  expect(await createRouterClient(damaged.router).remote.list()).toEqual([])
  expect(lines.join()).toContain('confirmed again')
  await damaged.close()
})

describe('in the terminal', () => {
  /** Not in this process' way: the server answers from here. */
  async function refrag(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, ['src/main/cli.ts', ...args, '--home', join(folder, 'terminal')], {
      cwd: root,
      env: { ...process.env, REFRAG_MODELS: join(folder, 'models'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const told = { stdout: '', stderr: '' }
    child.stdout.on('data', (data) => (told.stdout += String(data)))
    child.stderr.on('data', (data) => (told.stderr += String(data)))
    const [status] = await once(child, 'close')
    return { status: status as number, ...told }
  }
  const add = (...more: readonly string[]) =>
    refrag(['remote', 'add', server.url, '--kind', 'vllm', '--model', servedModel, ...more])
  const question = ['ask', 'Who is the mayor?', '--index', 'none', '--passages', '0', '--max-tokens', '4', '--json']

  test('the host and what it will be sent are shown, and nobody to confirm is no confirmation', async () => {
    expect(await add()).toMatchObject({ status: 2, stderr: expect.stringContaining(`${server.host} will be sent`) })
    expect(JSON.parse((await refrag(['remote', 'list', '--json'])).stdout)).toEqual({ servers: [] })
    const added = await add('--yes', '--name', 'gpu', '--key-env', 'GPU_KEY', '--json')
    expect(JSON.parse(added.stdout)).toMatchObject({
      name: 'gpu',
      host: server.host,
      keyEnv: 'GPU_KEY',
      key: 'missing',
    })
    expect(server.seen).toEqual([])
  })

  test('a key comes from the environment, and what is missing is named', async () => {
    const without = await refrag([...question, '--decoder', 'gpu'])
    expect({ status: without.status, fault: JSON.parse(without.stderr.trim().split('\n').at(-1) ?? '') }).toMatchObject(
      {
        status: 1,
        fault: { error: { code: 'remote-refused', remedy: expect.stringContaining('GPU_KEY') } },
      },
    )
    expect(server.seen).toEqual([])
    const asked = await refrag([...question, '--decoder', 'gpu'], { GPU_KEY: key })
    expect(JSON.parse(asked.stdout)).toMatchObject({ manifest: { decoder: { name: 'gpu', host: server.host } } })
    expect(JSON.parse((await refrag(['remote', 'check', 'gpu', '--json'], { GPU_KEY: key })).stdout)).toMatchObject({
      agrees: true,
    })
    const people = await refrag(question.slice(0, -1).concat('--decoder', 'gpu', '--target', 'Oda'), { GPU_KEY: key })
    expect(people.stdout).toContain(`decoded elsewhere: vLLM at ${server.host}, ${servedModel}; sent`)
    expect(people.stdout).toContain('log-perplexity of the target needs the decoder here')
    expect(await allBytes(join(folder, 'terminal'))).not.toContain(key)
    expect((await refrag(['remote', 'remove', 'gpu'])).status).toBe(0)
  })

  test.each([
    [['remote', 'add', 'gpu:8000', '--kind', 'vllm', '--model', 'm', '--yes'], 1, 'no address'],
    [['remote', 'add', 'http://gpu', '--kind', 'tgi', '--model', 'm', '--yes'], 2, 'kind'],
    [
      ['remote', 'add', 'http://gpu', '--kind', 'vllm', '--model', 'm', '--timeouts', '1,2,3,4', '--yes'],
      2,
      'three numbers',
    ],
    [['remote', 'remove', 'nobody'], 1, 'no confirmed server nobody'],
  ] as const)('%j ends with %i', async (args, status, says) => {
    expect(await refrag(args)).toMatchObject({ status, stderr: expect.stringContaining(says) })
  })
})

/** A decoder elsewhere spares this machine its layers: asks that a server decodes open none of them, and answer as the whole bundle does. */
import { createRouterClient } from '@orpc/server'
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../../src/main/engine/ask.ts'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { openElsewhere } from '../../src/main/engine/expand/remote/elsewhere.ts'
import { openParts, type Parts } from '../../src/main/engine/parts.ts'
import { openBundle, openStored } from '../../src/main/engine/store/bundle.ts'
import { openAhead } from '../../src/main/engine/serve/ahead.ts'
import { openLoader } from '../../src/main/engine/serve/loaded.ts'
import { openRuns, type Runs } from '../../src/main/engine/store/runs.ts'
import { Fault } from '../../src/shared/fault.ts'
import type { PlanInput } from '../../src/shared/plan.ts'
import { RemoteServer } from '../../src/shared/remote.ts'
import { endpointOf } from '../../src/shared/remoteKinds.ts'
import type { Run } from '../../src/shared/run.ts'
import { askAfresh, passages, planOf } from '../helpers/askedRun.ts'
import { servedModel, startDecodeServer, type DecodeServer } from '../helpers/decodeServer.ts'
import { finish } from '../helpers/jobs.ts'
import { onCpu } from '../helpers/onCpu.ts'
import { tinyParts, writeTinyBundle } from '../helpers/tinyBundle.ts'

let folder: string
let whole: string
let theirs: Parts
let server: DecodeServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refrag-light-'))
  whole = join(folder, 'whole')
  await writeTinyBundle(whole)
  theirs = await tinyParts()
  server = await startDecodeServer(theirs)
})
afterAll(async () => {
  await server.close()
  await theirs.close()
  await rm(folder, { recursive: true })
})

const elsewhere = () => {
  const { url: endpoint, host } = endpointOf(server.url, 'vllm')
  const timeouts = { connectMs: 60_000, firstTokenMs: 60_000, idleMs: 60_000 }
  const own = { name: 'vllm', kind: 'vllm', endpoint, host, model: servedModel, timeouts, confirmed: 'now' }
  return openElsewhere(RemoteServer.parse(own), null)
}
const askThere = (parts: Parts, input: Partial<PlanInput> = {}) =>
  ask(parts, planOf({ target: undefined, decoder: 'vllm', ...input }), async () => passages, {
    elsewhere: elsewhere(),
  })
const later = async (path: string): Promise<Parts> =>
  openParts(await openStored(path), { threads: 1, decoderLater: true })
const told = ({ tokens }: { readonly tokens: Run['tokens'] | Awaited<ReturnType<typeof askThere>>['tokens'] }) =>
  tokens.map(({ id, logProb }) => ({ id, logProb }))

describe('a bundle whose decoder stays in its file', () => {
  test('has the weights, the hashes and the count of one that is read whole', async () => {
    const [stored, read] = [await openStored(whole), await openBundle(whole)]
    expect(stored).toMatchObject({ hash: read.hash, parameters: read.parameters, config: read.config })
    expect([...stored.weights]).toEqual([...read.weights])
    expect([...(stored.stored?.keys() ?? [])]).toEqual(
      [...read.weights.keys()].filter((name) => name.startsWith('decoder.')),
    )
  })

  test('asks elsewhere without its layers, and opens them when something is decoded or read here', async () => {
    const parts = await later(whole)
    const eager = await tinyParts()
    try {
      const there = await askThere(parts, { policy: 'learned', p: 0.3 })
      expect(told(there)).toEqual(told(await askAfresh(eager, planOf({ target: undefined, p: 0.3 }))))
      expect(parts.decoder.isOpen()).toBe(false)
      const here = await askAfresh(parts, planOf())
      expect(parts.decoder.isOpen()).toBe(true)
      const { answer, tokens, quality } = await askAfresh(eager, planOf())
      expect(here).toMatchObject({ answer, tokens, quality })
    } finally {
      await parts.close()
      await eager.close()
    }
  })

  test('opens them for a policy that the decoder reads for, wherever the answer is decoded', async () => {
    const parts = await later(whole)
    const eager = await tinyParts()
    try {
      const input = { policy: 'perplexity-descending', p: 0.5 } as const
      const there = await askThere(parts, input)
      expect(parts.decoder.isOpen()).toBe(true)
      const here = await askAfresh(eager, planOf({ target: undefined, ...input }))
      expect(there.chunks.map(({ score }) => score)).toEqual(here.chunks.map(({ score }) => score))
      expect(told(there)).toEqual(told(here))
    } finally {
      await parts.close()
      await eager.close()
    }
  })

  test('whose file is another one by then still asks elsewhere, and names it where its layers are wanted', async () => {
    const copy = join(folder, 'changed')
    await cp(whole, copy, { recursive: true })
    const parts = await later(copy)
    try {
      await utimes(join(copy, 'weights.safetensors'), 1, 1)
      expect((await askThere(parts)).tokens.length).toBeGreaterThan(0)
      await expect(askAfresh(parts, planOf())).rejects.toMatchObject({
        code: 'bundle-damaged',
        message: expect.stringContaining('is no longer the file that was opened'),
      })
    } finally {
      await parts.close()
    }
  })

  test('is checked as a whole: a byte that differs in its layers is told before anything is asked', async () => {
    const copy = join(folder, 'flipped')
    await cp(whole, copy, { recursive: true })
    const path = join(copy, 'weights.safetensors')
    const bytes = await readFile(path)
    const last = bytes.length - 1
    bytes[last] = (bytes[last] ?? 0) ^ 1
    await writeFile(path, bytes)
    await expect(openStored(copy)).rejects.toMatchObject({
      code: 'bundle-damaged',
      message: expect.stringContaining('hash differs'),
    })
  })
})

describe('the page', () => {
  const home = () => join(folder, 'home-of-page')
  const devices = { ...onCpu, fallBack: onCpu.running }
  const openOnce = async (path: string, runs: Pick<Runs, 'list'>): Promise<boolean> => {
    const loader = openLoader(path, { home: home(), devices, log: () => {} })
    try {
      return (await openAhead(loader, runs)).decoder.isOpen()
    } finally {
      await loader.close()
    }
  }

  test('has the decoder opened with it, but where the latest run was decoded elsewhere or there are no layers', async () => {
    await mkdir(home(), { recursive: true })
    const engine = await createEngine({ home: home(), models: whole, log: () => {} })
    const client = createRouterClient(engine.router)
    const own = { url: server.url, kind: 'vllm', model: servedModel, confirm: server.host, name: 'gpu' } as const
    await client.remote.add(own)
    const plan = { question: 'Who is the mayor?', index: '', passages: 0, maxTokens: 2 }
    const drain = async (input: PlanInput): Promise<void> => {
      for await (const event of await client.ask(input)) void event
    }
    const runs = openRuns(home(), () => {})
    const light = join(folder, 'light-of-page')
    await client.bundles.lighten({ folder: whole, out: light })
    try {
      expect(await openOnce(whole, runs)).toBe(true)
      await drain({ ...plan, decoder: 'gpu' })
      expect(await openOnce(whole, runs)).toBe(false)
      await drain(plan)
      expect(await openOnce(whole, runs)).toBe(true)
      expect(await openOnce(light, runs)).toBe(false)
    } finally {
      runs.close()
      await engine.close()
    }
  })

  test('is given the bundle anew on the CPU where a device refuses its decoder, and what had the first one keeps it', async () => {
    const refused = new Fault('device-failed', 'no memory there')
    const asked: string[] = []
    const fallBack = async (fault: Fault) => {
      asked.push(fault.message)
      return onCpu.running()
    }
    const loader = openLoader(whole, { home: home(), devices: { ...onCpu, fallBack }, log: () => {} })
    try {
      const first = await loader.light()
      // What a driver says when its memory is used up cannot be had here: the decoder that is opened says it once.
      Object.assign(first.decoder, { open: () => Promise.reject(refused) })
      const parts = await loader.get()
      expect(asked).toEqual(['no memory there'])
      expect(parts).not.toBe(first)
      expect([parts.decoder.isOpen(), first.decoder.isOpen()]).toEqual([true, false])
      expect(await loader.light()).toBe(parts)
      const vectors = await first.embedder.embed(['Kardova'], 'passage')
      expect(vectors).toEqual(await parts.embedder.embed(['Kardova'], 'passage'))
    } finally {
      await loader.close()
    }
  })
})

describe('a light bundle', () => {
  let engine: Engine
  const light = () => join(folder, 'models', 'light')
  const client = () => createRouterClient(engine.router)

  async function run(input: Partial<PlanInput>): Promise<Run> {
    const plan = { question: 'Who is the mayor?', index: '', passages: 0, k: 8, maxTokens: 6, ...input }
    for await (const event of await client().ask(plan)) if (event.type === 'done') return event.run
    throw new Error('the run ended without a result')
  }

  beforeAll(async () => {
    engine = await createEngine({ home: join(folder, 'home'), models: join(folder, 'models'), log: () => {} })
    const made = await client().bundles.lighten({ folder: whole, out: light() })
    expect(made.bytes).toBeLessThan(made.before)
    await client().remote.add({
      url: server.url,
      kind: 'vllm',
      model: servedModel,
      confirm: server.host,
      name: 'gpu',
    })
  })
  afterAll(async () => {
    await engine.close()
  })

  test('holds all but the layers, to the bit', async () => {
    const [own, before] = [await openBundle(light()), await openBundle(whole)]
    const kept = [...before.weights].filter(([name]) => !name.startsWith('decoder.') || name === 'decoder.embedding')
    expect([...own.weights]).toEqual(kept)
    expect(own.config).toMatchObject({ name: 'tiny, decoder elsewhere', decoderElsewhere: true })
    await expect(client().bundles.lighten({ folder: whole, out: light() })).rejects.toMatchObject({
      data: { code: 'bad-input' },
    })
    await expect(client().bundles.lighten({ folder: light() })).rejects.toMatchObject({ data: { code: 'bad-input' } })
    expect(await client().bundles.list()).toMatchObject([{ folder: light(), decoderElsewhere: true }])
  })

  test('is shown, retrieves, and answers as the whole bundle does where the server decodes', async () => {
    expect(await client().health()).toMatchObject({ bundle: { name: 'tiny, decoder elsewhere' } })
    const demo = join(folder, 'towns.txt')
    await writeFile(demo, passages.map(({ text }) => text).join('\n\n'))
    const index = join(folder, 'towns')
    await finish(await client().index.build({ paths: [demo], out: index }))
    const there = await run({ decoder: 'gpu', index, passages: 2, p: 0.3 })
    const eager = await tinyParts()
    const again = await ask(eager, there.plan, async () => there.passages, { elsewhere: elsewhere() })
    await eager.close()
    expect(told(there)).toEqual(told(again))
    expect(there.manifest.decoder).toMatchObject({ name: 'gpu', sends: 'embeddings' })
  })

  test.each<Partial<PlanInput>>([{}, { decoder: 'gpu', policy: 'perplexity-ascending' }])(
    '%j: what has to run in the decoder here is refused by name',
    async (input) => {
      await expect(run(input)).rejects.toMatchObject({
        data: { code: 'decoder-elsewhere', remedy: expect.stringContaining('--decoder NAME') },
      })
    },
  )

  test('is not trained through layers that it does not have', async () => {
    const text = join(folder, 'long.txt')
    await writeFile(text, 'The mayor of Kardova is Oda Rinn, and the river is the Selm. '.repeat(200))
    const input = { trainer: 'reconstruct' as const, data: [text], out: join(folder, 'run'), steps: 1, longest: 32 }
    const train = async (): Promise<unknown> => finish(await client().train.run(input))
    await expect(train()).rejects.toMatchObject({ data: { code: 'decoder-elsewhere' } })
  })
})

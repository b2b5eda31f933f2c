/** The Hub on a loopback server: what is looked at, what is taken, and downloads through everything that a line can do. */
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mayTell, readEndpoint, type Hub } from '../../src/main/engine/models/hub/access.ts'
import { chooseFiles, whyNotChosen } from '../../src/main/engine/models/hub/choose.ts'
import { searchHub } from '../../src/main/engine/models/hub/client.ts'
import { prepareDownload, type DownloadEvent } from '../../src/main/engine/models/hub/download.ts'
import { listDownloads } from '../../src/main/engine/models/hub/folder.ts'
import { lookAt } from '../../src/main/engine/models/hub/look.ts'
import { HubId, HubRevision } from '../../src/shared/hub.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { drawnBytes, smallModel } from '../helpers/hubModel.ts'
import { commit, hubFor, noRevision, type HubServer, type Repository, type Trouble } from '../helpers/hubServer.ts'

/** Long enough for a busy machine, short enough to be waited for where a server is silent. */
const brief = { answerMs: 2000, idleMs: 1000, waitsMs: [5, 5] }
const hubAt = (endpoint: string, token: string | null = null): Hub => ({ endpoint, token, patience: brief })
const target = { id: 'lab/small', revision: 'main' }
const weights = 'model.safetensors'

/** Downloads and says what was told. */
async function download(hub: Hub, home: string, wanted = target, signal = new AbortController().signal) {
  const events: DownloadEvent[] = []
  const { run } = await prepareDownload(hub, home, wanted)
  const result = await run(signal, (event) => void events.push(event))
  return { result, events }
}

/** The server's ranges of the weights' requests, in order. */
const ranges = (server: HubServer): (string | undefined)[] =>
  server.asked.filter(({ path }) => path.endsWith(weights)).map(({ range }) => range)

const keyed = `lab--small@${commit.slice(0, 12)}`

/** Files below a folder, by name. */
async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted()
}

describe('names', () => {
  test.each(['gpt2', 'Qwen/Qwen2.5-0.5B', 'BAAI/bge-small-en-v1.5'])('%s is an id', (id) => {
    expect(HubId.parse(` ${id} `)).toBe(id)
  })
  test.each(['', 'a/b/c', '../x', 'a/..', 'a b', '.hidden', 'https://huggingface.co/gpt2', 'a/b?x', 'ä/b'])(
    '“%s” is none',
    (id) => expect(HubId.safeParse(id).success).toBe(false),
  )
  test('a revision may be a pull request, and never leads out', () => {
    expect(HubRevision.parse('refs/pr/1')).toBe('refs/pr/1')
    for (const revision of ['', '../main', 'a/../../b', '-x', 'a?b', 'a b'])
      expect(HubRevision.safeParse(revision).success).toBe(false)
  })
})

test('an endpoint is an address of a server, and a token goes to it alone, in the clear only within this machine', () => {
  expect(readEndpoint(' https://hub.example/mirror/ ')).toBe('https://hub.example/mirror')
  for (const text of ['hub.example', 'file:///etc', 'https://me:secret@hub.example', 'https://hub.example/?a=1'])
    expect(() => readEndpoint(text)).toThrow(/is no address of a Hub/)
  const tells = (endpoint: string, url: string) => mayTell(hubAt(endpoint, 'hf_secret'), url)
  expect(tells('https://hub.example/m', 'https://hub.example/other')).toBe(true)
  expect(tells('https://hub.example', 'https://cdn.example/x')).toBe(false)
  expect(tells('https://hub.example', 'http://hub.example/x')).toBe(false)
  expect(tells('http://hub.example', 'http://hub.example/x')).toBe(false)
  expect(tells('http://127.0.0.1:8000', 'http://127.0.0.1:8000/x')).toBe(true)
  expect(tells('http://127.0.0.1:8000', 'http://127.0.0.1:8001/x')).toBe(false)
})

describe('what an import needs', () => {
  const taken = (paths: readonly string[]): string[] =>
    [...chooseFiles(paths)].filter(([, { take }]) => take).map(([path]) => path)

  test('shards with their index; one file of weights goes before them', () => {
    const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']
    const sharded = ['config.json', 'model.safetensors.index.json', ...shards]
    expect(taken([...sharded, 'consolidated.safetensors', 'consolidated.00.pth'])).toEqual(sharded)
    expect(taken([...sharded, weights])).toEqual(['config.json', weights])
  })
  test('the parts of a sentence embedder, from their folders', () => {
    const parts = ['modules.json', '1_Pooling/config.json', '2_Dense/config.json', '2_Dense/model.safetensors']
    expect(taken([...parts, '2_Dense/pytorch_model.bin', 'onnx/model.onnx', 'openvino/config.json'])).toEqual(parts)
  })
  test('nothing that leads out of its folder, however it is spelt', () => {
    expect(
      taken(['../config.json', '/config.json', 'a/config.json', '..\\config.json', 'C:config.json', 'config.json\0']),
    ).toEqual([])
  })
  test('never pickle, and a repository of pickle alone is refused with the reason', () => {
    const pickles = ['pytorch_model.bin', 'model.pt', 'a.pth', 'b.ckpt', 'c.pkl']
    expect(taken(pickles)).toEqual([])
    expect(chooseFiles(pickles).get('pytorch_model.bin')?.why).toMatch(/can run code/)
    expect(whyNotChosen(['config.json', ...pickles])).toMatch(/pickle files alone/)
    expect(whyNotChosen(['config.json'])).toMatch(/no weights/)
    expect(whyNotChosen([weights])).toMatch(/no config\.json/)
    expect(whyNotChosen(['config.json', weights])).toBeNull()
  })
})

test('a search finds repositories with safetensors over its pages, the most downloaded first, up to its limit', async () => {
  const named = (name: string, downloads: number): Repository => smallModel(8, { id: `lab/${name}-llama`, downloads })
  const pickled: Repository = { id: 'lab/old-llama', files: { 'pytorch_model.bin': 'x' }, downloads: 99 }
  const server = await hubFor([named('a', 1), pickled, named('b', 30), named('c', 20), smallModel(8)])
  const hub = hubAt(server.url)
  const found = await searchHub(hub, { query: 'LLAMA', limit: 10 })
  expect(found.map(({ id }) => id)).toEqual(['lab/b-llama', 'lab/c-llama', 'lab/a-llama'])
  expect(found[0]).toEqual({
    id: 'lab/b-llama',
    architecture: 'LlamaForCausalLM',
    parameters: 1234,
    licence: 'apache-2.0',
    task: 'text-generation',
    gated: false,
    private: false,
    downloads: 30,
    likes: 3,
    updated: '2026-03-04T05:06:07.000Z',
  })
  expect(await searchHub(hub, { query: 'llama', limit: 1 })).toHaveLength(1)
  expect(await searchHub(hub, { query: 'nothing of the kind', limit: 9 })).toEqual([])
})

test('an adapter is told from a model, with its base and what to do with it', async () => {
  const settings = JSON.stringify({ peft_type: 'LORA', base_model_name_or_path: 'lab/base-1B' })
  const files = { 'adapter_config.json': settings, 'adapter_model.safetensors': drawnBytes(100, 5) }
  const server = await hubFor([{ id: 'lab/tuned', files }])
  const model = await lookAt(hubAt(server.url), await folderWith(), { id: 'lab/tuned', revision: 'main' })
  expect(model).toMatchObject({
    adapter: { base: 'lab/base-1B' },
    refused: null,
    notes: [expect.stringMatching(/adapter for lab\/base-1B.*--adapter lab\/tuned/)],
  })
  expect(model.files.every(({ take }) => take)).toBe(true)
})

test('a look tells files, sizes, hashes, licence and shape before anything is fetched', async () => {
  const server = await hubFor([smallModel(1000, { gated: 'manual' })])
  const home = await folderWith()
  const model = await lookAt(hubAt(server.url), home, target)
  expect(model).toMatchObject({
    commit,
    licence: 'apache-2.0',
    gated: true,
    architecture: 'LlamaForCausalLM',
    hidden: 64,
    layers: 2,
    dtype: 'F32',
    have: 0,
    refused: null,
    notes: ['A pickle file is left out: pickles can run code when they are read.'],
  })
  const files = model.files.map(({ path, bytes, algorithm, take }) => [path, bytes, algorithm, take])
  expect(files.slice(0, 3)).toEqual([
    ['tokenizer.json', 12, 'git-sha1', true],
    ['config.json', 122, 'git-sha1', true],
    [weights, 1000, 'sha256', true],
  ])
  expect(files.slice(3).map(([path, , , take]) => [path, take])).toEqual([
    ['pytorch_model.bin', false],
    ['train.log', false],
  ])
  expect(model.bytes).toBe(12 + 122 + 1000)
  expect(server.asked.filter(({ path }) => path.endsWith(weights))).toEqual([])
  expect(await readdir(home)).toEqual([])
})

describe('a download', () => {
  const content = drawnBytes(300_000, 5)
  const scene = async (
    trouble: (path: string, nth: number) => Trouble | null = () => null,
    more: Partial<Repository> = {},
  ) => {
    const server = await hubFor([smallModel(content.length, more)])
    server.trouble = trouble
    return { server, home: await folderWith(), hub: hubAt(server.url) }
  }
  const onWeights =
    (...troubles: readonly (Trouble | null)[]) =>
    (path: string, nth: number): Trouble | null =>
      path === weights ? (troubles[nth - 1] ?? null) : null

  test('brings what an import needs and nothing else, each file whole', async () => {
    const { server, home, hub } = await scene()
    const { result, events } = await download(hub, home)
    expect(result).toMatchObject({ key: keyed, commit, state: 'done', files: 3, filesDone: 3, have: result.bytes })
    expect(await filesIn(result.folder)).toEqual(['config.json', 'download.json', weights, 'tokenizer.json'])
    expect(await readFile(join(result.folder, weights))).toEqual(Buffer.from(content))
    expect(server.asked.filter(({ path }) => /\.(bin|log)/.test(path))).toEqual([])
    const progress = events.filter((event) => event.type === 'progress')
    expect(progress.at(-1)).toMatchObject({
      stage: 'download',
      unit: 'bytes',
      done: result.bytes,
      total: result.bytes,
      note: `file 3 of 3: ${weights}`,
    })
    expect(events.filter((event) => event.type === 'partial').map(({ partial }) => partial.path)).toEqual([
      'tokenizer.json',
      'config.json',
      weights,
    ])
    expect(await listDownloads(home, () => false)).toEqual([result])
  })

  test('goes on by range where the line was cut, as often as it is', async () => {
    const cut = { type: 'cut', after: 70_000 } as const
    const { server, home, hub } = await scene(onWeights(cut, cut, cut, cut))
    const { result } = await download(hub, home)
    expect(await readFile(join(result.folder, weights))).toEqual(Buffer.from(content))
    const [first, ...more] = ranges(server)
    expect(first).toBeUndefined()
    expect(more).toHaveLength(4)
    const from = more.map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]))
    expect(from).toEqual(from.toSorted((a, b) => a - b))
    expect(from[0]).toBeGreaterThan(0)
  })

  test('goes on after half a stream that ended as if it were whole, and after silence', async () => {
    const { server, home, hub } = await scene(
      onWeights({ type: 'end', after: 150_000 }, { type: 'hang', after: 50_000 }),
    )
    const { result } = await download(hub, home)
    expect(await readFile(join(result.folder, weights))).toEqual(Buffer.from(content))
    expect(ranges(server)).toEqual([undefined, 'bytes=150000-', 'bytes=200000-'])
  })

  test('paused, keeps what came; the next one goes on from there, and rehashes what it finds', async () => {
    const { server, home, hub } = await scene(onWeights({ type: 'slow', bytes: 20_000, everyMs: 5 }))
    const stop = new AbortController()
    const { run } = await prepareDownload(hub, home, target)
    const running = run(stop.signal, (event) => {
      if (event.type === 'progress' && event.done > 100_000) stop.abort()
    })
    await expect(running).rejects.toThrow(/abort/i)
    const [rests] = await listDownloads(home, () => false)
    expect(rests).toMatchObject({ state: 'paused', filesDone: 2, fault: null })
    expect(rests!.have).toBeGreaterThan(100_000)
    expect(rests!.have).toBeLessThan(rests!.bytes)
    const before = rests!.have - 134
    const model = await lookAt(hub, home, target)
    expect(model.have).toBe(rests!.have)
    const { result, events } = await download(hub, home)
    expect(ranges(server).at(-1)).toBe(`bytes=${before}-`)
    expect(events[0]).toMatchObject({ type: 'progress', done: rests!.have })
    expect(await readFile(join(result.folder, weights))).toEqual(Buffer.from(content))
  })

  test('begins anew where the server knows no ranges, or holds another file by now', async () => {
    for (const second of ['no ranges', 'other etag'] as const) {
      const { server, home, hub } = await scene(onWeights({ type: 'cut', after: 90_000 }, { type: second }))
      const { result } = await download(hub, home)
      expect(ranges(server)[1]).toMatch(/^bytes=\d+-$/)
      expect(await readFile(join(result.folder, weights))).toEqual(Buffer.from(content))
    }
  })

  test('with a wrong hash keeps nothing of the file, says both hashes, and is right the next time', async () => {
    const { home, hub } = await scene(onWeights({ type: 'other bytes' }))
    const fault = await faultOf(download(hub, home))
    expect(fault).toMatchObject({
      code: 'download-broken',
      message: expect.stringMatching(
        /^model\.safetensors: its sha256 is [0-9a-f]{64}, and the Hub's list says [0-9a-f]{64}\.$/,
      ),
    })
    const [failed] = await listDownloads(home, () => false)
    expect(failed).toMatchObject({ state: 'failed', filesDone: 2, fault: { code: 'download-broken' } })
    expect(await filesIn(failed!.folder)).toEqual(['config.json', 'download.json', 'tokenizer.json'])
    expect((await download(hub, home)).result.state).toBe('done')
  })

  test('finds a wrong byte of a small file too, which git names by its sha1', async () => {
    const { home, hub } = await scene((path, nth) =>
      path === 'tokenizer.json' && nth === 1 ? { type: 'other bytes' } : null,
    )
    expect(await faultOf(download(hub, home))).toMatchObject({
      code: 'download-broken',
      message: expect.stringContaining('git-sha1'),
    })
  })

  test('finds what was spoilt on the disk while it rested', async () => {
    const { home, hub } = await scene(onWeights({ type: 'status', status: 404, body: '' }))
    await faultOf(download(hub, home))
    const folder = join(home, 'downloads', keyed)
    await writeFile(join(folder, `${weights}.partial`), drawnBytes(5000, 6))
    expect(await faultOf(download(hub, home))).toMatchObject({ code: 'download-broken' })
    await writeFile(join(folder, `${weights}.partial`), drawnBytes(content.length + 1, 6))
    await truncate(join(folder, 'tokenizer.json'), 3)
    const { result } = await download(hub, home)
    expect(await readFile(join(result.folder, weights))).toEqual(Buffer.from(content))
    expect((await stat(join(folder, 'tokenizer.json'))).size).toBe(12)
  })

  test('gives up where tries bring nothing, and keeps what there is', async () => {
    const nothing = { type: 'cut', after: 0 } as const
    const { home, hub } = await scene(onWeights({ type: 'cut', after: 40_000 }, nothing, nothing, nothing, nothing))
    const fault = await faultOf(download(hub, home))
    expect(fault).toMatchObject({ code: 'download-broken', remedy: expect.stringMatching(/kept/) })
    expect(fault.message).toMatch(
      /^model\.safetensors: 127\.0\.0\.1:\d+ cut it off at \d+ of 300000 bytes again and again/,
    )
    const [failed] = await listDownloads(home, () => false)
    expect(failed!.have).toBeGreaterThan(134)
  })

  test('refuses more bytes than the Hub lists', async () => {
    const { home, hub } = await scene(onWeights({ type: 'more bytes' }))
    expect(await faultOf(download(hub, home))).toMatchObject({
      code: 'download-broken',
      message: expect.stringContaining('more than the 300000 bytes'),
    })
  })

  test('waits out a 429 that asks for little, and gives one that asks for much back in the server’s words', async () => {
    const busy = (seconds: string): Trouble => ({
      type: 'status',
      status: 429,
      headers: { 'retry-after': seconds, 'content-type': 'application/json' },
      body: '{"error":"Too many requests, slow down"}',
    })
    const soon = await scene(onWeights(busy('0')))
    expect((await download(soon.hub, soon.home)).result.state).toBe('done')
    const late = await scene(onWeights(busy('300')))
    expect(await faultOf(download(late.hub, late.home))).toMatchObject({
      code: 'hub-refused',
      message: expect.stringMatching(/refused lab\/small with 429\. It says: Too many requests, slow down\.$/),
      remedy: 'Wait 300 s and go on. With a token the limit is higher.',
    })
  })

  test('takes a folder for itself: a second one says so, one that was killed holds nothing', async () => {
    const { home, hub } = await scene(onWeights({ type: 'slow', bytes: 50_000, everyMs: 20 }))
    const first = await prepareDownload(hub, home, target)
    expect(await faultOf(prepareDownload(hub, home, target))).toMatchObject({ code: 'download-busy' })
    await first.run(new AbortController().signal, () => {})
    const gone = String(2 ** 22 + 1)
    await writeFile(join(home, 'downloads', keyed, 'download.lock'), gone)
    expect((await download(hub, home)).result.state).toBe('done')
  })

  test('without room on the disk says how much it needs, before it fetches', async () => {
    const { server, home, hub } = await scene(undefined, { claims: { [weights]: 1e15 } })
    const model = await lookAt(hub, home, target)
    expect(model.needs).toBe(2 * model.bytes + (16 << 20))
    expect(await faultOf(prepareDownload(hub, home, target))).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(
        /needs 2,000,000,017 MB on the disk: 1,000,000,001 MB to fetch, and .* MB are free\.$/,
      ),
    })
    expect(ranges(server)).toEqual([])
    expect(await readdir(home)).toEqual([])
  })

  test('of pickle alone is refused, and nothing is fetched', async () => {
    const server = await hubFor([{ id: 'lab/small', files: { 'config.json': '{}', 'pytorch_model.bin': 'x' } }])
    const home = await folderWith()
    expect(await faultOf(prepareDownload(hubAt(server.url), home, target))).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('pickle files alone'),
    })
    expect(await readdir(home)).toEqual([])
  })

  test('writes only below its folder, whatever the Hub lists', async () => {
    const { home, hub } = await scene(undefined, {
      files: { '../escape.safetensors': 'x', '1_Pooling/../../config.json': 'x', '1_Pooling/config.json': '{}' },
    })
    const { result } = await download(hub, home)
    expect(await filesIn(home)).toEqual(['config.json', 'config.json', 'download.json', weights, 'tokenizer.json'])
    expect(await readFile(join(result.folder, '1_Pooling/config.json'), 'utf8')).toBe('{}')
  })
})

describe('a Hub that refuses', () => {
  const look = async (hub: Hub, wanted = target) => faultOf(lookAt(hub, await folderWith(), wanted))

  test('an unknown repository, and a revision that is none', async () => {
    const server = await hubFor([smallModel(8)])
    const hub = hubAt(server.url)
    expect(await look(hub, { id: 'lab/none', revision: 'main' })).toMatchObject({
      code: 'hub-refused',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ refused lab\/none with 404\. It says: Repository not found\.$/),
      remedy: 'Check the id and the revision.',
    })
    expect((await look(hub, { ...target, revision: noRevision })).message).toContain('Invalid rev id: nowhere')
  })

  test('a gated repository shows its page; its files want a token that may read them', async () => {
    const server = await hubFor([smallModel(8, { token: 'hf_right_token' })])
    const home = await folderWith()
    const model = await lookAt(hubAt(server.url), home, target)
    expect(model).toMatchObject({ gated: true, hidden: null, architecture: 'LlamaForCausalLM' })
    expect(await faultOf(download(hubAt(server.url), home))).toMatchObject({
      code: 'hub-refused',
      message: expect.stringContaining(
        '401. It says: Access to model lab/small is restricted. You must be authenticated.',
      ),
      remedy: expect.stringContaining('give a token'),
    })
    expect(await faultOf(download(hubAt(server.url, 'hf_wrong_token'), home))).toMatchObject({
      message: expect.stringContaining('403'),
      remedy: `Accept its conditions at ${server.url}/lab/small, then try again with a token of that account.`,
    })
    expect((await download(hubAt(server.url, 'hf_right_token'), home)).result.state).toBe('done')
  })

  test('a token stays with the endpoint when a file is sent from elsewhere', async () => {
    const [server, other] = [await hubFor([smallModel(8)]), await hubFor([])]
    server.trouble = (path) => (path === weights ? { type: 'elsewhere', origin: other.url } : null)
    await faultOf(download(hubAt(server.url, 'hf_right_token'), await folderWith()))
    expect(server.asked.at(-1)?.authorization).toBe('Bearer hf_right_token')
    expect(other.asked.map(({ path, authorization }) => [path, authorization])).toEqual([['/file', undefined]])
  })

  test('no network is said in words: nothing answers, a name that is none, silence', async () => {
    const server = await hubFor([smallModel(8)])
    await server.close()
    expect(await look(hubAt(server.url))).toMatchObject({
      code: 'hub-offline',
      message: expect.stringMatching(/cannot be reached: nothing answers there\.$/),
    })
    expect(await look(hubAt('http://no-such-host.invalid'))).toMatchObject({
      code: 'hub-offline',
      message: expect.stringMatching(/^no-such-host\.invalid cannot be reached: /),
    })
    const silent = await hubFor([smallModel(8)])
    silent.trouble = (path) => (path === 'config.json' ? { type: 'hang', after: 3 } : null)
    const home = await folderWith()
    // A config that does not come is no reason not to look.
    expect(await lookAt(hubAt(silent.url), home, target)).toMatchObject({ hidden: null })
  })

  test('a stranger that answers for the Hub is told apart from it', async () => {
    const { createServer } = await import('node:http')
    const portal = createServer((_request, response) => void response.end('<html>Log in to the hotel</html>'))
    await new Promise<void>((resolve) => void portal.listen(0, '127.0.0.1', resolve))
    const { port } = portal.address() as { readonly port: number }
    const fault = await look(hubAt(`http://127.0.0.1:${port}`))
    portal.close()
    expect(fault).toMatchObject({ code: 'hub-refused', message: expect.stringContaining('not as a Hub does') })
  })
})

test('a home on which a download of an older layout lies lists it as nothing', async () => {
  const home = await folderWith()
  await mkdir(join(home, 'downloads', keyed), { recursive: true })
  await writeFile(join(home, 'downloads', keyed, 'download.json'), '{"format":0}')
  expect(await listDownloads(home, () => false)).toEqual([])
})

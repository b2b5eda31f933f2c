/** Adapters named by their ids on the Hub: downloaded first, checked, gone on with, then what a folder of theirs is. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createEngine } from '../../src/main/engine/engine.ts'
import { ModelManifest } from '../../src/main/engine/models/manifest.ts'
import { adapterFiles, adapterFolder, pairOf } from '../helpers/adapterFolder.ts'
import { folderWith } from '../helpers/folder.ts'
import { fixtureModel, fixtures } from '../helpers/hubModel.ts'
import { commit, hubFor, type HubServer } from '../helpers/hubServer.ts'
import { finish } from '../helpers/jobs.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const id = 'lab/tuned'
const from = { kind: 'hub', id, revision: commit }
const key = `lab--tuned@${commit.slice(0, 12)}`
const weights = 'adapter_model.safetensors'
const named = { base_model_name_or_path: 'lab/stories260K' }
const pair = pairOf('model.layers.1.self_attn.q_proj', [64, 64])
const files = adapterFiles(pair, named)

const repositories = [
  fixtureModel('stories260K', 'mit'),
  { id, licence: 'mit', files: { ...files, 'tokenizer.json': '{"model":{}}', 'optimizer.pt': 'a pickle' } },
  { id: 'lab/other', files: adapterFiles(pairOf('model.layers.1.self_attn.q_proj', [32, 48])) },
  { id: 'lab/pickled', files: { 'adapter_config.json': '{}', 'adapter_model.bin': 'a pickle' } },
]

let models: string
beforeAll(async () => {
  models = await folderWith({}, (remove) => afterAll(remove))
  await writeTinyBundle(models)
})

/** An engine with stories260K imported as `base`, and a Hub with adapters. */
async function scene() {
  const server = await hubFor(repositories)
  const home = await folderWith()
  vi.stubEnv('HF_ENDPOINT', server.url)
  vi.stubEnv('HF_TOKEN', '')
  const engine = await createEngine({ home, models, log: () => {} })
  onTestFinished(async () => {
    await engine.close()
    vi.unstubAllEnvs()
  })
  const client = createRouterClient(engine.router)
  await finish(await client.models.import({ path: join(fixtures, 'stories260K'), name: 'base' }))
  return { server, home, client }
}

const fetchedFrom = ({ asked }: HubServer): string[] =>
  asked.flatMap(({ path }) => (path.includes('/resolve/') ? [path.split('/').slice(5).join('/')] : []))
const downloadsOf = (home: string): Promise<string[]> => readdir(join(home, 'downloads')).catch(() => [])
const adapt = { name: 'base', adapter: id, as: 'tuned' } as const

describe('kept apart', () => {
  test('what it came from is told, its files are those of a folder, and the download is gone', async () => {
    const { server, home, client } = await scene()
    const { result, progress } = await finish(await client.models.adapt({ ...adapt, adapterRevision: 'v2' }))
    expect(result).toMatchObject({
      name: 'tuned',
      apartFrom: 'base',
      adapter: { source: from, base: 'lab/stories260K', rank: 4, matrices: 1, notes: [] },
    })
    expect(progress.at(-1)).toMatchObject({ stage: 'download', unit: 'bytes' })
    expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total)
    expect(server.asked.some(({ path }) => path.includes(`${id}/revision/v2`))).toBe(true)
    // The config is looked at, then fetched.
    expect(new Set(fetchedFrom(server))).toEqual(new Set(['adapter_config.json', 'tokenizer.json', weights]))
    expect(await downloadsOf(home)).toEqual([])
    const folder = await adapterFolder(pair, named)
    const plain = await finish(await client.models.adapt({ ...adapt, adapter: folder, as: 'plain' }))
    expect(plain.result.adapter?.source).toBeUndefined()
    const bytes = (name: string) => readFile(join(home, 'models', name, 'weights.safetensors'))
    expect(await bytes('tuned')).toEqual(await bytes('plain'))
    // A manifest of before tells of no source.
    const text = await readFile(join(home, 'models', 'plain', 'model.json'), 'utf8')
    expect(ModelManifest.parse(JSON.parse(text)).adapter).toMatchObject({ folder })
  })

  test('a line that is cut is gone on with by range; other bytes than the list says are refused', async () => {
    const { server, home, client } = await scene()
    server.trouble = (path) => (path === weights ? { type: 'other bytes' } : null)
    await expect(client.models.adapt(adapt).then(finish)).rejects.toMatchObject({ data: { code: 'download-broken' } })
    expect((await client.models.list()).map(({ name }) => name)).toEqual(['base'])
    expect(await client.hub.list()).toMatchObject([{ key, state: 'failed', adapter: true }])
    server.trouble = (path, nth) => (path === weights && nth === 2 ? { type: 'cut', after: 700 } : null)
    await finish(await client.models.adapt(adapt))
    const ranges = server.asked.filter(({ path }) => path.endsWith(weights)).map(({ range }) => range)
    expect(ranges).toEqual([undefined, undefined, 'bytes=700-'])
    expect(await downloadsOf(home)).toEqual([])
  })

  test('what the base and the name forbid is said before anything is asked of the Hub', async () => {
    const { server, client } = await scene()
    for (const input of [
      { ...adapt, as: 'base' },
      { ...adapt, name: 'nobody' },
    ])
      await expect(client.models.adapt(input).then(finish)).rejects.toBeDefined()
    const again = { path: join(fixtures, 'stories260K'), name: 'base', adapter: id }
    await expect(client.models.import(again).then(finish)).rejects.toMatchObject({ data: { code: 'bad-input' } })
    expect(server.asked).toEqual([])
  })

  test('an adapter that names another base than the model came from is kept, with a note', async () => {
    const { client } = await scene()
    const folder = await adapterFolder(pair, { base_model_name_or_path: 'someone/Other-1B' })
    const { result } = await finish(await client.models.adapt({ ...adapt, adapter: folder }))
    expect(result.adapter?.notes).toEqual([
      'The adapter names someone/Other-1B as its base; the model that it is kept beside came from stories260K.',
    ])
  })
})

test('looked over first, it stays downloaded; the import goes on without it being fetched again', async () => {
  const { server, home, client } = await scene()
  const path = join(fixtures, 'stories260K')
  const { result } = await finish(await client.models.check({ path, adapter: id }))
  expect(result.adapter).toMatchObject({ source: from, matrices: 1 })
  expect(await client.hub.list()).toMatchObject([{ key, state: 'done', adapter: true }])
  const before = fetchedFrom(server).filter((each) => each === weights).length
  const merged = await finish(
    await client.models.import({ path, name: 'merged', adapter: id, adapterRevision: commit }),
  )
  expect(merged.result).toMatchObject({ adapter: { source: from }, source: { kind: 'folder' } })
  expect(fetchedFrom(server).filter((each) => each === weights).length).toBe(before)
  expect(await downloadsOf(home)).toEqual([])
})

test('a download that is named by its folder tells where it came from too, and stays', async () => {
  const { home, client } = await scene()
  const { result: download } = await finish(await client.hub.download({ id }))
  const { result } = await finish(await client.models.adapt({ ...adapt, adapter: download.folder }))
  expect(result.adapter?.source).toEqual(from)
  expect(await downloadsOf(home)).toEqual([key])
})

test('two at once do not take it from each other', async () => {
  const { home, client } = await scene()
  const ends = await Promise.allSettled(
    ['one', 'two'].map(async (as) => finish(await client.models.adapt({ ...adapt, as }))),
  )
  const failed = ends.filter((end) => end.status === 'rejected')
  for (const { reason } of failed) expect(reason).toMatchObject({ data: { code: 'download-busy' } })
  expect(failed.length).toBeLessThan(2)
  expect((await client.models.list()).length).toBe(3 - failed.length)
  expect(await downloadsOf(home)).toEqual([])
})

describe('what is no adapter, or not for this base, is named, and no model is made', () => {
  test.each([
    ['lab/stories260K', 'bad-input', 'lab/stories260K holds no adapter. It has no adapter_config.json.'],
    ['lab/pickled', 'bad-input', /^lab\/pickled cannot be downloaded\. Its weights lie in pickle files alone/],
    ['lab/other', 'model-damaged', /makes \[32, 48\], the base has \[64, 64\] there/],
    ['lab/none', 'hub-refused', /refused lab\/none with 404/],
    ['lab/three/parts', 'file-missing', /three\/parts is no folder/],
  ])('%s', async (adapter, code, message) => {
    const { client } = await scene()
    const fault = await client.models
      .adapt({ ...adapt, adapter })
      .then(finish)
      .catch((error: unknown) => (error as { readonly data: unknown }).data)
    expect(fault).toMatchObject({ code })
    const told = fault as { readonly message: string; readonly remedy: string }
    expect(told.message).toMatch(message)
    if (code === 'hub-refused') expect(told.remedy).toContain('There is no folder lab/none here either.')
    expect((await client.models.list()).map(({ name }) => name)).toEqual(['base'])
  })
})

test('in the terminal: base and adapter from the Hub, each with its revision', async () => {
  const server = await hubFor(repositories)
  const home = await folderWith()
  const run = async (...words: string[]) => {
    const child = spawn(process.execPath, ['src/main/cli.ts', 'models', ...words, '--home', home, '--bundle', models], {
      env: { ...process.env, HF_ENDPOINT: server.url, HF_TOKEN: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { out: '', error: '' }
    child.stdout.on('data', (text) => (said.out += String(text)))
    child.stderr.on('data', (text) => (said.error += String(text)))
    const [code] = (await once(child, 'close')) as [number]
    return { code, ...said }
  }
  const imported = await run('import', 'lab/stories260K', '--adapter', id, '--adapter-revision', 'v3', '--json')
  expect({ code: imported.code, error: imported.error }).toMatchObject({ code: 0 })
  expect(JSON.parse(imported.out)).toMatchObject({
    source: { kind: 'hub', id: 'lab/stories260K' },
    adapter: { source: from, notes: [] },
  })
  const revisions = server.asked.flatMap(({ path }) => /\/revision\/([^?]+)/.exec(path)?.[1] ?? [])
  expect(revisions).toEqual(['main', 'v3'])
  expect(await downloadsOf(home)).toEqual([])
  await run('import', join(fixtures, 'stories260K'), '--name', 'base')
  const adapted = await run('adapt', 'base', '--adapter', id, '--as', 'tuned')
  expect(adapted).toMatchObject({ code: 0 })
  expect(adapted.out).toContain(`the adapter came from ${id} at ${commit}`)
  const wrong = await run('adapt', 'base', '--adapter', id, '--as', 'more', '--adapter-revision', '../up')
  expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining('a revision is') })
}, 60_000)

/** Downloads as the doors make them: killed in the middle and gone on with, paused from the jobs, and a token that is told to nobody. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createEngine } from '../../src/main/engine/engine.ts'
import { folderWith } from '../helpers/folder.ts'
import { drawnBytes, fixtureModel, smallModel } from '../helpers/hubModel.ts'
import { commit, hubFor, openHubServer, type HubServer } from '../helpers/hubServer.ts'
import { finish } from '../helpers/jobs.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const content = drawnBytes(400_000, 5)
const secret = 'hf_a_token_that_nobody_may_read'
const key = `lab--small@${commit.slice(0, 12)}`
const weights = 'model.safetensors'

let models: string
beforeAll(async () => {
  models = await folderWith({}, (remove) => afterAll(remove))
  await writeTinyBundle(models)
})

/** Every byte that a folder holds, as text. */
async function textIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return (await Promise.all(files.map((path) => readFile(path, 'latin1')))).join('\n')
}

describe('in the terminal', () => {
  const start = (server: HubServer, home: string, ...words: string[]) => {
    const child = spawn(process.execPath, ['src/main/cli.ts', 'models', ...words, '--home', home, '--bundle', models], {
      env: { ...process.env, HF_ENDPOINT: server.url, HF_TOKEN: secret },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { out: '', error: '' }
    child.stdout.on('data', (text) => (said.out += String(text)))
    child.stderr.on('data', (text) => (said.error += String(text)))
    const ended = once(child, 'close').then(([code, signal]) => ({ code: code ?? signal, ...said }))
    return { child, ended }
  }

  test('killed without a word in the middle, the same command goes on by range and ends with the right file', async () => {
    const server = await hubFor([smallModel(content.length)])
    const home = await folderWith()
    server.trouble = (path, nth) => (path === weights && nth <= 2 ? { type: 'slow', bytes: 10_000, everyMs: 20 } : null)
    const partial = join(home, 'downloads', key, `${weights}.partial`)
    const sizes: number[] = []
    for (let kill = 1; kill <= 2; kill++) {
      const { child, ended } = start(server, home, 'download', 'lab/small')
      await vi.waitFor(async () => expect((await stat(partial)).size).toBeGreaterThan(100_000 * kill), {
        timeout: 30_000,
      })
      child.kill('SIGKILL')
      expect((await ended).code).toBe('SIGKILL')
      sizes.push((await stat(partial)).size)
    }
    const { code, out, error } = await start(server, home, 'download', 'lab/small', '--json').ended
    expect({ code, error }).toEqual({ code: 0, error: expect.stringContaining('its sha256 is right') })
    expect(JSON.parse(out)).toMatchObject({ id: 'lab/small', commit, state: 'done', key })
    expect(await readFile(join(home, 'downloads', key, weights))).toEqual(Buffer.from(content))
    const ranges = server.asked.filter(({ path }) => path.endsWith(weights)).map(({ range }) => range)
    expect(ranges).toEqual([undefined, `bytes=${sizes[0]}-`, `bytes=${sizes[1]}-`])
    // Small files that were whole were not fetched again.
    expect(
      server.asked.filter(({ path }) => path.includes('/resolve/') && path.endsWith('tokenizer.json')),
    ).toHaveLength(1)
    expect(server.asked.every(({ authorization }) => authorization === `Bearer ${secret}`)).toBe(true)
    expect(await textIn(home)).not.toContain(secret)
  }, 60_000)

  test('Ctrl-C pauses, and an interrupted download is no fault', async () => {
    const server = await hubFor([smallModel(content.length)])
    const home = await folderWith()
    server.trouble = (path) => (path === weights ? { type: 'slow', bytes: 5000, everyMs: 20 } : null)
    const { child, ended } = start(server, home, 'download', 'lab/small')
    const partial = join(home, 'downloads', key, `${weights}.partial`)
    await vi.waitFor(async () => expect((await stat(partial)).size).toBeGreaterThan(20_000), { timeout: 30_000 })
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, error: expect.stringContaining('interrupted') })
    expect(await readdir(join(home, 'downloads', key))).not.toContain('download.lock')
  }, 60_000)

  test('a look prints files and sizes and fetches none; a search is a table; wrong words are wrong use', async () => {
    const server = await hubFor([smallModel(1000)])
    const home = await folderWith()
    const look = await start(server, home, 'download', 'lab/small', '--look').ended
    expect(look).toMatchObject({ code: 0, error: expect.stringContaining('pickles can run code') })
    expect(look.out).toMatch(/LlamaForCausalLM, 1234 parameters, licence apache-2\.0\n/)
    expect(look.out).toMatch(/model\.safetensors +1000 +yes +weights\n/)
    expect(await readdir(home)).not.toContain('downloads')
    const search = await start(server, home, 'search', 'small').ended
    expect(search.out).toMatch(/^id +architecture .*\nlab\/small +LlamaForCausalLM +1234 +apache-2\.0 +no +7\n$/)
    expect(await start(server, home, 'download', '../up').ended).toMatchObject({
      code: 2,
      error: expect.stringContaining('an id is OWNER/NAME'),
    })
    const none = await start(server, home, 'download', 'lab/none', '--json').ended
    expect(none.code).toBe(1)
    expect(JSON.parse(none.error.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code: 'hub-refused' } })
  }, 60_000)

  test('an id is imported over a line that is cut, and nothing is where a file is another than the list says', async () => {
    const server = await hubFor([fixtureModel('stories260K', 'mit')])
    const home = await folderWith()
    server.trouble = (path) => (path === weights ? { type: 'other bytes' } : null)
    const wrong = await start(server, home, 'import', 'lab/stories260K', '--json').ended
    expect(wrong.code).toBe(1)
    expect(JSON.parse(wrong.error.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'download-broken' },
    })
    expect(await readdir(home)).not.toContain('models')
    server.trouble = (path, nth) => (path === weights && nth === 2 ? { type: 'cut', after: 500_000 } : null)
    const right = await start(server, home, 'import', 'lab/stories260K', '--name', 'stories', '--json').ended
    expect({ code: right.code, error: right.error }).toMatchObject({ code: 0 })
    expect(JSON.parse(right.out)).toMatchObject({
      name: 'stories',
      licence: 'mit',
      source: { kind: 'hub', id: 'lab/stories260K', revision: commit },
    })
    expect(await readdir(join(home, 'downloads'))).toEqual([])
    const verified = await start(server, home, 'verify', 'stories', '--json').ended
    expect(JSON.parse(verified.out)).toMatchObject({ holds: true })
  }, 60_000)
})

describe('in the engine', () => {
  async function scene(options: { readonly keeper?: Parameters<typeof createEngine>[0]['keeper'] } = {}) {
    const server = await openHubServer([smallModel(content.length)])
    const home = await folderWith()
    vi.stubEnv('HF_ENDPOINT', '')
    vi.stubEnv('HF_TOKEN', '')
    const lines: string[] = []
    const { keeper } = options
    const engine = await createEngine({
      home,
      models,
      log: (line) => void lines.push(line),
      ...(keeper === undefined ? {} : { keeper }),
    })
    onTestFinished(async () => {
      await engine.close()
      await server.close()
      vi.unstubAllEnvs()
    })
    const client = createRouterClient(engine.router)
    await client.settings.write({ hubEndpoint: server.url })
    return { server, home, client, lines, engine }
  }

  test('a download goes on without its page, is listed among the jobs, pauses from there, goes on, and is deleted', async () => {
    const { server, home, client } = await scene()
    server.trouble = (path, nth) =>
      path === weights && nth === 1 ? { type: 'slow', bytes: 10_000, everyMs: 20 } : null
    const begun = await client.hub.begin({ id: 'lab/small' })
    expect(begun).toMatchObject({ key, state: 'running', revision: 'main' })
    const jobs = async () => {
      for await (const now of await client.jobs.follow()) return now.jobs
      throw new Error('no list')
    }
    await vi.waitFor(async () => {
      const [job] = await jobs()
      expect(job).toMatchObject({ kind: 'download', title: 'Download of lab/small', work: key, state: 'running' })
      expect(job?.progress?.done).toBeGreaterThan(50_000)
    }, 20_000)
    await client.jobs.stop({ id: (await jobs())[0]?.id ?? '' })
    await vi.waitFor(async () => expect((await jobs())[0]).toMatchObject({ state: 'stopped', fault: null }))
    expect(await client.hub.list()).toMatchObject([{ key, state: 'paused', filesDone: 2 }])
    await client.hub.begin({ id: 'lab/small', revision: commit })
    await vi.waitFor(async () => expect(await client.hub.list()).toMatchObject([{ key, state: 'done' }]), 20_000)
    expect(await readFile(join(home, 'downloads', key, weights))).toEqual(Buffer.from(content))
    await client.hub.discard({ key })
    expect(await client.hub.list()).toEqual([])
    await expect(client.hub.stop({ key })).rejects.toMatchObject({ data: { code: 'download-missing' } })
    await expect(client.hub.discard({ key: '../../etc' })).rejects.toMatchObject({ data: { code: 'download-missing' } })
  }, 60_000)

  test('a stream of a download tells each file as its hash is found right', async () => {
    const { client } = await scene()
    const { result, partials } = await finish(await client.hub.download({ id: 'lab/small' }))
    expect(result.state).toBe('done')
    expect(partials.map(({ path }) => path)).toEqual(['tokenizer.json', 'config.json', weights])
  })

  test('what ends a download is kept with it', async () => {
    const { server, client } = await scene()
    server.trouble = (path) => (path === weights ? { type: 'other bytes' } : null)
    await client.hub.begin({ id: 'lab/small' })
    await vi.waitFor(async () => {
      expect(await client.hub.list()).toMatchObject([{ state: 'failed', fault: { code: 'download-broken' } }])
    }, 20_000)
  })

  test('a token without a keeper lives in memory; it stands in no file, no log and no fault', async () => {
    const { server, home, client, lines } = await scene()
    expect(await client.hub.access()).toEqual({ endpoint: server.url, named: 'setting', token: 'none' })
    expect(await client.hub.token({ token: secret })).toMatchObject({ token: 'memory' })
    await finish(await client.hub.download({ id: 'lab/small' }))
    expect(server.asked.every(({ authorization }) => authorization === `Bearer ${secret}`)).toBe(true)
    await expect(client.hub.look({ id: 'lab/none' })).rejects.toSatisfy(
      (error) => !JSON.stringify(error).includes(secret),
    )
    await expect(client.hub.token({ token: `${secret} with spaces` })).rejects.toSatisfy(
      (error) => !JSON.stringify(error).includes(secret),
    )
    expect(
      `${lines.join('\n')}${await textIn(home)}${JSON.stringify(await client.log.read({ limit: 1000 }))}`,
    ).not.toContain(secret)
    expect(await client.hub.token({ token: null })).toMatchObject({ token: 'none' })
    const before = server.asked.length
    await client.hub.look({ id: 'lab/small' })
    expect(server.asked.slice(before).map(({ authorization }) => authorization)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('a door that keeps secrets is asked for the token once, and keeps or forgets it', async () => {
    const held = new Map<string, string>([['hub-token', secret]])
    const reads: string[] = []
    const keeper = {
      read: async (name: string) => (reads.push(name), held.get(name) ?? null),
      write: async (name: string, given: string | null) => (
        given === null ? held.delete(name) : held.set(name, given),
        true
      ),
    }
    const { server, client } = await scene({ keeper })
    expect(await client.hub.access()).toMatchObject({ token: 'kept' })
    await client.hub.look({ id: 'lab/small' })
    expect(server.asked[0]?.authorization).toBe(`Bearer ${secret}`)
    expect(reads).toEqual(['hub-token'])
    expect(await client.hub.token({ token: 'hf_another_token' })).toMatchObject({ token: 'kept' })
    expect(held.get('hub-token')).toBe('hf_another_token')
    expect(await client.hub.token({ token: null })).toMatchObject({ token: 'none' })
    expect(held.size).toBe(0)
  })
})

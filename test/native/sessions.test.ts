/** Sessions in the engine: kept at each change, written by one window, followed by others, and the same again from a file. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ORPCError } from '@orpc/client'
import { createRouterClient } from '@orpc/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { unpackZip } from '../../src/main/engine/corpus/zip.ts'
import { packSession, readSession } from '../../src/main/engine/serve/sessionFile.ts'
import { leaseMs, openSessionStore } from '../../src/main/engine/store/sessions.ts'
import type { ChunkNote, Session, SessionTold } from '../../src/shared/session.ts'
import { finish } from '../helpers/jobs.ts'
import { sessionBody } from '../helpers/sessionBody.ts'
import { sweepScene, type SweepScene } from '../helpers/sweepScene.ts'

/** The code of the fault that a call ends in. */
async function faultOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof ORPCError ? error.data.code : error
}

let scene: SweepScene
beforeAll(async () => {
  scene = await sweepScene()
})
afterAll(() => scene.close())

const make = (name = 'Alloys'): Promise<Session> => scene.client.session.make({ name, body: sessionBody(scene.index) })

/** Hears what a window is told until it leaves; beats are answered while `answers`. */
function windowOn(client: SweepScene['client'], id: string, window: string, answers = true) {
  const own = new AbortController()
  const told: SessionTold[] = []
  const ended = (async () => {
    for await (const each of await client.session.follow({ id, window }, { signal: own.signal })) {
      told.push(each)
      if (each.type === 'beat' && answers) await client.session.hold({ id, window })
    }
  })()
  const writer = () => told.findLast((each) => each.type === 'lease')?.writer
  const sessions = () => told.flatMap((each) => (each.type === 'session' ? [each.session] : []))
  const leave = async () => {
    own.abort()
    await ended.catch(() => {})
  }
  return { told, writer, sessions, leave, ended }
}

test('what is saved is there again whole; parts left out stay, and the revision grows', async () => {
  const { id, revision } = await make()
  const body = sessionBody(scene.index)
  const saved = await scene.client.session.save({ id, window: 'w1', runs: ['r1'], snapshots: [] })
  expect(saved.revision).toBe(revision + 1)
  expect(await scene.client.session.open({ id })).toMatchObject({ ...body, runs: ['r1'], snapshots: [] })
  expect(await faultOf(scene.client.session.open({ id: 'nobody' }))).toBe('session-missing')
})

test('notes stay where other parts are saved, are let go where none are given, and are none in a session of before', async () => {
  const { id } = await make()
  const notes = [noteOn('r1')]
  await scene.client.session.save({ id, window: 'w1', notes })
  await scene.client.session.save({ id, window: 'w1', runs: ['r1'] })
  expect((await scene.client.session.open({ id })).notes).toEqual(notes)
  await scene.client.session.save({ id, window: 'w1', notes: [] })
  expect((await scene.client.session.open({ id })).notes).toEqual([])
  const { notes: _none, ...before } = sessionBody(scene.index)
  expect((await scene.client.session.make({ name: 'Before', body: before })).notes).toEqual([])
})

test('sessions are listed pinned first, then the latest changed; a removed one comes back', async () => {
  const [a, b] = [await make('A'), await make('B')]
  await scene.client.session.change({ id: a.id, pinned: true, name: 'First' })
  const names = async () => (await scene.client.session.list()).map(({ name }) => name)
  expect((await names()).slice(0, 2)).toEqual(['First', 'B'])
  await scene.client.session.remove({ ids: [b.id] })
  expect(await names()).not.toContain('B')
  expect(await faultOf(scene.client.session.open({ id: b.id }))).toBe('session-missing')
  await scene.client.session.restore({ ids: [b.id] })
  expect(await names()).toContain('B')
})

test('a second window only looks, follows what the first changes, and takes over when the first is gone', async () => {
  const { id } = await make()
  const one = windowOn(scene.client, id, 'one')
  await expect.poll(one.writer).toBe(true)
  const two = windowOn(scene.client, id, 'two')
  await expect.poll(two.writer).toBe(false)
  expect(await faultOf(scene.client.session.save({ id, window: 'two', runs: [] }))).toBe('session-read-only')
  await scene.client.session.save({ id, window: 'one', runs: ['r1', 'r2'] })
  await expect.poll(() => two.sessions().at(-1)?.runs).toEqual(['r1', 'r2'])
  // Who made a change is not told of it.
  expect(one.sessions()).toHaveLength(1)
  await one.leave()
  await expect.poll(two.writer, { timeout: 1000 }).toBe(true)
  await scene.client.session.save({ id, window: 'two', runs: ['r3'] })
  await two.leave()
})

test('a window that answers no beat is taken to be gone, though its line stands', async () => {
  const { id } = await make()
  const frozen = windowOn(scene.client, id, 'frozen', false)
  await expect.poll(frozen.writer).toBe(true)
  const other = windowOn(scene.client, id, 'other')
  await expect.poll(other.writer).toBe(false)
  await expect.poll(other.writer, { timeout: 3 * leaseMs }).toBe(true)
  await expect.poll(frozen.writer, { timeout: 5000 }).toBe(false)
  await Promise.all([frozen.leave(), other.leave()])
}, 40_000)

test('an engine of the same home is kept out by the lease, and let in when the other is killed', async () => {
  const home = await mkdtemp(join(tmpdir(), 'lease-'))
  const store = openSessionStore(home, () => {})
  const times = { made: '2026-11-26T05:00:00.000Z', changed: '2026-11-26T05:00:00.000Z' }
  store.add({ ...sessionBody(), id: 'kept', name: 'Kept', pinned: false, ...times })
  const script = `
    import { openSessionStore } from ${JSON.stringify(join(import.meta.dirname, '../../src/main/engine/store/sessions.ts'))}
    const store = openSessionStore(process.argv[1], () => {})
    store.hold('kept', 'theirs')
    for (let n = 0; ; n++) {
      store.save('kept', 'theirs', { runs: Array.from({ length: n % 500 }, (_, i) => 'run' + i), comparisons: ['n' + (n % 500)] })
      if (n === 20) process.stdout.write('on\\n')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  expect(store.hold('kept', 'ours')).toBe(false)
  expect(store.list()[0]?.open).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  // Killed in the middle of a save: each save is whole or was not, and its lease is void with its process.
  const { runs, comparisons, revision, history } = store.open('kept')
  expect(comparisons).toEqual([`n${runs.length}`])
  expect(revision).toBeGreaterThan(20)
  expect(history).toEqual(sessionBody().history)
  expect(store.hold('kept', 'ours')).toBe(true)
  store.close()
  await rm(home, { recursive: true })
})

const noteOn = (run: string): ChunkNote => ({
  run,
  index: scene.index,
  place: { passage: 'p0', from: 0, to: 4 },
  words: 'The alloy',
  note: 'Names the alloy',
  written: '2026-11-26T05:00:00.000Z',
})

/** A session with two runs, their comparison, and a note on a chunk of the first. */
async function whole(): Promise<string> {
  const runs: string[] = []
  for (const k of [4, 8]) {
    const plan = { question: 'Which alloy?', index: scene.index, passages: 2, k, maxTokens: 4 }
    for await (const event of await scene.client.ask(plan)) if (event.type === 'done') runs.push(event.run.id)
  }
  await scene.client.runs.mark({ ids: runs.slice(0, 1), marks: { note: 'odd', star: true } })
  const { comparison } = await scene.client.compare.make({ runs })
  await finish(await scene.client.compare.time({ id: comparison.id, repeats: 2, warmups: 0 }))
  const body = { ...sessionBody(scene.index, runs, [comparison.id]), notes: [noteOn(runs[0] ?? '')] }
  return (await scene.client.session.make({ name: 'Two runs', body })).id
}

async function otherHome(): Promise<{
  engine: Engine
  client: SweepScene['client']
  home: string
  close: () => Promise<void>
}> {
  const home = await mkdtemp(join(tmpdir(), 'other-'))
  const engine = await createEngine({ home, models: scene.models, log: () => {} })
  const close = async () => {
    await engine.close()
    await rm(home, { recursive: true })
  }
  return { engine, client: createRouterClient(engine.router), home, close }
}

test('exported and opened elsewhere it is equal, runs, marks and rounds too; exported again the file says the same', async () => {
  const id = await whole()
  const there = await otherHome()
  const { content, name } = await scene.client.session.export({ id })
  expect(name).toBe('Two-runs.refrag')
  const path = join(there.home, name)
  await writeFile(path, Buffer.from(content, 'base64'))
  const made = await there.client.session.import({ path })
  expect(made).toMatchObject({ runs: 2, comparisons: 1, missing: [], session: { id, name: 'Two runs' } })
  const { revision: _a, ...before } = await scene.client.session.open({ id })
  const { revision: _b, ...after } = await there.client.session.open({ id })
  expect(after).toEqual(before)
  for (const run of before.runs)
    expect(await there.client.runs.open({ id: run })).toEqual(await scene.client.runs.open({ id: run }))
  expect((await there.client.runs.list({})).map(({ note, star }) => [note, star])).toContainEqual(['odd', true])
  const [comparison = ''] = before.comparisons
  expect((await there.client.compare.open({ id: comparison })).comparison).toEqual(
    (await scene.client.compare.open({ id: comparison })).comparison,
  )
  const again = await there.client.session.export({ id })
  const read = (text: string) => readSession(Buffer.from(text, 'base64'), name)
  expect(read(again.content)).toEqual(read(content))
  // Opened once more it is another session, of the same runs.
  const copy = await there.client.session.import({ path })
  expect(copy).toMatchObject({ runs: 0, comparisons: 0, session: { name: 'Two runs (copy)' } })
  expect(copy.session.id).not.toBe(id)
  await there.close()
}, 60_000)

test('documents come along only where asked for, and an index that is missing is built again from them', async () => {
  const id = await whole()
  const without = await scene.client.session.export({ id })
  const within = await scene.client.session.export({ id, corpus: true })
  const entries = (content: string) => [...unpackZip(Buffer.from(content, 'base64'), 'f', () => true).keys()]
  expect(entries(without.content)).not.toContain('corpora/0.jsonl')
  expect(entries(within.content)).toContain('corpora/0.jsonl')
  const there = await otherHome()
  // The head names an index that is not on this machine.
  const file = readSession(Buffer.from(within.content, 'base64'), 'f')
  const gone = '/nowhere/index'
  const text = JSON.stringify(file.head).replaceAll(JSON.stringify(scene.index), JSON.stringify(gone))
  const path = join(there.home, 'moved.refrag')
  await writeFile(path, packSession({ ...file, head: JSON.parse(text) }))
  const { missing } = await there.client.session.import({ path })
  expect(missing).toMatchObject([{ path: gone, name: 'corpus', passages: 30, hash: file.head.corpora[0]?.hash }])
  const built = await finish(await there.client.index.build({ paths: [missing[0]?.rebuild ?? ''] }))
  expect(built.result.passages).toBe(30)
  // The same documents indexed here are found by their hash.
  const third = await otherHome()
  const corpus = join(scene.home, 'corpus', 'corpus.txt')
  const own = await finish(await third.client.index.build({ paths: [corpus] }))
  const opened = await third.client.session.import({ path })
  expect(opened.missing).toEqual([])
  const placed = await third.client.session.open({ id: opened.session.id })
  expect([placed.history.present.index, placed.notes[0]?.index]).toEqual([own.result.path, own.result.path])
  await Promise.all([there.close(), third.close()])
}, 60_000)

test('a file with another run under a known id, and one that is damaged, change nothing', async () => {
  const id = await whole()
  const { content } = await scene.client.session.export({ id })
  const file = readSession(Buffer.from(content, 'base64'), 'f')
  const [first, ...rest] = file.runs
  const forged = { ...first!, run: { ...first!.run, answer: 'forged' } }
  const path = join(scene.home, 'forged.refrag')
  await writeFile(path, packSession({ ...file, runs: [...rest, forged] }))
  const before = [await scene.client.session.list(), await scene.client.runs.list({})]
  expect(await faultOf(scene.client.session.import({ path }))).toBe('session-other-run')
  await writeFile(path, Buffer.from(content, 'base64').subarray(0, 4000))
  expect(await faultOf(scene.client.session.import({ path }))).toBe('file-damaged')
  expect(await faultOf(scene.client.session.import({ path: join(scene.home, 'none.refrag') }))).toBe('file-missing')
  expect([await scene.client.session.list(), await scene.client.runs.list({})]).toEqual(before)
}, 30_000)

test('the terminal lists, shows, exports and imports', async () => {
  const { id } = await make('From the terminal')
  const refrag = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['src/main/cli.ts', 'session', ...words, '--home', scene.home, '--bundle', scene.models, '--json'],
      { encoding: 'utf8' },
    )
    return { status, value: JSON.parse(stdout || stderr) }
  }
  expect(refrag('list').value.map((each: Session) => each.id)).toContain(id)
  expect(refrag('show', id).value).toMatchObject({
    name: 'From the terminal',
    missing: [],
    history: sessionBody(scene.index).history,
  })
  const out = join(scene.home, 'terminal.refrag')
  expect(refrag('export', id, '--out', out).status).toBe(0)
  expect((await readFile(out)).subarray(0, 2).toString()).toBe('PK')
  expect(refrag('import', out).value.session.name).toBe('From the terminal (copy)')
  expect(refrag('show', 'nobody')).toMatchObject({ status: 1, value: { error: { code: 'session-missing' } } })
}, 60_000)

test('an engine that closes ends the streams that follow it, and gives nothing back that it no longer has', async () => {
  const there = await otherHome()
  const { id } = await there.client.session.make({ name: 'Short', body: sessionBody() })
  const one = windowOn(there.client, id, 'one')
  await expect.poll(one.writer).toBe(true)
  await there.close()
  await one.ended
})

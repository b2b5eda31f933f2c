/** The engine's own house: settings that a kill leaves whole, the log, the list of jobs, what lies on disk. */
import { createRouterClient } from '@orpc/server'
import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EngineNow } from '../../src/shared/jobList.ts'
import { firstSettings } from '../../src/shared/settings.ts'
import { TrainInput } from '../../src/shared/train.ts'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { openLog } from '../../src/main/engine/store/log.ts'
import { openSettings } from '../../src/main/engine/store/settings.ts'
import { folderWith } from '../helpers/folder.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let engine: Engine
const open = (restart?: () => void): Promise<Engine> =>
  createEngine({ home, models: join(home, 'models'), log: () => {}, ...(restart === undefined ? {} : { restart }) })
const clientOf = (from: Engine) => createRouterClient(from.router)

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'house-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  await writeFile(join(home, 'letters.txt'), 'Ada wrote to Charles.\n\nThe engine was never built.\n')
  engine = await open()
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

/** The first list of jobs that fits. */
async function jobsUntil(fits: (now: EngineNow) => boolean): Promise<EngineNow> {
  const stop = new AbortController()
  for await (const now of await clientOf(engine).jobs.follow(undefined, { signal: stop.signal })) {
    if (!fits(now)) continue
    stop.abort()
    return now
  }
  throw new Error('the list ended')
}

describe('settings', () => {
  test('what one door writes another reads, and what is left out stays', async () => {
    const client = clientOf(engine)
    expect(await client.settings.read()).toEqual(firstSettings)
    await client.settings.write({ theme: 'dark' })
    await client.settings.write({ repeats: 4 })
    expect(openSettings(home, () => {}).read()).toEqual({ ...firstSettings, theme: 'dark', repeats: 4 })
    await expect(client.settings.write({ repeats: 0 })).rejects.toMatchObject({ data: { code: 'bad-input' } })
    expect((await client.settings.read()).repeats).toBe(4)
  })

  test('two that write at once are both kept', async () => {
    const folder = await folderWith()
    const kept = openSettings(folder, () => {})
    await Promise.all([kept.write({ theme: 'light' }), kept.write({ warmups: 3 }), kept.write({ density: 'compact' })])
    expect(openSettings(folder, () => {}).read()).toEqual({
      ...firstSettings,
      theme: 'light',
      warmups: 3,
      density: 'compact',
    })
  })

  test('an engine that is closed while a change is on its way keeps it first', async () => {
    const folder = await folderWith()
    const closing = await createEngine({ home: folder, models: join(home, 'models'), log: () => {} })
    const client = clientOf(closing)
    const changes = [1, 2, 3].map((threads) => client.settings.write({ threads }))
    // What is asked later has been heard later.
    expect((await client.settings.read()).threads).not.toBe(3)
    await closing.close()
    expect(openSettings(folder, () => {}).read().threads).toBe(3)
    await Promise.all(changes)
  })

  test('a process killed while it writes them leaves whole ones', async () => {
    const folder = await folderWith()
    const store = join(import.meta.dirname, '../../src/main/engine/store/settings.ts')
    const script = `import { openSettings } from ${JSON.stringify(store)}
      const kept = openSettings(${JSON.stringify(folder)}, () => {})
      for (let n = 1; ; n = n % 90 + 1) { await kept.write({ repeats: n, threads: n }); process.stdout.write('.') }`
    const child = execFile(process.execPath, ['--input-type=module', '-e', script])
    let dots = 0
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (text) => {
        dots += String(text).length
        if (dots > 30) resolve()
      })
    })
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    const lines: string[] = []
    const { repeats, threads } = openSettings(folder, (line) => void lines.push(line)).read()
    expect(repeats).toBe(threads)
    expect(repeats).toBeGreaterThan(1)
    expect(lines).toEqual([])
  })

  test('a damaged file is set aside, and a value that is not known gives way alone', async () => {
    const folder = await folderWith({ 'settings.json': '{"theme": "dark", "repea' })
    const lines: string[] = []
    expect(openSettings(folder, (line) => void lines.push(line)).read()).toEqual(firstSettings)
    expect(lines.join()).toContain('was set aside')
    expect((await readdir(folder)).some((name) => name.startsWith('settings.json.damaged-'))).toBe(true)
    const other = await folderWith({ 'settings.json': '{"theme": "mauve", "repeats": 7, "later": 1}' })
    expect(openSettings(other, () => {}).read()).toEqual({ ...firstSettings, repeats: 7 })
  })

  test('threads are taken when an engine starts', async () => {
    const before = (await clientOf(engine).health()).threads
    await clientOf(engine).settings.write({ threads: 1 })
    expect((await clientOf(engine).health()).threads).toBe(before)
    const next = await open()
    expect((await clientOf(next).health()).threads).toBe(1)
    await clientOf(next).settings.write({ threads: null })
    await next.close()
    const last = await open()
    expect((await clientOf(last).health()).threads).toBe(before)
    await last.close()
  })
})

describe('the log', () => {
  test('holds faults with their remedy, doors’ lines and the start, and is told on as it grows', async () => {
    const client = clientOf(engine)
    const stop = new AbortController()
    const stream = await client.log.follow({ limit: 5000 }, { signal: stop.signal })
    const { value: first } = await stream.next()
    expect(first).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/^started: version/) }))
    await expect(client.runs.open({ id: 'nobody' })).rejects.toMatchObject({ data: { code: 'run-missing' } })
    engine.note({ time: '2026-11-26T03:00:00.000Z', level: 'error', source: 'browser door', message: 'it stopped' })
    const { value: more } = await stream.next()
    stop.abort()
    expect(more).toEqual([
      {
        time: expect.any(String),
        level: 'warning',
        source: 'engine',
        message: 'runs.open: run-missing',
        detail: expect.stringContaining('There is no run nobody here.'),
      },
      expect.objectContaining({ source: 'browser door', message: 'it stopped' }),
    ])
    expect((await client.log.read({ limit: 1 }))[0]?.message).toBe('it stopped')
  })

  test('is there again after a kill, but for a line cut short', async () => {
    const folder = await folderWith()
    openLog(folder, 'engine').write('info', 'one')
    await appendFile(join(folder, 'log.jsonl'), '{"time":"2026","level":"in')
    expect(
      openLog(folder, 'engine')
        .read(10)
        .map(({ message }) => message),
    ).toEqual(['one'])
  })

  test('begins a new file when the old one is long, and still knows its last lines', async () => {
    const folder = await folderWith()
    const text = 'x'.repeat(1000)
    const line = { time: '2026-11-26T03:00:00.000Z', level: 'info', source: 'engine', message: text }
    await writeFile(join(folder, 'log.jsonl'), `${JSON.stringify(line)}\n`.repeat(4000))
    const log = openLog(folder, 'engine')
    log.write('info', 'new')
    expect((await readdir(folder)).toSorted()).toEqual(['log.jsonl', 'log.old.jsonl'])
    expect((await readFile(join(folder, 'log.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(1)
    expect(log.read(2).map(({ message }) => message)).toEqual([text, 'new'])
  })

  test('what is logged of an answer does not hold the question', async () => {
    const index = await build()
    const plan = { question: 'Who wrote the letter?', index, passages: 2, k: 4, p: 0.5, maxTokens: 4 } as const
    for await (const event of await clientOf(engine).ask({ ...plan, policy: 'learned', seed: 7 })) void event
    const { message, detail } = (await clientOf(engine).log.read({ limit: 1 }))[0] ?? {}
    expect(message).toMatch(/^answer done after \d+\.\d s$/)
    expect(detail).toBe('Who wrote the letter?')
    expect(await readFile(join(home, 'log.jsonl'), 'utf8')).toContain('answer done')
  })
})

async function build(): Promise<string> {
  for await (const event of await clientOf(engine).index.build({ paths: [join(home, 'letters.txt')] })) {
    if (event.type === 'done') return event.result.path
  }
  throw new Error('no index')
}

describe('jobs', () => {
  test('a build is listed with its end, until it is dismissed', async () => {
    await build()
    const { jobs, residentBytes } = await jobsUntil((now) => now.jobs.some(({ kind }) => kind === 'index'))
    const job = jobs.findLast(({ kind }) => kind === 'index')
    expect(job).toMatchObject({ title: 'Index letters', state: 'done', fault: null, work: null })
    expect(job?.progress?.done).toBeGreaterThan(0)
    expect(residentBytes).toBeGreaterThan(1e7)
    await clientOf(engine).jobs.stop({ id: job?.id ?? '' })
    await expect(clientOf(engine).jobs.stop({ id: job?.id ?? '' })).rejects.toMatchObject({
      data: { code: 'job-missing' },
    })
  })

  test('one that is stopped from the list ends its call with a fault that says so; one whose reader leaves is stopped', async () => {
    const client = clientOf(engine)
    const input = { data: ['synthetic'], context: 32, output: 8, ks: [4], ps: [0], limit: 4000 }
    const isIn = (state: string) => (now: EngineNow) =>
      now.jobs.some((job) => job.kind === 'evaluation' && job.state === state)
    const running = (async () => {
      for await (const event of await client.evaluate.ppl(input)) void event
    })()
    running.catch(() => {})
    const { jobs } = await jobsUntil(isIn('running'))
    const id = jobs.find(({ kind }) => kind === 'evaluation')?.id ?? ''
    await client.jobs.stop({ id })
    await expect(running).rejects.toMatchObject({ data: { code: 'stopped' } })
    await jobsUntil(isIn('stopped'))
    await client.jobs.stop({ id })
    for await (const event of await client.evaluate.ppl(input)) if (event.type === 'progress') break
    await jobsUntil(isIn('stopped'))
  })

  test('a failure is listed with its fault', async () => {
    const failing = async () => {
      for await (const event of await clientOf(engine).index.build({ paths: [join(home, 'nowhere.txt')] })) void event
    }
    await expect(failing()).rejects.toMatchObject({ data: { code: 'file-missing' } })
    const { jobs } = await jobsUntil((now) => now.jobs.some(({ state }) => state === 'failed'))
    expect(jobs.find(({ state }) => state === 'failed')).toMatchObject({
      kind: 'index',
      title: 'Index nowhere',
      fault: { code: 'file-missing' },
    })
  })

  test('a training is listed with its steps while nobody follows it, and stopping it from the list keeps its step', async () => {
    const client = clientOf(engine)
    const every = { log: 1, valid: 1000, checkpoint: 1000 }
    const { out: _, ...input } = TrainInput.parse({
      trainer: 'mixed',
      data: ['synthetic'],
      out: '',
      steps: 4000,
      batch: 2,
      ks: [4],
      longest: 8,
      output: 4,
      stages: 1,
      every,
    })
    const { id } = await client.train.begin(input)
    const { jobs } = await jobsUntil((now) =>
      now.jobs.some(({ work, progress }) => work === id && (progress?.done ?? 0) > 1),
    )
    const job = jobs.find(({ work }) => work === id)
    expect(job).toMatchObject({ kind: 'training', title: 'Training mixed', state: 'running' })
    expect(job?.progress).toMatchObject({ total: 4000, unit: 'steps' })
    await client.jobs.stop({ id: job?.id ?? '' })
    await jobsUntil((now) => now.jobs.some(({ work, state }) => work === id && state === 'stopped'))
    const info = (await client.train.list()).find((each) => each.id === id)
    expect(info?.state).toBe('stopped')
    expect(info?.step).toBeGreaterThan(1)
  })
})

describe('what is kept', () => {
  test('places have their sizes, and clearing the cache frees its own alone', async () => {
    const client = clientOf(engine)
    const sizes = async () => Object.fromEntries((await client.places()).map(({ name, bytes }) => [name, bytes]))
    const before = await sizes()
    expect(before['Chunk embeddings']).toBeGreaterThan(0)
    expect(before['Indexes']).toBeGreaterThan(0)
    await client.cache.clear()
    const after = await sizes()
    expect([after['Indexes'], after['Runs']]).toEqual([before['Indexes'], before['Runs']])
    const index = (await client.index.list())[0]?.path ?? ''
    const cached: boolean[] = []
    for await (const event of await client.ask({
      question: 'Who wrote the letter?',
      index,
      passages: 2,
      k: 4,
      p: 0.5,
      policy: 'learned',
      seed: 7,
      maxTokens: 4,
    })) {
      if (event.type === 'compressed') cached.push(...event.chunks.map((chunk) => chunk.cached))
    }
    expect(cached.length).toBeGreaterThan(2)
    expect(cached.some(Boolean)).toBe(false)
  })

  test('an engine inside its caller says that nothing would start it again; a host’s is ended', async () => {
    await expect(clientOf(engine).restart()).rejects.toMatchObject({ data: { code: 'bad-input' } })
    const ended = Promise.withResolvers<void>()
    const other = await open(() => ended.resolve())
    await clientOf(other).restart()
    await ended.promise
    await other.close()
  })
})

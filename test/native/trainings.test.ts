/** Trainings of the workbench: begun by one page, followed by another, stopped, gone on with. */
import { createRouterClient } from '@orpc/server'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { TrainInput, type TrainEvent } from '../../src/shared/train.ts'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { openBundle } from '../../src/main/engine/store/bundle.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let engine: Engine
const clientOf = (from: Engine) => createRouterClient(from.router)
const open = (): Promise<Engine> => createEngine({ home, models: join(home, 'models'), log: () => {} })
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'trainings-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  engine = await open()
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

const settings = (steps: number) => {
  const every = { log: 1, valid: 10, checkpoint: 100 }
  const { out: _, ...input } = TrainInput.parse({
    trainer: 'mixed',
    data: ['synthetic'],
    out: '',
    steps,
    batch: 2,
    ks: [4],
    longest: 8,
    output: 4,
    stages: 1,
    every,
  })
  return input
}

/** Follows a training until it ends or has told of step `until`. */
async function follow(id: string, until = Infinity): Promise<{ events: TrainEvent[]; finished: boolean | null }> {
  const events: TrainEvent[] = []
  for await (const event of await clientOf(engine).train.follow({ id })) {
    if (event.type === 'done') return { events, finished: event.result.finished }
    if (event.type === 'partial') events.push(event.partial)
    if (event.type === 'partial' && event.partial.step >= until) break
  }
  return { events, finished: null }
}
const steps = (events: readonly TrainEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'step' ? [event.step] : []))

test('outlives who began it, is told whole to who comes later, stops with its last step and goes on', async () => {
  const client = clientOf(engine)
  const { id, state } = await client.train.begin(settings(4000))
  expect(state).toBe('running')
  await expect(client.train.begin(settings(2))).rejects.toMatchObject({ data: { code: 'training-busy' } })
  await follow(id, 5)
  const later = await follow(id, 12)
  expect(steps(later.events)).toEqual(Array.from({ length: later.events.at(-1)!.step }, (_, i) => i + 1))
  await client.train.stop({ id })
  const [stopped] = await client.train.list()
  expect(stopped).toMatchObject({ id, state: 'stopped', bundle: 'tiny' })
  expect(stopped!.step).toBeGreaterThanOrEqual(12)
  await engine.close()
  engine = await open()
  await clientOf(engine).train.begin({ ...stopped!.input, out: id })
  await follow(id, stopped!.step + 3)
  await clientOf(engine).train.stop({ id })
  const whole = await follow(id)
  expect(steps(whole.events)).toEqual(steps(whole.events).map((_, i) => i + 1))
  expect(whole.finished).toBe(false)
})

test('runs to its end and is listed as finished; what it learnt makes a bundle', async () => {
  const client = clientOf(engine)
  const { id } = await client.train.begin(settings(10))
  const { events, finished } = await follow(id)
  expect(finished).toBe(true)
  expect(events.filter((event) => event.type === 'valid')).toHaveLength(1)
  const info = (await client.train.list()).find((each) => each.id === id)
  expect(info).toMatchObject({ state: 'finished', step: 10, fault: null })
  const told = await client.train.register({ run: info!.input.out, out: join(home, 'made') })
  const made = await createEngine({ home, models: join(home, 'made'), log: () => {} })
  const { bundle } = await clientOf(made).health()
  expect(bundle).toMatchObject({ name: 'tiny mixed', hash: told.hash })
  await made.close()
  const base = (await client.health()).bundle.hash
  const lineage = [{ from: base, trainer: 'mixed', steps: 10, data: info!.data, seed: 7 }]
  expect(told).toEqual({ name: 'tiny mixed', out: join(home, 'made'), hash: bundle.hash, step: 10, lineage })
})

test('a page makes a bundle of a training by its id: named, kept in the workbench, listed with it, never written over', async () => {
  const client = clientOf(engine)
  const { id } = await client.train.begin(settings(4000))
  await follow(id, 3)
  await client.train.stop({ id })
  const infoOf = async () => (await clientOf(engine).train.list()).find((each) => each.id === id)!
  expect((await infoOf()).bundles).toEqual([])
  // Of two asked for at once under one name there is one.
  const name = ' Mine: ../first! '
  const both = await Promise.allSettled([1, 2].map(() => client.train.register({ id, name })))
  const made = both.find(({ status }) => status === 'fulfilled')
  const taken = both.find(({ status }) => status === 'rejected')
  const out = join(home, 'bundles', 'Mine-..-first')
  const { step } = await infoOf()
  expect(step).toBeGreaterThanOrEqual(3)
  expect(made).toMatchObject({
    value: { name: 'Mine: ../first!', out, step, lineage: [{ trainer: 'mixed', steps: step }] },
  })
  expect(taken).toMatchObject({ reason: { data: { code: 'bad-input', remedy: 'Give the bundle another name.' } } })
  await expect(client.train.register({ id, name: 'Mine ../first' })).rejects.toMatchObject({
    data: { code: 'bad-input' },
  })
  const second = await client.train.register({ id, name: 'second' })
  await engine.close()
  engine = await open()
  expect((await infoOf()).bundles).toEqual([made?.status === 'fulfilled' ? made.value : null, second])
  // What is no longer there is not told of; what was made outlives its training.
  await rm(second.out, { recursive: true })
  expect((await infoOf()).bundles.map(({ name: each }) => each)).toEqual(['Mine: ../first!'])
  await clientOf(engine).train.discard({ id })
  expect((await openBundle(out)).config.name).toBe('Mine: ../first!')
})

test.each([
  { what: { id: 'nothing', name: 'a' }, code: 'run-missing' },
  { what: { id: '..', name: 'a' }, code: 'run-missing' },
  { what: { id: 'nothing', name: '  ' }, code: 'bad-input' },
])('no bundle is made of $what', async ({ what, code }) => {
  await expect(clientOf(engine).train.register(what)).rejects.toMatchObject({ data: { code } })
})

test('no bundle is made of a training that began from another than the one that is loaded, and nothing is left of it', async () => {
  const { id } = await clientOf(engine).train.begin(settings(2))
  await follow(id)
  await writeTinyBundle(join(home, 'others', 'tiny'), 8)
  const other = await createEngine({ home, models: join(home, 'others'), log: () => {} })
  await expect(clientOf(other).train.register({ id, name: 'of another' })).rejects.toMatchObject({
    data: { code: 'run-other-settings', remedy: 'Give the bundle that the run began from: --bundle DIR' },
  })
  expect(await readdir(join(home, 'bundles'))).not.toContain('of-another')
  await other.close()
})

test('a checkpoint asked for is kept after the step in hand, and the training goes on', async () => {
  const client = clientOf(engine)
  const { id } = await client.train.begin(settings(4000))
  await follow(id, 3)
  const { step } = await client.train.checkpoint({ id })
  expect(step).toBeGreaterThanOrEqual(3)
  const { events } = await follow(id, step + 2)
  expect(events).toContainEqual({ type: 'saved', step })
  await client.train.stop({ id })
  const info = (await client.train.list()).find((each) => each.id === id)!
  expect(info.step).toBeGreaterThanOrEqual(step + 2)
  expect(info.report).toMatchObject({ unit: 'sheet', sides: null })
  // Of a training that rests it is the step that was kept.
  expect(await client.train.checkpoint({ id })).toEqual({ step: info.step })
})

test('a training that is discarded ends and leaves nothing, whether it ran or rested', async () => {
  const client = clientOf(engine)
  const { id } = await client.train.begin(settings(4000))
  await follow(id, 2)
  await client.train.discard({ id })
  expect((await client.train.list()).map((each) => each.id)).not.toContain(id)
  expect(await readdir(join(home, 'trainings'))).not.toContain(id)
  await expect(client.train.discard({ id })).rejects.toMatchObject({ data: { code: 'run-missing' } })
  await expect(client.train.discard({ id: '..' })).rejects.toMatchObject({ data: { code: 'run-missing' } })
  const next = await client.train.begin(settings(3))
  await follow(next.id)
  await client.train.discard({ id: next.id })
  expect(await readdir(join(home, 'trainings'))).not.toContain(next.id)
})

test('two trainings begun within one second are two', async () => {
  const client = clientOf(engine)
  const ids: string[] = []
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-26T12:00:00Z') })
  try {
    for (const steps of [1, 1, 2]) {
      const { id } = await client.train.begin(settings(steps))
      await follow(id)
      ids.push(id)
    }
  } finally {
    vi.useRealTimers()
  }
  expect(ids).toEqual(['', '-2', '-3'].map((more) => `mixed-20261126T120000${more}`))
  expect((await client.train.list()).filter(({ id, state }) => ids.includes(id) && state === 'finished')).toHaveLength(
    3,
  )
  for (const id of ids) await client.train.discard({ id })
})

test('a training that diverged keeps its last good step, and what happened, for an engine started later too', async () => {
  const { id } = await clientOf(engine).train.begin({ ...settings(40), learningRate: 1e25, schedule: 'constant' })
  await expect(follow(id)).rejects.toMatchObject({ data: { code: 'training-diverged' } })
  const infoOf = async () => (await clientOf(engine).train.list()).find((each) => each.id === id)
  const info = await infoOf()
  expect(info).toMatchObject({ state: 'failed', fault: { code: 'training-diverged', remedy: expect.any(String) } })
  expect(info!.fault!.message).toContain(`At step ${info!.step + 1} `)
  await engine.close()
  engine = await open()
  expect(await infoOf()).toEqual(info)
})

test('what cannot be trained on is refused and leaves nothing behind', async () => {
  const client = clientOf(engine)
  const before = (await client.train.list()).length
  await expect(client.train.begin({ ...settings(2), data: ['nowhere.txt'] })).rejects.toMatchObject({
    data: { code: 'file-missing' },
  })
  expect(await client.train.list()).toHaveLength(before)
  await expect(follow('../../etc')).rejects.toMatchObject({ data: { code: 'run-missing' } })
})

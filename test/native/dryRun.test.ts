/** Dry runs: steps of the very run, timed on weights that stay, with nothing written; as a call and as a command. */
import { createRouterClient } from '@orpc/server'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { openBundle, type Bundle } from '../../src/main/engine/store/bundle.ts'
import { dryRun, spreadSteps, type DryEvent } from '../../src/main/engine/train/dry.ts'
import { trainRun } from '../../src/main/engine/train/run.ts'
import { readRunConfig } from '../../src/main/engine/train/runFolder.ts'
import { TrainInput, type DryRun } from '../../src/shared/train.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let bundle: Bundle
let engine: Engine
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'dry-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  bundle = await openBundle(join(home, 'models', 'tiny'))
  const sentence = 'The mayor of Kardova is Oda Rinn, and the river that flows by is the Velm of the north. '
  const documents = Array.from({ length: 30 }, (_, i) => `${i}. ${sentence.repeat(3)}`)
  await writeFile(join(home, 'alike.txt'), documents.join('\n<|endoftext|>\n'))
  engine = await createEngine({ home, models: join(home, 'models'), log: () => {} })
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

const inputOf = (more: Partial<TrainInput> = {}): TrainInput =>
  TrainInput.parse({
    trainer: 'mixed',
    data: [join(home, 'alike.txt')],
    out: join(home, 'out'),
    steps: 90,
    batch: 2,
    ks: [4],
    longest: 32,
    output: 4,
    every: { log: 10, valid: 40, checkpoint: 40 },
    ...more,
  })
const resultOf = (events: readonly DryEvent[]): DryRun => {
  const last = events.at(-1)
  if (last?.type !== 'done') throw new Error('no result')
  return last.result
}

test('the steps timed are spread over the run, and are all of them where there are few', () => {
  expect(spreadSteps(200)).toEqual([11, 31, 51, 71, 91, 111, 131, 151, 171, 191])
  expect(spreadSteps(10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(spreadSteps(3)).toEqual([1, 2, 3])
  expect(spreadSteps(1)).toEqual([1])
})

test('a dry run meets every stage of the curriculum, tells what the run will take, and leaves nothing', async () => {
  const before = await readdir(home)
  const input = inputOf()
  const events = await Array.fromAsync(dryRun(input, bundle, { threads: 1 }))
  expect(events[0]).toMatchObject({ type: 'data', report: { unit: 'document', leak: { words: 13 } } })
  const stages = events.flatMap((event) => (event.type === 'step' ? [event.stage] : []))
  expect(stages).toHaveLength(10)
  expect(stages[0]).toBe('stage 1')
  expect(stages.at(-1)).toBe('stage 9')
  const found = resultOf(events)
  expect(found).toMatchObject({ steps: 10, run: { steps: 90, validations: 2, checkpoints: 3 } })
  // Every held-out document tells the sentence that training tells.
  expect(found.data.leak!.shared).toBe(found.data.sides!.valid.items)
  const { median, low, high } = found.stepSeconds
  expect(low).toBeGreaterThan(0)
  expect(median).toBeGreaterThanOrEqual(low)
  expect(high).toBeGreaterThanOrEqual(median)
  expect(found.run.seconds).toBeGreaterThan(90 * low)
  expect(found.residentBytes.peak).toBeGreaterThanOrEqual(found.residentBytes.before)
  expect(await readdir(home)).toEqual(before)
})

test('its weights stay: what it says of held-out texts is what the bundle says, and the run after it is as without', async () => {
  const input = inputOf({ steps: 4, every: { log: 1, valid: 4, checkpoint: 4 } })
  const told = async () => resultOf(await Array.fromAsync(dryRun(input, bundle, { threads: 1 }))).scores
  expect(await told()).toEqual(await told())
  const still = { ...input, out: join(home, 'still'), learningRate: 1e-30 }
  const valid = (await Array.fromAsync(trainRun(still, bundle, { threads: 1 }))).find(({ type }) => type === 'valid')
  expect(await told()).toEqual((valid as { readonly scores: unknown }).scores)
  expect((await readRunConfig(still.out))!.report).toMatchObject({ unit: 'document', leak: { short: 0 } })
})

test('a policy is timed too, by its very draws', async () => {
  const input = inputOf({ trainer: 'policy', data: ['synthetic'], longest: 16, output: 8, steps: 2 })
  const found = resultOf(await Array.fromAsync(dryRun(input, bundle, { threads: 1 })))
  expect(found.data).toMatchObject({ unit: 'sheet', sides: null, leak: null })
  expect(found.scores.map(({ metric }) => metric)).toContain('overlap with the oracle')
})

test('over the contract: progress, the report first, cancelled between two steps, refused beside a training', async () => {
  const client = createRouterClient(engine.router)
  const { out: _, ...input } = inputOf({ steps: 3000 })
  const stop = new AbortController()
  const seen: string[] = []
  const cancelled = async () => {
    for await (const event of await client.train.dry(input, { signal: stop.signal })) {
      seen.push(event.type)
      if (event.type === 'progress') stop.abort()
    }
  }
  await expect(cancelled()).rejects.toMatchObject({ name: 'AbortError' })
  expect(seen).toEqual(['partial', 'progress'])
  const { id } = await client.train.begin(input)
  const refused = async () => Array.fromAsync(await client.train.dry(input))
  await expect(refused()).rejects.toMatchObject({ data: { code: 'training-busy' } })
  await client.train.discard({ id })
  // What was cancelled and what was refused hold nothing.
  const events = await Array.fromAsync(await client.train.dry({ ...input, steps: 2 }))
  expect(events.at(-1)).toMatchObject({ type: 'done', result: { steps: 2 } })
})

test('the command tells data, leaks, step, memory and the time of all steps', () => {
  const words = ['--dry', '--steps', '2', '--batch', '2', '--k', '4', '--longest', '8', '--output', '4']
  const place = ['--home', home, '--bundle', join(home, 'models'), '--data', join(home, 'alike.txt')]
  const argv = ['src/main/cli.ts', 'train', 'mixed', ...place, ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  for (const line of [
    /^data: trains on \d+ documents, [\d,]+ characters; held out/m,
    /^leaks: (\d+) of \1 held-out documents share a run of 13 words/m,
    /^step: .* \(quartiles .* of 2 spread over the run\)$/m,
    /^memory: \d+ MB at the peak, \d+ MB before$/m,
    /^all 2 steps: about .*; 0 validations of .* counted, 1 checkpoint not$/m,
  ])
    expect(stdout).toMatch(line)
})

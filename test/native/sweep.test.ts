/** Sweeps on the tiny bundle: what a cell says, what a folder refuses, what fails, what is measured again. */
import { ORPCError } from '@orpc/client'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSweepFolder, readSweepConfig } from '../../src/main/engine/bench/sweep/folder.ts'
import { prepareSweep, type Desk, type SweepEvent } from '../../src/main/engine/bench/sweep/run.ts'
import { openBundle } from '../../src/main/engine/store/bundle.ts'
import { cellsOf, keyOf } from '../../src/shared/grid.ts'
import type { FaultData } from '../../src/shared/fault.ts'
import type { SweepCell, SweepInput, SweepResult, SweepTold } from '../../src/shared/sweep.ts'
import { faultOf } from '../helpers/faults.ts'
import { finish } from '../helpers/jobs.ts'
import { smallSweep, sweepScene, type SweepScene } from '../helpers/sweepScene.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let scene: SweepScene
beforeAll(async () => {
  scene = await sweepScene()
})
afterAll(() => scene.close())

const at = (name: string): string => join(scene.home, name)
const cellOf = (told: readonly SweepTold[]): SweepCell[] =>
  told.flatMap((each) => (each.type === 'cell' ? [each.cell] : []))
/** The fault that a call of the contract ends in. */
async function refused(input: SweepInput): Promise<FaultData> {
  const error: unknown = await finish(await scene.client.sweep.run(input)).catch((thrown: unknown) => thrown)
  if (!(error instanceof ORPCError)) throw new Error(`expected a fault, got ${String(error)}`)
  return error.data
}
async function run(input: SweepInput) {
  const { result, partials } = await finish(await scene.client.sweep.run(input))
  const { cells } = await scene.client.sweep.open({ out: input.out })
  const find = (start: string): SweepCell => cells.find(({ key }) => key.startsWith(start))!
  return { result, measured: cellOf(partials).map(({ key }) => key.split('_strong')[0]), cells, find }
}

test('a cell says what eval qa says of the same setting, and is compared with full context case by case', async () => {
  const input = smallSweep(scene, { out: at('same'), limit: 4, repeats: 2, policies: ['learned', 'random'] })
  const { cells, find, result } = await run(input)
  expect(result).toMatchObject({ ended: 'finished', cells: 7, done: 7, failed: 0, pending: 0 })
  const { result: qa } = await finish(
    await scene.client.evaluate.qa({ ...input, questions: scene.questions, equal: 'passages' }),
  )
  for (const cell of qa.cells) {
    const own = cells.find(({ k, p, policy }) => {
      const [full, none] = [cell.p === 1, cell.p === 0]
      return p === cell.p && (full || (k === cell.k && policy === (none ? 'none' : cell.policy)))
    })!
    expect(own.quality).toMatchObject({ n: 4, em: cell.em, f1: cell.f1, recall: cell.recallAtK })
    expect(own.quality!.logPerplexity).toBeCloseTo(cell.logPerplexity ?? NaN, 4)
  }
  const [full, random] = [find('all'), find('k4_p0.5_random')]
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  expect(random.against!.logPerplexity!.difference).toBeCloseTo(
    mean(random.cases.map((each, i) => each.logPerplexity! - full.cases[i]!.logPerplexity!)),
    12,
  )
  expect(full).toMatchObject({ k: null, against: null, timing: { n: 8, full: null, speedup: null } })
  expect(random.timing).toMatchObject({ n: 8, full: { median: expect.any(Number) } })
  // What no phase explains is a phase too: none is negative, and together they are about the whole.
  const phases = Object.values(random.timing!.phases)
  expect(Math.min(...phases)).toBeGreaterThanOrEqual(0)
  expect(random.timing!.positions).toBe(
    random.cases.map(({ positions }) => positions).toSorted((a, b) => a - b)[1]! / 2 +
      random.cases.map(({ positions }) => positions).toSorted((a, b) => a - b)[2]! / 2,
  )
})

test('a grid is extended: only the new cells run, and the old ones stay to the byte', async () => {
  const input = smallSweep(scene, { out: at('grown'), ks: [4] })
  const first = await run(input)
  expect(first.measured).toEqual(['all', expect.stringMatching(/^k4/), expect.stringMatching(/^k4/)])
  const file = join(input.out, 'cells', `${first.find('k4_p0.5').key}.json`)
  const before = await readFile(file, 'utf8')
  expect((await run(input)).measured).toEqual([])
  const grown = await run({ ...input, ks: [8], ps: [0.5] })
  expect(grown.measured).toEqual(['k8_p0.5_learned'])
  expect(grown.cells).toHaveLength(4)
  expect(await readFile(file, 'utf8')).toBe(before)
  // A cell whose file was spoilt counts as not measured.
  await writeFile(file, before.slice(0, 40))
  expect((await run(input)).measured).toEqual(['k4_p0.5_learned'])
})

test('what contradicts the folder is refused, and says in what', async () => {
  const questions = at('own.jsonl')
  await copyFile(scene.questions, questions)
  const input = smallSweep(scene, { out: at('fixed'), questions: [questions], ks: [4], ps: [0] })
  await run(input)
  const refusal = async (change: Partial<SweepInput>): Promise<string> => {
    const fault = await refused({ ...input, ...change })
    expect(fault.code).toBe('run-other-settings')
    return fault.message
  }
  expect(await refusal({ seed: 8 })).toContain('with seed 7, now 8')
  expect(await refusal({ limit: 3, repeats: 2 })).toContain('with repeats 1, now 2; limit 2, now 3')
  expect(await refusal({ questions: [scene.questions.replace('test', 'valid')] })).toContain('own.jsonl')
  const other = at('other/bundle')
  await writeTinyBundle(other, 8)
  expect(await refusal({ bundles: [other] })).toContain('with the bundle tiny')
  const config = (await readSweepConfig(input.out))!
  const machine = { ...config.machine, threads: config.machine.threads + 1 }
  const elsewhere = await faultOf(openSweepFolder(input.out, { ...config, machine }))
  expect(elsewhere).toMatchObject({ code: 'run-other-settings', remedy: expect.stringContaining('two machines') })
  // Another set and another bundle beside the first ones are an extension.
  const wider = await run({
    ...input,
    questions: [questions, scene.questions.replace('test', 'valid')],
    bundles: [scene.models, other],
  })
  expect(wider.result).toMatchObject({ cells: 8, done: 8 })
  await writeFile(questions, (await readFile(questions, 'utf8')).replace(/\?/, '??'))
  expect(await refusal({})).toContain('which have changed since')
})

test('what cannot be measured is refused before the first cell', async () => {
  const input = smallSweep(scene, { out: at('refused') })
  const refusal = async (change: Partial<SweepInput>): Promise<string> => (await refused({ ...input, ...change })).code
  expect(await refusal({ ks: [5] })).toBe('k-unsupported')
  expect(await refusal({ ps: [1.5] })).toBe('p-out-of-range')
  expect(await refusal({ questions: [at('nowhere.jsonl')] })).toBe('file-missing')
  expect(await refusal({ index: at('nowhere') })).toBe('index-missing')
  await writeFile(at('open.jsonl'), '{"question": "Who?", "answers": [" "]}\n')
  expect(await refusal({ questions: [at('open.jsonl')] })).toBe('bad-input')
  expect(await readSweepConfig(input.out)).toBeNull()
})

test('cells that fail are listed with their reason and tried again; a full context that does not fit spoils no other', async () => {
  const input = smallSweep(scene, { out: at('failing'), passages: [24], ks: [4, 16], limit: 1 })
  const { result, find } = await run(input)
  // So many passages are more than a window of 1,024 in full and at p = 0.5.
  expect(result).toMatchObject({ ended: 'finished', done: 2, failed: 3 })
  expect(find('all')).toMatchObject({ state: 'failed', fault: { code: 'context-too-long' }, quality: null, cases: [] })
  expect(find('k16_p0_none')).toMatchObject({ state: 'done', timing: { full: null, speedup: null }, against: null })
  const again = await run(input)
  expect(again.measured).toHaveLength(3)
  expect(new Set(again.measured)).toEqual(new Set(['all', 'k16_p0.5_learned', 'k4_p0.5_learned']))
  const stopped = await run({ ...input, errors: 1 })
  expect(stopped.result).toMatchObject({ ended: 'errors', failed: 3 })
  expect(stopped.measured).toEqual(['all'])
})

test('cells measured before their full context was are compared with it when it is there', async () => {
  const input = smallSweep(scene, { out: at('late'), ks: [4] })
  const { find } = await run(input)
  await rm(join(input.out, 'cells', `${find('all').key}.json`))
  const file = join(input.out, 'cells', `${find('k4_p0.5').key}.json`)
  await writeFile(file, JSON.stringify({ ...find('k4_p0.5'), against: null }))
  const again = await run(input)
  expect(again.measured).toEqual(['all', 'k4_p0.5_learned'])
  expect(again.find('k4_p0.5').against).toEqual(find('k4_p0.5').against)
})

/** A desk whose clocks a test moves. */
async function deskWith(clock: { monotonic: () => number; wall: () => number }, signal?: AbortSignal): Promise<Desk> {
  const index = { name: 'x', made: 'x', retrieve: async () => [] }
  const bundle = await openBundle(scene.models)
  const elsewhere = () => Promise.reject(new Error('no server was asked for'))
  const own = { bundle, elsewhere, threads: 1, clock, signal }
  return { ...own, useIndex: (_path, work) => work(index), take: async () => () => {} }
}
async function drain(running: AsyncGenerator<SweepEvent, SweepResult>) {
  const events: SweepEvent[] = []
  for (;;) {
    const next = await running.next()
    if (next.done) return { events, result: next.value }
    events.push(next.value)
  }
}

test('a cell that the machine slept through is invalid, and measured again', async () => {
  const input = smallSweep(scene, { out: at('slept'), ks: [4], ps: [0] })
  const time = { monotonic: 0, wall: 1e6 }
  const clock = { monotonic: () => (time.monotonic += 10), wall: () => (time.wall += 10) }
  const running = await prepareSweep(input, await deskWith(clock))
  const cells: SweepCell[] = []
  for await (const event of running) {
    if (event.type === 'cell') cells.push(event.cell)
    // In the middle of the first cell the lid is closed for a while: the clock of the process stands still.
    if (event.type === 'run' && cells.length === 0 && time.wall < 2e6) time.wall = 2e6
  }
  expect(cells.map(({ state }) => state)).toEqual(['invalid', 'done'])
  expect(cells[0]!.fault).toMatchObject({
    code: 'cell-disturbed',
    message: expect.stringMatching(/suspended for 1000 s/),
  })
  const again = await drain(await prepareSweep(input, await deskWith(clock)))
  expect(again.events.flatMap((event) => (event.type === 'cell' ? [event.cell.state] : []))).toEqual(['done'])
})

test('time left comes from the cells that finished, and the time given ends a sweep between two cells', async () => {
  const input = smallSweep(scene, { out: at('timed'), ps: [0, 0.5], limit: 1, minutes: 1 })
  let now = 0
  // Each look at the clock is a second later: a cell takes one, by what it sees.
  const clock = { monotonic: () => (now += 1000), wall: () => now + 1000 }
  const { events, result } = await drain(await prepareSweep(input, await deskWith(clock)))
  expect(result.ended).toBe('finished')
  const left = events.flatMap((event) => (event.type === 'run' ? [event.secondsLeft] : []))
  expect(left[0]).toBeNull()
  expect(left.at(-1)).toBe(0)
  expect(left.slice(1, -2).every((seconds) => seconds !== null && seconds > 0)).toBe(true)
  const short = smallSweep(scene, { out: at('short'), limit: 1, minutes: 0.05 })
  now = 0
  const cut = await drain(await prepareSweep(short, await deskWith(clock)))
  expect(cut.result.ended).toBe('minutes')
  expect(cut.result.done).toBeGreaterThan(0)
  expect(cut.result.pending).toBeGreaterThan(0)
})

test('the order is shuffled with the seed, full context first', async () => {
  const order = async (name: string, seed: number): Promise<string[]> => {
    const input = smallSweep(scene, { out: at(name), ks: [4, 8], ps: [0, 0.25, 0.5], limit: 1, seed })
    return (await run(input)).measured as string[]
  }
  const [a, b, c] = [await order('order a', 1), await order('order b', 1), await order('order c', 2)]
  expect(a).toEqual(b)
  expect(c).not.toEqual(a)
  expect(c.toSorted()).toEqual(a.toSorted())
  expect([a[0], c[0]]).toEqual(['all', 'all'])
  const config = (await readSweepConfig(at('order a')))!
  expect(cellsOf(config.grids).map((point) => keyOf(point).split('_strong')[0])).not.toEqual(a)
})

test('a probe tells the cases and what an ask takes, and writes nothing', async () => {
  const { out: _out, ...input } = smallSweep(scene, { out: '' })
  const probe = await scene.client.sweep.probe({ ...input, limit: 9 })
  expect(probe.cases).toBe(9)
  expect(probe.fullMs).toBeGreaterThan(probe.firstMs)
  expect(probe.compressedMs).toBeGreaterThan(0)
  await expect(scene.client.sweep.probe({ ...input, ks: [5] })).rejects.toMatchObject({
    data: { code: 'k-unsupported' },
  })
  expect(await scene.client.sweep.list()).toEqual([])
})

test('chosen cells are measured again; a full context that is takes what was compared with it along', async () => {
  const { client } = scene
  const begin = async (input: Omit<SweepInput, 'out'> & { readonly out?: string }) => {
    const { id } = await client.sweep.begin(input)
    const { partials } = await finish(await client.sweep.follow({ id }))
    const { info } = (await client.sweep.list()).map((each) => ({ info: each })).find((each) => each.info.id === id)!
    return { id, info, partials }
  }
  const { out: _out, ...input } = smallSweep(scene, { out: '', ks: [4] })
  const { id, info } = await begin(input)
  const before = (await client.sweep.open({ out: info.input.out })).cells
  expect(before).toHaveLength(3)
  const [fullKey, halfKey] = ['all', 'k4_p0.5'].map((start) => before.find(({ key }) => key.startsWith(start))!.key)
  await client.sweep.forget({ id, keys: [halfKey!] })
  expect((await client.sweep.open({ out: info.input.out })).cells).toHaveLength(2)
  await client.sweep.forget({ id, keys: [fullKey!] })
  const left = (await client.sweep.open({ out: info.input.out })).cells
  expect(left.map(({ key, against }) => [key.split('_strong')[0], against])).toEqual([['k4_p0_none', null]])
  await begin({ ...input, out: id })
  const after = (await client.sweep.open({ out: info.input.out })).cells
  // Quality is the same to the digit, the comparison is there again.
  expect(after.map(({ quality, against }) => [quality, against])).toEqual(
    before.map(({ quality, against }) => [quality, against]),
  )
  expect(
    await client.sweep.forget({ id, keys: ['nothing'] }).catch((error: ORPCError<string, FaultData>) => error.data),
  ).toMatchObject({
    code: 'bad-input',
  })
  await client.sweep.discard({ id })
})

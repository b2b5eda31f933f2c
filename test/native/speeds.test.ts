/** Speeds of models and bundles: what is read and made, kept beside them, and nothing of a run that was cancelled. */
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SpeedInput, type Rate, type SpeedTarget } from '../../src/shared/speed.ts'
import type { Asking } from '../../src/main/engine/serve/asking.ts'
import { openDevices } from '../../src/main/engine/serve/devices.ts'
import { makeLock } from '../../src/main/engine/serve/lock.ts'
import { importFolder } from '../../src/main/engine/serve/importing.ts'
import { benchModel, listSpeeds, staleness } from '../../src/main/engine/serve/speeds.ts'
import { openSettings } from '../../src/main/engine/store/settings.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { resultOf } from '../helpers/jobResult.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

const fixtures = join(import.meta.dirname, '../fixtures/models')

async function scene() {
  const home = await folderWith()
  const devices = openDevices(home, { settings: openSettings(home, () => {}), log: () => {} })
  const at = { devices, lock: makeLock() } as unknown as Asking
  const take = async (name: string): Promise<SpeedTarget> => {
    await resultOf(importFolder({ path: join(fixtures, name), name, dtype: 'f32' }, home))
    return { kind: 'model', name }
  }
  const bench = (input: SpeedInput, signal?: AbortSignal) => benchModel(SpeedInput.parse(input), home, at, signal)
  return { home, at, take, bench, kept: (target: SpeedTarget) => listSpeeds(target, home, at) }
}

/** Finite, positive, in order; how fast it is says nothing of the code. */
function isRate(rate: Rate | null, n: number): void {
  expect(rate).not.toBeNull()
  const { median = NaN, quartiles = [NaN, NaN], n: counted } = rate ?? {}
  expect(counted).toBe(n)
  const [low, high] = quartiles
  expect([low, median, high].every((value) => Number.isFinite(value) && value > 0)).toBe(true)
  expect([low, median, high]).toEqual([low, median, high].toSorted((a, b) => a - b))
}

test('a decoder reads what its window leaves, and is kept with what it ran on', async () => {
  const { take, bench, kept } = await scene()
  const target = await take('stories260K')
  const runs: number[] = []
  const input = { target, prompt: 4096, tokens: 4, repeats: 3, threads: 1, weights: 'int8' } as const
  let found
  for await (const event of bench(input)) {
    if (event.type === 'progress') runs.push(event.done)
    else if (event.type === 'done') found = event.result
  }
  // One run is dropped and told all the same.
  expect(runs).toEqual([0, 1, 2, 3, 4])
  expect(found).toMatchObject({ positions: 508, tokens: 4, encode: null, chunks: null })
  expect(found).toMatchObject({ device: 'cpu', weights: 'int8', threads: 1, stale: null })
  isRate(found?.prefill ?? null, 3)
  isRate(found?.decode ?? null, 3)
  expect(await kept(target)).toEqual([found])
})

test('an encoder is timed in chunks; taken again the same way it is told once, another way beside it', async () => {
  const { take, bench, kept } = await scene()
  const target = await take('bert')
  const first = await resultOf(bench({ target, prompt: 64, repeats: 2, threads: 1 }))
  expect(first).toMatchObject({
    prefill: null,
    decode: null,
    positions: null,
    tokens: null,
    chunks: { count: 4, k: 16 },
  })
  isRate(first.encode, 2)
  const second = await resultOf(bench({ target, prompt: 64, repeats: 2, threads: 1 }))
  const third = await resultOf(bench({ target, prompt: 64, repeats: 2, threads: 2 }))
  expect(await kept(target)).toEqual([third, second])
})

test('a bundle has both, and its folder is left as it was', async () => {
  const { home, bench, kept } = await scene()
  const folder = join(home, 'elsewhere')
  await writeTinyBundle(folder)
  const before = await readdir(folder)
  const target = { kind: 'bundle', folder } as const
  const found = await resultOf(bench({ target, prompt: 64, tokens: 3, repeats: 2, threads: 1 }))
  expect(found).toMatchObject({ positions: 64, tokens: 3, chunks: { count: 16, k: 4 } })
  for (const rate of [found.prefill, found.decode, found.encode]) isRate(rate, 2)
  expect(await readdir(folder)).toEqual(before)
  // The same weights elsewhere are as fast.
  await cp(folder, join(home, 'copy'), { recursive: true })
  expect(await kept({ kind: 'bundle', folder: join(home, 'copy') })).toEqual([found])
})

test('cancelled in the middle, nothing is kept and the machine is free for the next', async () => {
  const { take, bench, kept } = await scene()
  const target = await take('stories260K')
  const stop = new AbortController()
  const cancelled = (async () => {
    for await (const event of bench({ target, prompt: 64, repeats: 900 }, stop.signal))
      if (event.type === 'progress' && event.done === 2) stop.abort()
  })()
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' })
  expect(await kept(target)).toEqual([])
  await resultOf(bench({ target, prompt: 64, repeats: 1 }))
  expect(await kept(target)).toHaveLength(1)
})

test('what cannot be timed says why', async () => {
  const { take, bench } = await scene()
  const target = await take('stories260K')
  const faults = [
    [{ target: { kind: 'model', name: 'nobody' } }, 'model-missing'],
    [{ target, tokens: 512 }, 'context-too-long'],
    [{ target, device: 'dml' }, 'device-failed'],
    [{ target, weights: 'f16' }, 'bad-input'],
  ] as const
  for (const [input, code] of faults) expect((await faultOf(resultOf(bench(input)))).code).toBe(code)
})

test('another runtime or machine makes a speed stale, in words', () => {
  const now = { machine: 'this one', onnxruntime: '1.2.3' }
  expect(staleness(now, now)).toBeNull()
  expect(staleness({ ...now, onnxruntime: '1.2.2' }, now)).toBe('measured with onnxruntime 1.2.2; it is 1.2.3 now')
  expect(staleness({ ...now, machine: 'another' }, now)).toBe('measured on another machine: another')
})

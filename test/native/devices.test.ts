/** Devices: probed one by one in processes of their own, chosen, overridden, fallen back from, and told in every run. */
import { createRouterClient } from '@orpc/server'
import { fork } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deviceNames } from '../../src/shared/deviceNames.ts'
import type { DeviceProbe } from '../../src/shared/devices.ts'
import { firstSettings, type Settings } from '../../src/shared/settings.ts'
import { createEngine } from '../../src/main/engine/engine.ts'
import { listedDevices } from '../../src/main/engine/graph/devices.ts'
import { probe, type StartProbe } from '../../src/main/engine/graph/probe.ts'
import { agreement } from '../../src/main/engine/graph/probeRun.ts'
import { fastest, openDevices, type DevicesOptions } from '../../src/main/engine/serve/devices.ts'
import { makeLock } from '../../src/main/engine/serve/lock.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

/** Probes run in a process that does what a bad driver does. */
const misbehaving =
  (how: string): StartProbe =>
  () => {
    const child = fork(join(import.meta.dirname, '..', 'helpers', 'badDriver.ts'), [how], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    return {
      onMessage: (callback) => child.on('message', callback),
      onExit: (callback) => child.on('close', (code, signal) => callback(signal ?? `exit code ${code}`)),
      kill: () => child.kill('SIGKILL'),
    }
  }

describe('a device is probed in a process of its own', () => {
  test('the CPU agrees with itself to the bit, and is timed', async () => {
    const found = await probe('cpu', { threads: 1 })
    expect(found).toMatchObject({ listed: true, works: true, reason: null, maxAbsDiff: 0, half: false })
    expect(found.times).toMatchObject({ copiedBytes: 0, cacheStays: true })
    expect(found.times!.prefillMs).toBeGreaterThan(found.times!.stepMs)
    expect(found.times!.stepMs).toBeGreaterThan(0)
  }, 60_000)

  test.each([
    ['crashes', /ended while opening: SIGSEGV/],
    ['ends', /ended while opening: exit code 3/],
    ['hangs', /hung: nothing was heard for 3 s while opening/],
    ['refuses', /no adapter was found/],
    ['0.5', /numbers are not the CPU's: logits differ by up to 0.50, 0.001 is allowed/],
    ['NaN', /numbers that are none/],
  ])('a driver that %s becomes a reason in words, and the engine lives', async (how, reason) => {
    const found = await probe('cpu', {
      threads: 1,
      start: misbehaving(how),
      silenceMs: how === 'hangs' ? 3000 : 20_000,
    })
    expect(found).toMatchObject({ listed: true, works: false, times: null, reason: expect.stringMatching(reason) })
    expect(found.maxAbsDiff).toBe(how === '0.5' ? 0.5 : null)
    expect(agreement).toBe(1e-3)
  })

  test('a device that this build does not know is told so without a process', async () => {
    const unknown = deviceNames.find((name) => !listedDevices().includes(name))!
    const start: StartProbe = () => {
      throw new Error('a process was started')
    }
    expect(await probe(unknown, { threads: 1, start })).toMatchObject({ listed: false, works: false })
  })

  test('an abort ends the probe', async () => {
    const stop = new AbortController()
    const probing = probe('cpu', { threads: 1, start: misbehaving('hangs'), signal: stop.signal })
    stop.abort()
    await expect(probing).rejects.toThrow(/abort/i)
  })
})

const found = (device: DeviceProbe['device'], times: [number, number] | null): DeviceProbe => ({
  device,
  listed: true,
  works: times !== null,
  reason: times === null ? 'it was dropped' : null,
  maxAbsDiff: times === null ? null : 1e-6,
  block: null,
  half: false,
  times: times && { prefillMs: times[0], stepMs: times[1], rounds: 3, copiedBytes: 0, cacheStays: true },
})

test('the fastest is the one that answers first, prefill and 16 steps; without the CPU’s own times it is the CPU', () => {
  expect(fastest([])).toBe('cpu')
  expect(fastest([found('cpu', [10, 2]), found('webgpu', [1, 3])])).toBe('cpu')
  expect(fastest([found('cpu', [10, 2]), found('webgpu', [1, 2])])).toBe('webgpu')
  expect(fastest([found('cpu', [10, 2]), found('cuda', null), found('webgpu', [1, 1])])).toBe('webgpu')
  expect(fastest([found('webgpu', [1, 1])])).toBe('cpu')
})

describe('the device in use', () => {
  const said: string[] = []
  const open = (home: string, settings: Partial<Settings>, more: Partial<DevicesOptions> = {}) =>
    openDevices(home, {
      settings: {
        read: () => ({ ...firstSettings, ...settings }),
        write: () => Promise.reject(new Error('no')),
        close: () => Promise.resolve(),
      },
      log: (line) => said.push(line),
      ...more,
    })
  /** Writes probes as the engine keeps them: by probing with processes that say so. */
  async function keep(home: string, probes: readonly DeviceProbe[]): Promise<void> {
    for await (const event of open(home, {}, { startProbe: misbehaving('crashes') }).probe(makeLock())) void event
    const path = join(home, 'devices.json')
    const kept = JSON.parse(await readFile(path, 'utf8'))
    await writeFile(path, JSON.stringify({ ...kept, probes }))
  }

  test('nothing is probed by itself: until a probe is kept, automatic is the CPU', async () => {
    const home = await folderWith()
    const devices = open(home, {}, { startProbe: misbehaving('crashes') })
    expect((await devices.running()).use).toEqual({
      device: 'cpu',
      label: 'CPU',
      block: null,
      wanted: 'automatic',
      fellBack: null,
    })
    expect(await devices.read()).toMatchObject({ probes: [], probed: null, next: 'cpu' })
  })

  test('automatic takes the fastest of the probes kept, and what probing says later is for the next start', async () => {
    const home = await folderWith()
    await keep(home, [found('cpu', [10, 2]), found('webgpu', [1, 1])])
    const devices = open(home, {})
    expect((await devices.running()).use).toMatchObject({ device: 'webgpu', label: 'WebGPU', wanted: 'automatic' })
    await keep(home, [found('cpu', [10, 2]), found('webgpu', null)])
    expect((await devices.running()).use.device).toBe('webgpu')
    expect((await devices.read()).next).toBe('cpu')
  })

  test('probes of another machine, another driver, or a damaged file do not count', async () => {
    const home = await folderWith()
    await keep(home, [found('cpu', [10, 2]), found('webgpu', [1, 1])])
    const path = join(home, 'devices.json')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"machine":"', '"machine":"other '))
    expect((await open(home, {}).running()).use.device).toBe('cpu')
    await writeFile(path, text.slice(0, 40))
    expect((await open(home, {}).running()).use.device).toBe('cpu')
  })

  test('a setting that fails gives way to the CPU and says why; a device that the door names is a fault', async () => {
    const home = await folderWith()
    const startProbe = misbehaving('crashes')
    const listed = listedDevices().at(-1)!
    const wanted = listed === 'cpu' ? 'dml' : listed
    const running = await open(home, { device: wanted }, { startProbe }).running()
    expect(running.use).toMatchObject({ device: 'cpu', wanted, fellBack: { from: wanted, reason: expect.any(String) } })
    expect(said.at(-1)).toContain('The CPU is used.')
    const fault = await faultOf(open(home, {}, { startProbe, device: wanted }).running())
    expect(fault).toMatchObject({ code: 'device-failed', remedy: expect.stringContaining('refrag devices') })
    const unknown = await faultOf(open(home, {}, { device: 'tpu' }).running())
    expect(unknown).toMatchObject({ code: 'device-failed', message: 'There is no device "tpu".' })
    expect(unknown.remedy).toContain('cpu, cuda, dml, coreml, webgpu, automatic')
  })

  test('what the door names stands over the setting', async () => {
    const home = await folderWith()
    await keep(home, [found('cpu', [10, 2]), found('webgpu', [20, 4])])
    expect((await open(home, { device: 'cpu' }, { device: 'webgpu' }).running()).use.device).toBe('webgpu')
    expect(await open(home, { device: 'webgpu', weights: 'int8' }, { device: 'cpu' }).running()).toMatchObject({
      use: { device: 'cpu', wanted: 'cpu' },
      format: 'int8',
      arena: true,
    })
  })
})

test('every run and the engine’s health tell the device, the weights, and what was given up', async () => {
  const missing = deviceNames.find((name) => !listedDevices().includes(name))!
  const home = await folderWith({ 'settings.json': JSON.stringify({ device: missing, weights: 'int8' }) })
  await writeTinyBundle(join(home, 'models', 'tiny'))
  const options = { home, models: join(home, 'models'), log: () => {} }
  const engine = await createEngine(options)
  const client = createRouterClient(engine.router)
  expect(await client.health()).toMatchObject({
    device: 'CPU',
    weights: 'int8',
    fellBack: expect.stringContaining('was asked for'),
  })
  let manifest: unknown = null
  for await (const event of await client.ask({ question: 'Who?', index: '', passages: 0, maxTokens: 2 }))
    if (event.type === 'done') manifest = event.run.manifest
  expect(manifest).toMatchObject({
    device: 'CPU',
    weights: 'int8',
    fellBack: { from: missing, reason: expect.stringContaining('does not know it') },
  })
  await engine.close()
  const named = await createEngine({ ...options, device: missing })
  await expect(createRouterClient(named.router).health()).rejects.toMatchObject({ data: { code: 'device-failed' } })
  await named.close()
})

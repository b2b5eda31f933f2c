/** The decoder in half precision, on the CPU by way of f32: near the whole one, with half the cache, and no number lost unseen. */
import { expect, test } from 'vitest'
import { firstSettings } from '../../src/shared/settings.ts'
import { openAttention } from '../../src/main/engine/expand/attention.ts'
import { openDecoder } from '../../src/main/engine/expand/decoder.ts'
import type { BoundWeights, Tensor } from '../../src/main/engine/graph/value.ts'
import { keptFormat } from '../../src/main/engine/models/manifest.ts'
import { heldBytes } from '../../src/main/engine/nets/held.ts'
import { randomFile } from '../../src/main/engine/bench/randomFile.ts'
import { openDevices } from '../../src/main/engine/serve/devices.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { numbersFrom } from '../helpers/numbers.ts'
import { tinyBundle } from '../helpers/tinyBundle.ts'

const { config, weights } = await tinyBundle()
const { hidden } = config.decoder
const rows = numbersFrom(100 * hidden, 3)
const gapOf = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0)

/** Logits of a prefill and of a step, then the attention of three rows behind them. */
async function found(format: 'f32' | 'f16', held: BoundWeights = weights) {
  const decoder = await openDecoder(config.decoder, held, { threads: 1, format })
  decoder.reserve(128)
  const logits = [
    ...(await decoder.feed(rows.subarray(0, 90 * hidden), 'all')),
    ...(await decoder.feed(rows.subarray(90 * hidden, 91 * hidden), 'last')),
  ]
  const attention = openAttention(config.decoder, held, { threads: 1, format })
  const groups = { of: new Int32Array(94).fill(1, 40), count: 2 }
  const { mass } = await attention.mass(decoder, rows.slice(0, 3 * hidden), groups, { layers: [0], heads: [1] })
  const cacheBytes = decoder.cacheBytes()
  await attention.close()
  await decoder.close()
  return { logits, mass: mass.flatMap((each) => [...each]), cacheBytes }
}

test('f16 gives the logits and the attention of f32 to its rounding, over a cache of half the size', async () => {
  const [whole, half] = [await found('f32'), await found('f16')]
  expect(half.logits).toHaveLength(91 * config.decoder.vocabulary)
  expect(gapOf(half.logits, whole.logits)).toBeLessThan(2e-3)
  expect(gapOf(half.logits, whole.logits)).toBeGreaterThan(0)
  expect(gapOf(half.mass, whole.mass)).toBeLessThan(1e-3)
  expect(half.cacheBytes).toBe(whole.cacheBytes / 2)
  expect(heldBytes(config.decoder, 'f16')).toBe(heldBytes(config.decoder, 'f32') / 2)
})

test('f16 that lies in a file is read as it lies there', async () => {
  const file = await randomFile(config.decoder, 'f16', 5)
  try {
    const stored = await found('f16', file.weights)
    const read = await found('f32', file.weights)
    expect([...file.weights.values()].every(({ dtype }) => dtype === 'float16')).toBe(true)
    expect(gapOf(stored.logits, read.logits)).toBeLessThan(0.03)
  } finally {
    await file.remove()
  }
})

test('a weight past what f16 has is named', async () => {
  const name = 'decoder.layers.0.feedForward.down'
  const own = weights.get(name) as Tensor
  const large = { ...own, data: Float32Array.from(own.data as Float32Array, (value, i) => (i === 9 ? 70_000 : value)) }
  const fault = await faultOf(openDecoder(config.decoder, new Map(weights).set(name, large), { format: 'f16' }))
  expect(fault.code).toBe('bad-input')
  expect(fault.message).toContain(`${name} holds a number past 65,504`)
})

test('where nothing computes in f16 the settings give way to f32 with a word, and a door that asked for it is refused', async () => {
  const home = await folderWith({})
  const settings = {
    read: () => ({ ...firstSettings, device: 'cpu', weights: 'f16' }) as const,
    write: () => Promise.reject(new Error('unused')),
  }
  const said: string[] = []
  const log = (line: string): void => void said.push(line)
  expect((await openDevices(home, { settings: settings as never, log }).running()).format).toBe('f32')
  expect(said).toEqual(['CPU does not compute in f16. The decoder is held in f32.'])
  const fault = await faultOf(openDevices(home, { settings: settings as never, log, weights: 'f16' }).running())
  expect(fault).toMatchObject({ code: 'bad-input', remedy: expect.stringContaining('int8') as string })
})

test('a model kept in f16 is computed in f32 unless f16 is asked for', () => {
  expect(['f32', 'f16', 'int8', 'int4'].map((dtype) => keptFormat({ dtype: dtype as never }))).toEqual([
    'f32',
    'f32',
    'int8',
    'int4',
  ])
})

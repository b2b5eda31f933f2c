/** The latency model, the footprint, disturbances and the picture of `bench ttft`, on figures made by hand. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drawTtft } from '../../src/main/cli/ttftPicture.ts'
import { discharging, disturbances, type Gauge } from '../../src/main/engine/bench/disturbance.ts'
import { kvBytes, refusal } from '../../src/main/engine/bench/footprint.ts'
import {
  fitLatency,
  fitSpeed,
  modelCache,
  modelOperations,
  modelStep,
} from '../../src/main/engine/bench/latencyModel.ts'
import { restOf } from '../../src/main/engine/bench/ttftRow.ts'
import { paperSpeedup } from '../../src/shared/paperLatency.ts'
import { tinyConfig } from '../helpers/tinyBundle.ts'
import { ttftRow } from '../helpers/ttftRow.ts'

describe('the latency model', () => {
  test("is the paper's: operations and cache of LLaMA-2-7B at 2,048 positions", () => {
    const sizes = { hidden: 4096, layers: 32, parameters: 6.7e9 }
    // (24 d² + 4 d s) l s, Table 6.
    expect(modelOperations(sizes, 2048)).toBe((24 * 4096 ** 2 + 4 * 4096 * 2048) * 32 * 2048)
    expect(modelCache(sizes, 2048)).toBe(2 * 4 * 4096 * 32 * 2048)
    expect(modelStep(sizes, 0)).toBe(4 * 6.7e9)
  })

  test('finds again the speed that points were made with, and weighs short and long alike', () => {
    const points = [1e6, 1e9, 1e12].map((work) => ({ work, seconds: work / 5e9 }))
    expect(fitSpeed(points)).toBeCloseTo(5e9, 0)
    const [slow, fast] = [
      { work: 1e6, seconds: 1e6 / 4e9 },
      { work: 1e12, seconds: 1e12 / 6e9 },
    ]
    const fitted = fitSpeed([slow, fast])
    const errors = [slow, fast].map(({ work, seconds }) => work / fitted / seconds - 1)
    // Least squares of the relative errors: their derivative by 1 / speed is zero.
    expect(errors[0]! * 4 + errors[1]! * 6).toBeCloseTo(0, 9)
  })

  test('gives back f where the rows follow it, and says how far others lie', () => {
    const { decoder, encoder } = tinyConfig
    const sizes = { hidden: decoder.hidden, layers: decoder.layers, parameters: 0 }
    const rows = [512, 2048].map((context) =>
      ttftRow({ context, k: 8, p: 0, fullMs: (1000 * modelOperations(sizes, context)) / 3e9, refragMs: 1 }),
    )
    const model = fitLatency(rows, decoder, encoder)
    expect(model?.f).toBeCloseTo(3e9, -3)
    expect(model?.m).toBeNull()
    for (const residual of model?.residuals.ttft ?? []) expect(residual).toBeCloseTo(0, 9)
    const compressed = model?.rows.find(({ k, context }) => k === 8 && context === 2048)
    expect(compressed?.predicted.ttftMs).toBeCloseTo((1000 * modelOperations(sizes, 2048 / 8)) / 3e9, 6)
    expect(compressed?.measured.ttftMs).toBe(1)
    expect(fitLatency([], decoder, encoder)).toBeNull()
  })
})

describe('memory', () => {
  test('of the KV cache is two vectors of every head in every layer for each position', () => {
    expect(kvBytes(tinyConfig.decoder, 100)).toBe(2 * 2 * 1 * 16 * 100 * 4)
  })

  test('is asked for before a context is begun, and so is the window', () => {
    expect(refusal(tinyConfig.decoder, 500, 16, 2 ** 34)).toBeNull()
    expect(refusal(tinyConfig.decoder, 1020, 16, 2 ** 34)).toBe(
      "1036 positions are more than the decoder's window of 1024",
    )
    expect(refusal(tinyConfig.decoder, 500, 16, 2 ** 18)).toMatch(/^about \d+ MiB needed, 0 MiB free$/)
  })
})

test('what stands below the bound adds up to the phases', () => {
  const phases = {
    retrieve: null,
    select: 1,
    lookUp: 2,
    encode: 3,
    project: 4,
    layout: 5,
    prefill: 60,
    sample: 6,
    other: 7,
  }
  const rest = restOf(phases, { prefill: 40, encoding: 2 }, 1, { logitsMs: 9, copiedBytes: 128 })
  expect(rest).toMatchObject({ idealMs: 42, prefillMs: 20, encodeMs: 5, layoutMs: 5, hostMs: 16 })
  const { idealMs, prefillMs, encodeMs, layoutMs, hostMs } = rest
  expect(idealMs + prefillMs + encodeMs + layoutMs + hostMs).toBe(1 + 2 + 3 + 4 + 5 + 60 + 6 + 7)
})

describe('disturbances', () => {
  const calm: Gauge = { wall: 0, monotonic: 0, busy: 0, idle: 0, own: 0, onBattery: false }
  const later = (more: Partial<Gauge>): Gauge => ({
    wall: 10_000,
    monotonic: 10_000,
    busy: 10_000,
    idle: 10_000,
    own: 9800,
    onBattery: false,
    ...more,
  })

  test('are none where the machine was ours', () => {
    expect(disturbances(calm, later({}))).toEqual([])
  })

  test('are sleep, other work and battery', () => {
    expect(disturbances(calm, later({ wall: 70_000 }))).toEqual(['the machine slept or its clock was set: 60 s'])
    expect(disturbances(calm, later({ own: 5000 }))).toEqual(['load: other work took 25 % of the processors'])
    expect(disturbances(calm, later({ onBattery: true }))).toEqual(['on battery'])
  })

  test('of a moment too short to count say nothing of load', () => {
    expect(disturbances(calm, later({ wall: 200, monotonic: 200, own: 0 }))).toEqual([])
  })

  test('a battery that is being emptied is found among the supplies', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'supplies-'))
    try {
      expect(await discharging(folder)).toBeNull()
      for (const [name, type, status] of [
        ['AC', 'Mains', ''],
        ['BAT0', 'Battery', 'Charging'],
      ] as const) {
        await mkdir(join(folder, name))
        await writeFile(join(folder, name, 'type'), `${type}\n`)
        await writeFile(join(folder, name, 'status'), `${status}\n`)
      }
      expect(await discharging(folder)).toBe(false)
      await writeFile(join(folder, 'BAT0', 'status'), 'Discharging\n')
      expect(await discharging(folder)).toBe(true)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe("beside the paper's points", () => {
  test('stand those of its figures 2, 8 and 9, and none that it does not have', () => {
    expect(paperSpeedup(16_384, 16, true)).toBe(16.53)
    expect(paperSpeedup(16_384, 32, true)).toBe(30.86)
    expect(paperSpeedup(16_384, 16, false)).toBe(8.59)
    expect(paperSpeedup(16_384, 8, false)).toBeNull()
    expect(paperSpeedup(1000, 16, true)).toBeNull()
  })

  test('the picture draws ours in full, theirs dashed, as far as ours reach', () => {
    const rows = [512, 2048].flatMap((context) =>
      [8, 16].map((k) => ttftRow({ arch: 'a <b> & "c"', context, k, p: 0, fullMs: context, refragMs: context / k })),
    )
    const svg = drawTtft(rows, fitLatency(rows, tinyConfig.decoder, tinyConfig.encoder))
    const tags = new Tags(svg)
    expect(tags.open).toEqual([])
    expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot;')
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)
    for (const name of ['k 8', 'k 16', 'paper k 8', 'paper k 16', 'full', 'model full']) expect(texts).toContain(name)
    const dashed = [...svg.matchAll(/<polyline points="([^"]*)"[^>]*stroke-dasharray="5 3"/g)]
    expect(dashed.map(([, points = '']) => points.split(' ').length)).toEqual([3, 3])
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })
})

/** Which elements of a text of XML are not closed; enough to see that a picture is well formed. */
class Tags {
  readonly open: string[] = []
  constructor(text: string) {
    for (const [, end, name = '', alone] of text.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
      if (alone === '/') continue
      if (end === '/') {
        if (this.open.at(-1) === name) this.open.pop()
        else this.open.push(`/${name}`)
      } else this.open.push(name)
    }
  }
}

/** What stands beside the clock: the paper's model and points, memory by sizes, what lies below the bound, disturbances. */
import { describe, expect, test } from 'vitest'
import { encodeOperations } from '../../src/main/engine/bench/arch.ts'
import { randomShapes } from '../../src/main/engine/bench/shapes.ts'
import { discharging, disturbances, type Gauge } from '../../src/main/engine/bench/disturbance.ts'
import { decoderParameters, kvBytes, neededMiB, refusal } from '../../src/main/engine/bench/footprint.ts'
import {
  fitLatency,
  fitSpeed,
  modelCache,
  modelOperations,
  modelStep,
} from '../../src/main/engine/bench/latencyModel.ts'
import { restOf } from '../../src/main/engine/bench/ttftRow.ts'
import { drawTtft } from '../../src/shared/ttftPicture.ts'
import { decoderGraph } from '../../src/main/engine/expand/decoder.ts'
import { paperSpeedup } from '../../src/shared/paperLatency.ts'
import { folderWith } from '../helpers/folder.ts'
import { ttftArm, ttftRow } from '../helpers/ttftRow.ts'
import { tinyConfig } from '../helpers/tinyBundle.ts'

const { decoder, encoder } = tinyConfig

describe("the paper's latency model", () => {
  test('counts as by hand', () => {
    const sizes = { hidden: 4, layers: 2, parameters: 100, bytesPerNumber: 4 }
    expect(modelOperations(sizes, 3)).toBe((24 * 16 + 4 * 4 * 3) * 2 * 3)
    expect(modelCache(sizes, 3)).toBe(2 * 4 * 4 * 2 * 3)
    expect(modelStep(sizes, 3)).toBe(4 * 100 + 192)
    // Half of it in half precision.
    expect(modelStep({ ...sizes, bytesPerNumber: 2 }, 3)).toBe(2 * 100 + 96)
  })

  test('a speed is found again, and errors of both sides meet in the middle', () => {
    expect(fitSpeed([10, 1000].map((work) => ({ work, seconds: work / 50 })))).toBeCloseTo(50, 9)
    const around = fitSpeed([0.9, 1.1].map((off) => ({ work: 100, seconds: 2 * off })))
    expect(around).toBeGreaterThan(100 / (2 * 1.1))
    expect(around).toBeLessThan(100 / (2 * 0.9))
  })

  const [f, m, output] = [3e9, 2e10, 5]
  const held = { config: decoder, bytesPerNumber: 4 } as const
  const sizes = {
    hidden: decoder.hidden,
    layers: decoder.layers,
    parameters: decoderParameters(decoder),
    bytesPerNumber: 4,
  }
  const ttft = (s: number): number => (1000 * modelOperations(sizes, s)) / f
  const ttit = (s: number): number => (1000 * modelStep(sizes, s + output)) / m
  const madeRow = (context: number, k: number, cached: boolean) => {
    const [fullMs, refragMs] = [ttft(context), ttft(context / k)]
    const positions = context / k + 16
    return ttftRow({
      context,
      k,
      cached,
      fullMs,
      refragMs,
      output,
      positions,
      full: ttftArm(context + 16, fullMs, ttit(context)),
      refrag: ttftArm(positions, refragMs, ttit(context / k)),
    })
  }
  const rows = [128, 512].flatMap((context) => [8, 16].map((k) => madeRow(context, k, k === 8)))

  test('f and m are those that the rows were made with, and every row is foretold', () => {
    const model = fitLatency(rows, held, encoder)
    expect(model?.f).toBeCloseTo(f, 0)
    expect(model?.m).toBeCloseTo(m, 0)
    expect(model?.residuals.contexts).toEqual([128, 512])
    for (const off of [...(model?.residuals.ttft ?? []), ...(model?.residuals.ttit ?? [])])
      expect(off).toBeCloseTo(0, 9)
    expect(model?.rows.map(({ context, k }) => [context, k])).toEqual([
      ...[128, 512].map((context) => [context, null]),
      ...rows.map(({ context, k }) => [context, k]),
    ])
    for (const { predicted, measured } of model?.rows ?? []) {
      expect(predicted.ttftMs).toBeCloseTo(measured.ttftMs, 9)
      expect(predicted.ttitMs).toBeCloseTo(measured.ttitMs as number, 9)
    }
  })

  test('what the formula leaves out is told: the question, and the encoder where chunks are encoded anew', () => {
    const model = fitLatency(rows, held, encoder)
    const [full, , cached, encoded] = model?.rows ?? []
    expect(full?.leftOut.questionMs).toBeCloseTo(ttft(128 + 16) - ttft(128), 9)
    expect(cached?.leftOut.encoderMs).toBe(0)
    expect(encoded?.leftOut.encoderMs).toBeCloseTo((1000 * encodeOperations(encoder, decoder.hidden, 8, 16)) / f, 9)
  })

  test('of one output token there is no m, and of no rows no model', () => {
    const alone = ttftRow({ context: 128, k: 8, fullMs: 4, refragMs: 1 })
    expect(fitLatency([alone], held, encoder)).toMatchObject({ m: null, residuals: { ttit: [] } })
    expect(fitLatency([], held, encoder)).toBeNull()
  })

  test('is drawn with the rows and the points of the paper, each line named', () => {
    const picture = drawTtft(
      [ttftRow({ context: 1024, k: 16, fullMs: 9, refragMs: 3 }), ...rows],
      fitLatency(rows, held, encoder),
    )
    const named = [...picture.matchAll(/class="name"[^>]*>([^<]*)</g)].map(([, name]) => name)
    expect(named).toEqual(expect.arrayContaining(['k 8', 'k 16', 'paper k 16', 'full', 'model full', 'model k 8']))
    expect(picture).not.toMatch(/NaN|Infinity|undefined/)
  })
})

test("the paper's points are its own, and where it has none there is none", () => {
  expect(paperSpeedup(16_384, 16, true)).toBe(16.53)
  expect(paperSpeedup(512, 16, false)).toBe(0.75)
  expect(paperSpeedup(16_384, 32, false)).toBeNull()
  expect(paperSpeedup(3000, 16, true)).toBeNull()
  expect(paperSpeedup(512, 4, true)).toBeNull()
})

describe('memory by sizes', () => {
  const shape = randomShapes['random-llama-135m']?.decoder as typeof decoder
  const f32 = { config: shape, batch: 1, block: 512, bytesPerNumber: 4 } as const

  test('the cache and the parameters are those of the graph', () => {
    const held = decoderGraph(decoder).params.reduce(
      (sum, { shape: sizes }) => sum + sizes.reduce<number>((all, size) => all * Number(size), 1),
      0,
    )
    expect(decoderParameters(decoder)).toBe(held)
    // Two of 30 layers of 3 heads of 64 numbers of 4 bytes.
    expect(kvBytes(f32, 16_384)).toBe(2 * 30 * 3 * 64 * 4 * 16_384)
    expect(kvBytes({ ...f32, batch: 3, bytesPerNumber: 2 }, 16_384)).toBe(3 * 30 * 3 * 64 * 4 * 16_384)
  })

  test('a context is refused where it does not fit into nine tenths of the memory or into the window', () => {
    const needed = neededMiB(f32, 16_400, 16) * 2 ** 20
    expect(refusal(f32, 16_400, 16, needed / 0.91)).toMatch(/^about \d+ MiB needed, \d+ MiB free$/)
    expect(refusal(f32, 16_400, 16, needed / 0.89)).toBeNull()
    expect(refusal(f32, shape.window, 1, 1e15)).toBe("65793 positions are more than the decoder's window of 65792")
  })
})

test('what lies beyond the operations adds up to the phases', () => {
  const phases = { select: 1, lookUp: 2, encode: 30, project: 4, layout: 5, prefill: 60, sample: 0.5, other: 0.25 }
  const rest = restOf({ retrieve: null, ...phases }, { prefill: 400, encoding: 200 }, 0.1, {
    logitsMs: 3,
    copiedBytes: 8,
  })
  expect(rest).toEqual({
    idealMs: 60,
    prefillMs: 20,
    logitsMs: 3,
    encodeMs: 14,
    layoutMs: 5,
    hostMs: 3.75,
    copiedBytes: 8,
  })
  const { idealMs, prefillMs, encodeMs, layoutMs, hostMs } = rest
  expect(idealMs + prefillMs + encodeMs + layoutMs + hostMs).toBe(
    Object.values(phases).reduce((sum, ms) => sum + ms, 0),
  )
})

describe('disturbances', () => {
  const before: Gauge = { wall: 0, monotonic: 0, busy: 0, idle: 0, own: 0, onBattery: null }
  const quiet: Gauge = { wall: 10_000, monotonic: 10_000, busy: 10_000, idle: 10_000, own: 9500, onBattery: false }

  test.each<[string, Partial<Gauge>, RegExp | null]>([
    ['a quiet run', {}, null],
    ['sleep', { wall: 70_000 }, /^the machine slept or its clock was set: 60 s$/],
    ['a clock set back', { wall: 4000 }, /clock was set: -6 s$/],
    ['other work', { own: 6000 }, /^load: other work took 20 % of the processors$/],
    ['battery', { onBattery: true }, /^on battery$/],
    ['a run too short to tell of load', { wall: 200, monotonic: 200, own: 0 }, null],
  ])('%s', (_, changed, said) => {
    const found = disturbances(before, { ...quiet, ...changed })
    expect(found).toHaveLength(said ? 1 : 0)
    if (said) expect(found[0]).toMatch(said)
  })

  test('a battery that is emptied is told from one that is charged, and from none', async () => {
    const mains = { 'AC/type': 'Mains\n', 'AC/status': 'Discharging\n' }
    const battery = (status: string) => ({ ...mains, 'BAT0/type': 'Battery\n', 'BAT0/status': `${status}\n` })
    expect(await discharging(await folderWith(mains))).toBeNull()
    expect(await discharging(await folderWith(battery('Charging')))).toBe(false)
    expect(await discharging(await folderWith(battery('Discharging')))).toBe(true)
  })
})

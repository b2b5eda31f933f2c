/** The measures on the tiny bundle: what each row and cell is of. Times are whatever they are. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  encodeOperations,
  openBundled,
  openRandom,
  prefillOperations,
  type Timed,
} from '../../src/main/engine/bench/arch.ts'
import { weighLengths, weighTraining } from '../../src/main/engine/bench/memory.ts'
import type { CellResult } from '../../src/main/engine/bench/memoryCell.ts'
import { timeTraining } from '../../src/main/engine/bench/trainSpeed.ts'
import { timeTtft } from '../../src/main/engine/bench/ttft.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { TtftInput, type TtftRow } from '../../src/shared/bench.ts'
import { faultOf } from '../helpers/faults.ts'
import { tinyBundle, tinyConfig, tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
let timed: Timed
beforeAll(async () => {
  parts = await tinyParts()
  const { decoder, compressor, config } = parts
  timed = { name: 'tiny', decoder, compressor, encoder: config.encoder, close: async () => {} }
})
afterAll(() => parts.close())

describe('TTFT', () => {
  const questionTokens = 16
  async function rowsOf(input: Partial<TtftInput>): Promise<TtftRow[]> {
    const rows: TtftRow[] = []
    const whole = TtftInput.parse({ contexts: [60], ks: [8], repeats: 1, ...input })
    for await (const event of timeTtft(timed, whole)) if (event.type === 'row') rows.push(event.row)
    return rows
  }

  test('there is a row for every context, k, p and state of the cache', async () => {
    const rows = await rowsOf({ contexts: [32, 60], ks: [4, 8], ps: [0, 0.5] })
    const expected = [32, 60].flatMap((context) =>
      [4, 8].flatMap((k) =>
        [0, 0.5].flatMap((p) => [true, false].map((cached) => ({ arch: 'tiny', context, k, p, cached, n: 1 }))),
      ),
    )
    expect(rows).toMatchObject(expected)
    for (const row of rows) {
      expect(row.speedup).toBe(row.fullMs / row.refragMs)
      expect(row.boundShare).toBe(row.speedup / row.bound)
      expect(row.encodeMs === null).toBe(row.cached)
      expect(
        Object.values(row)
          .flat()
          .filter((value) => typeof value === 'number' && !(value >= 0)),
      ).toEqual([])
    }
  })

  test('positions are those of the layout, a ragged last chunk included, and the bound follows from them', async () => {
    const rows = await rowsOf({ ps: [0, 1], cached: 'both' })
    const [context, chunks] = [60, 8]
    const full = prefillOperations(parts.config.decoder, context + questionTokens)
    for (const row of rows) {
      const positions = (row.p === 1 ? context : chunks) + questionTokens
      const encoding = encodeOperations(parts.config.encoder, parts.config.decoder.hidden, chunks, 8)
      const bound = full / (prefillOperations(parts.config.decoder, positions) + (row.cached ? 0 : encoding))
      expect(row).toMatchObject({ positions, bound })
    }
    expect(rows.find((row) => row.p === 1 && row.cached)?.bound).toBe(1)
  })

  test('what is expanded follows from the seed', async () => {
    // 60 tokens are seven chunks of 8 and one of 4: the positions tell whether the short one was drawn.
    const positions = async (seed: number) => (await rowsOf({ ps: [0.5], seed, cached: 'cached' }))[0]?.positions
    const draws: (number | undefined)[] = []
    for (let seed = 0; seed < 12; seed++) draws.push(await positions(seed))
    expect(await positions(5)).toBe(draws[5])
    expect(new Set(draws)).toEqual(new Set([4 + 4 * 8 + questionTokens, 4 + 3 * 8 + 4 + questionTokens]))
  })

  test('a batch has the bound and the positions of one question, and the cache and the throughput of all', async () => {
    const [one] = await rowsOf({ cached: 'cached' })
    const several = await openBundled(await tinyBundle(), { threads: 1, batch: 3 })
    const rows: TtftRow[] = []
    const input = TtftInput.parse({ contexts: [60], ks: [8], repeats: 1, cached: 'cached', batch: 3 })
    for await (const event of timeTtft(several, input)) if (event.type === 'row') rows.push(event.row)
    await several.close()
    const [row] = rows
    expect(row).toMatchObject({ batch: 3, positions: one?.positions, paper: null })
    expect(row?.bound).toBeCloseTo(one?.bound ?? 0, 9)
    expect(row?.full.kvBytes).toBe(3 * (one?.full.kvBytes ?? 0))
    expect(row?.refragTokensPerSecond).toBeCloseTo(3000 / (row?.refrag.ttitMs ?? 0), 6)
  })

  test('a limit of time leaves every row of the contexts begun with a sample', async () => {
    const input = TtftInput.parse({ contexts: [32, 60], ks: [8], repeats: 50, secondsLimit: 0 })
    const events = await Array.fromAsync(timeTtft(timed, input))
    const rows = events.flatMap((event) => (event.type === 'row' ? [event.row] : []))
    expect(rows).toMatchObject([
      { context: 32, cached: true, n: 1, fullSamples: [rows[0]?.fullMs], refragSamples: [rows[0]?.refragMs] },
      { context: 32, cached: false, n: 1, fullSamples: [rows[0]?.fullMs], refragSamples: [rows[1]?.refragMs] },
    ])
    const left = events.flatMap((event) => (event.type === 'left' ? [event.left] : []))
    expect(left).toEqual([{ context: 60, reason: 'not begun: the 0 s allowed were over' }])
  })

  test('a context past the window is left out with the reason, and the others are timed', async () => {
    const input = TtftInput.parse({ contexts: [2000, 32], ks: [8], cached: 'cached', repeats: 1 })
    const events = await Array.fromAsync(timeTtft(timed, input))
    const told = events.flatMap((event) => (event.type === 'run' ? [] : [event]))
    const reason = "2032 positions are more than the decoder's window of 1024"
    expect(told).toMatchObject([
      { type: 'left', left: { context: 2000, reason } },
      { type: 'row', row: { context: 32 } },
    ])
  })

  test('k and p that cannot be are faults before anything is timed', async () => {
    expect(await faultOf(rowsOf({ ks: [32] }))).toMatchObject({ code: 'k-unsupported' })
    expect(await faultOf(rowsOf({ ps: [1.5] }))).toMatchObject({ code: 'p-out-of-range' })
    expect(await faultOf(openRandom('llama', 7))).toMatchObject({ code: 'bad-input' })
  })
})

describe('training', () => {
  const deep = { ...tinyConfig.decoder, layers: 12, hidden: 32, headDim: 8, heads: 4, kvHeads: 4 }
  const noted = { length: 512, steps: 1, seed: 7, threads: 1 }

  test('computing layers again holds less than half of what keeping them does, for the same numbers', async () => {
    const cells = []
    for (const recompute of [false, true]) cells.push(await weighTraining({ ...noted, config: deep, recompute }))
    const [kept, again] = cells as [CellResult, CellResult]
    expect(again.loss).toBeCloseTo(kept.loss, 5)
    expect(again.gradientNorm).toBeCloseTo(kept.gradientNorm, 4)
    expect(again.peakMiB - again.baseMiB).toBeLessThan((kept.peakMiB - kept.baseMiB) / 2)
  })

  test('each length is timed at about as many positions a step, phase by phase, beside PyTorch or with why not', async () => {
    const input = { lengths: [256, 600], steps: 2, recompute: true, seed: 7 }
    const events = await Array.fromAsync(timeTraining(input, 1, { ...tinyConfig.decoder, layers: 1 }))
    const rows = events.flatMap((event) => (event.type === 'row' ? [event.row] : []))
    expect(rows).toMatchObject([
      { batch: 8, length: 256, steps: 2, threads: 1, phases: { rounds: 2 } },
      { batch: 3, length: 600, steps: 2, threads: 1, phases: { rounds: 2 } },
    ])
    for (const { firstLoss, lastLoss, phases, torch, torchNote, again, ratio, quartiles, tokensPerSecond } of rows) {
      expect(lastLoss).toBeLessThan(firstLoss)
      expect(quartiles[0]).toBeLessThanOrEqual(tokensPerSecond)
      for (const phase of [phases.forward, phases.step, phases.host]) expect(phase.median).toBeGreaterThan(0)
      const paired = torch !== null
      expect([torchNote === null, again !== null, ratio !== null]).toEqual([paired, paired, paired])
    }
  })

  test('lengths are weighed shortest first, kept and again', async () => {
    const input = { lengths: [64, 32], steps: 1, seed: 7 }
    const rows = await Array.fromAsync(weighLengths(input, 1, tinyConfig.decoder))
    const expected = [32, 64].flatMap((length) => [false, true].map((recompute) => ({ length, recompute, note: null })))
    expect(rows).toMatchObject(expected)
    for (const row of rows) expect(row.peakMiB).toBeGreaterThanOrEqual(row.baseMiB as number)
  })
})

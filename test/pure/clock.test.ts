/** The clock of `bench ttft` against delays that the tests put in. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { timeTtft } from '../../src/main/engine/bench/ttft.ts'
import { drawTokens, questionTokens, timeOnce, type Arm } from '../../src/main/engine/bench/ttftRun.ts'
import { median } from '../../src/main/engine/measure/statistics.ts'
import { TtftInput, type TtftRow } from '../../src/shared/bench.ts'
import { clockwork, places, type Place } from '../helpers/clockwork.ts'
import { tinyConfig } from '../helpers/tinyBundle.ts'

const { vocabulary } = tinyConfig.decoder
const context = 64
const tokens = drawTokens(vocabulary, context, 7)
const arms: readonly (Arm | null)[] = [
  null,
  { k: 8, p: 0, cached: true },
  { k: 8, p: 0, cached: false },
  { k: 8, p: 0.5, cached: false },
]
const said = (arm: Arm | null): string => JSON.stringify(arm)

afterEach(() => vi.restoreAllMocks())

/** A clock that stands still but where it is told to go on; each place takes as long as no sum of the others. */
function stillClock() {
  let now = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  return { now: () => now, pass: (ms: number) => void (now += ms) }
}

const delays = Object.fromEntries(places.map((place, i) => [place, 2 ** i * 10])) as Readonly<Record<Place, number>>

describe('on a clock that only the test moves', () => {
  test.each(arms.map((arm) => [said(arm), arm] as const))('every phase reads to the digit: %s', async (_, arm) => {
    const clock = stillClock()
    const clocked = clockwork((place) => clock.pass(delays[place]))
    // The budget is read where chunks are drawn, so that time passes there too.
    const selecting = arm && {
      ...arm,
      get p() {
        clock.pass(5)
        return arm.p
      },
    }
    const steps = 3
    const { ttft, ttit, phases, positions } = await timeOnce(clocked, tokens, selecting, { seed: 7, output: steps + 1 })
    const encodes = arm !== null && !arm.cached
    const expected = {
      retrieve: null,
      select: arm ? 5 : 0,
      lookUp: arm ? delays.lookUp : 0,
      encode: encodes ? delays.encode : 0,
      project: encodes ? delays.project : 0,
      layout: delays.embedding,
      prefill: delays.reserve + delays.rewind + delays.feed,
      sample: delays.logits,
      other: 0,
    }
    expect(phases).toEqual(expected)
    expect(ttft).toBe(Object.values(expected).reduce<number>((sum, ms) => sum + (ms ?? 0), 0))
    expect(ttit).toBe(delays.embedding + delays.feed + delays.logits)
    const expanded = arm ? (arm.p * context) / arm.k : 0
    const chunks = arm ? context / arm.k - expanded + expanded * arm.k : context
    expect(positions).toBe(chunks + questionTokens)
  })

  test.each(arms.map((arm) => [said(arm), arm] as const))('nothing of a question escapes: %s', async (_, arm) => {
    const clock = stillClock()
    const clocked = clockwork((place) => clock.pass(delays[place]))
    const before = clock.now()
    const { ttft } = await timeOnce(clocked, tokens, arm, { seed: 7, output: 1 })
    // Compressing ahead of the question is what "cached" means: the one thing that is off the clock.
    const ahead = arm?.cached ? delays.lookUp + delays.encode + delays.project : 0
    expect(ttft).toBe(clock.now() - before - ahead)
  })

  test('of a batch every phase is that of all its questions, and positions are those of one', async () => {
    const clock = stillClock()
    const fed: number[] = []
    const looked: number[] = []
    const { decoder, compressor } = clockwork((place) => clock.pass(delays[place]), 3)
    const clocked = {
      decoder: {
        ...decoder,
        feed: (rows: Float32Array, wanted: 'none' | 'last' | 'all') => {
          fed.push(rows.length / decoder.config.hidden)
          return decoder.feed(rows, wanted)
        },
      },
      compressor: {
        ...compressor,
        compress: (...args: Parameters<typeof compressor.compress>) => {
          looked.push(args[0].length)
          return compressor.compress(...args)
        },
      },
    }
    const batch = drawTokens(vocabulary, context, 7, 3)
    expect(batch[0]).toEqual(tokens[0])
    expect(new Set(batch.map((each) => each.join())).size).toBe(3)
    const { ttft, positions } = await timeOnce(clocked, batch, { k: 8, p: 0, cached: false }, { seed: 7, output: 2 })
    const each = context / 8 + questionTokens
    expect([positions, fed, looked]).toEqual([each, [3 * each, 3], [3 * (context / 8)]])
    expect(ttft).toBeGreaterThan(delays.lookUp + delays.encode + delays.project + delays.feed)
  })

  test('rounds are interleaved, the first is dropped, and a row has the median, quartiles and samples of the rest', async () => {
    const clock = stillClock()
    const fed: number[] = []
    const { decoder, compressor } = clockwork(() => {})
    const slow = [900, 40, 20, 30, 60]
    let runs = 0
    const feed: typeof decoder.feed = (rows, wanted) => {
      const positions = rows.length / decoder.config.hidden
      if (positions > 1) {
        fed.push(positions)
        clock.pass((slow[Math.floor(runs / 3)] as number) * (positions > context ? 4 : 1))
        runs++
      } else clock.pass(1)
      return decoder.feed(rows, wanted)
    }
    const timed = {
      name: 'fake',
      decoder: { ...decoder, feed },
      compressor,
      encoder: tinyConfig.encoder,
      close: async () => {},
    }
    const input = TtftInput.parse({ contexts: [context], ks: [8], repeats: 4, output: 3 })
    const rows: TtftRow[] = []
    for await (const event of timeTtft(timed, input)) if (event.type === 'row') rows.push(event.row)
    const round = [context, context / 8, context / 8].map((positions) => positions + questionTokens)
    expect(fed).toEqual([...round, ...round, ...round, ...round, ...round])
    for (const row of rows)
      expect(row).toMatchObject({
        n: 4,
        fullSamples: [160, 80, 120, 240],
        refragSamples: [40, 20, 30, 60],
        fullMs: 140,
        refragMs: 35,
        refragQuartiles: [27.5, 45],
        speedup: 4,
        full: {
          ttitMs: 1,
          phases: { prefill: 140 },
          tokensPerSecond: expect.closeTo(median([160, 80, 120, 240].map((ms) => 3000 / (ms + 2))), 9),
        },
      })
  })
})

test('on the real clock, phases read within 2 ms of the delays put in', async () => {
  const wanted: Readonly<Record<Place, number>> = {
    lookUp: 6,
    encode: 12,
    project: 5,
    embedding: 4,
    reserve: 3,
    rewind: 2,
    feed: 15,
    logits: 3,
  }
  const arm = { k: 8, p: 0.25, cached: false }
  const errors: Record<string, number[]> = {}
  for (let run = 0; run < 9; run++) {
    // A busy machine makes a delay longer than it was asked to be: each is held against what it took.
    const took: Partial<Record<Place, number>>[] = [{}]
    const clocked = clockwork((place) => {
      const started = performance.now()
      while (performance.now() - started < wanted[place]);
      const own = took.at(-1) as Partial<Record<Place, number>>
      own[place] = (own[place] ?? 0) + performance.now() - started
      if (place === 'logits') took.push({})
    })
    const { ttft, ttit, phases } = await timeOnce(clocked, tokens, arm, { seed: run, output: 2 })
    const [first = {}, step = {}] = took
    const sum = (of: Partial<Record<Place, number>>, names: readonly Place[] = places): number =>
      names.reduce((all, name) => all + (of[name] ?? 0), 0)
    const off = {
      ttft: ttft - sum(first),
      ttit: (ttit ?? 0) - sum(step),
      lookUp: phases.lookUp - sum(first, ['lookUp']),
      encode: phases.encode - sum(first, ['encode']),
      project: phases.project - sum(first, ['project']),
      layout: phases.layout - sum(first, ['embedding']),
      prefill: phases.prefill - sum(first, ['reserve', 'rewind', 'feed']),
      sample: phases.sample - sum(first, ['logits']),
      other: phases.other,
    }
    for (const [name, ms] of Object.entries(off)) (errors[name] ??= []).push(Math.abs(ms))
  }
  for (const [name, all] of Object.entries(errors)) expect([name, median(all) < 2]).toEqual([name, true])
})

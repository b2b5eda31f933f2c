/** The clock of what-if on a decoder whose time is known: so much a run, so much a position. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Parts } from '../../src/main/engine/parts.ts'
import { flips } from '../../src/main/engine/whatif/flips.ts'
import { restore, type Restored } from '../../src/main/engine/whatif/restore.ts'
import { fedAsRun, flipped } from '../../src/main/engine/whatif/score.ts'
import { measureDelta, timePosition } from '../../src/main/engine/whatif/timing.ts'
import { allOf, askedRun, atOnce, planOf } from '../helpers/askedRun.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
let run: Awaited<ReturnType<typeof askedRun>>
beforeAll(async () => {
  parts = await tinyParts()
  run = await askedRun(parts, planOf())
})
afterAll(() => parts.close())
afterEach(() => vi.restoreAllMocks())

/** The run on a decoder that takes `run` ms and `position` ms for each position it is fed. */
async function clocked(cost: { readonly run: number; readonly position: number }): Promise<Restored> {
  const at = await restore(parts, run)
  let now = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const { decoder } = parts
  const feed: typeof decoder.feed = (rows, ...rest) => {
    now += cost.run + (cost.position * rows.length) / decoder.config.hidden
    return decoder.feed(rows, ...rest)
  }
  return { ...at, parts: { ...parts, decoder: { ...decoder, feed } } }
}

test('one more position costs what it costs, whatever a run costs besides', async () => {
  const at = await clocked({ run: 7, position: 0.5 })
  expect(await timePosition(at, fedAsRun(at))).toEqual({ msPerPosition: 0.5, n: 3 })
})

test('a slow decoder is timed once', async () => {
  const at = await clocked({ run: 7, position: 100 })
  expect(await timePosition(at, fedAsRun(at))).toEqual({ msPerPosition: 100, n: 1 })
})

test('a measured flip is the difference of two whole prefills, an estimate the cost of its positions', async () => {
  const at = await clocked({ run: 7, position: 0.5 })
  for (const chunk of run.chunks.slice(0, 3)) {
    const positions = chunk.expanded ? 1 - chunk.tokens : chunk.tokens - 1
    const ms = 0.5 * positions
    const found = await measureDelta(at, fedAsRun(at), flipped(fedAsRun(at), chunk.index), 3)
    expect(found).toEqual({ ms, kind: 'measured', n: 3, quartiles: [ms, ms] })
    const told = await allOf(flips(at, { chunks: [chunk.index], repeats: 0 }, atOnce))
    expect(told[1]).toMatchObject({ flip: { deltaTtft: { ms, kind: 'estimate', n: 3, quartiles: null } } })
  }
})

/** What a flip does to TTFT: measured in pairs of whole prefills, or estimated from what one more position costs. */
import { random } from '../../../shared/random.ts'
import type { DeltaTtft, WhatIfBase } from '../../../shared/whatif.ts'
import { sampleToken } from '../expand/sample.ts'
import { prefill } from '../expand/session.ts'
import { median, quartiles } from '../measure/statistics.ts'
import type { Restored } from './restore.ts'
import { inputOf, roomOf, type Fed } from './score.ts'

/** Whole prefills for an estimate: so many, unless they take longer than this. */
const rounds = 3
const budgetMs = 300
const greedy = { temperature: 0, topP: 1, topK: 0 }

/** Milliseconds of layout, prefill with nothing reused, and the first sample: the part of TTFT that a flip changes. */
async function timeFirst(at: Restored, fed: readonly Fed[], signal?: AbortSignal): Promise<number> {
  const { decoder, held } = at.parts
  held.keys = []
  const from = performance.now()
  const { rows, keys } = inputOf(at, fed)
  const { logits } = await prefill(decoder, held, { rows, keys, room: roomOf(at) }, signal)
  sampleToken(logits, greedy, random(0))
  return performance.now() - from
}

/** What one more position costs at this length: whole prefills of the input and of its first half, in turn. */
export async function timePosition(
  at: Restored,
  fed: readonly Fed[],
  signal?: AbortSignal,
): Promise<WhatIfBase['prefill']> {
  const { decoder, held } = at.parts
  const { rows, keys } = inputOf(at, fed)
  const half = Math.ceil(keys.length / 2)
  const first = { rows: rows.subarray(0, half * decoder.config.hidden), keys: keys.slice(0, half), room: 0 }
  const [halves, wholes]: [number[], number[]] = [[], []]
  const began = performance.now()
  // The first round warms up where there is time for more.
  for (let round = 0; round <= rounds; round++) {
    if (round > 0 && performance.now() - began > budgetMs) break
    if (round === 1) [halves.length, wholes.length] = [0, 0]
    held.keys = []
    const from = performance.now()
    await prefill(decoder, held, first, signal)
    halves.push(performance.now() - from)
    wholes.push(await timeFirst(at, fed, signal))
  }
  const slope = (median(wholes) - median(halves)) / Math.max(1, keys.length - half)
  // Of a few positions the clock cannot tell half from whole; the mean cost is then the better guess.
  return { msPerPosition: slope > 0 ? slope : median(wholes) / keys.length, n: wholes.length }
}

/** TTFT of `fed` less that of the run, in `repeats` pairs behind one that warms up. */
export async function measureDelta(
  at: Restored,
  run: readonly Fed[],
  fed: readonly Fed[],
  repeats: number,
  signal?: AbortSignal,
): Promise<DeltaTtft> {
  const differences: number[] = []
  for (let pair = 0; pair <= repeats; pair++) {
    const before = await timeFirst(at, run, signal)
    differences.push((await timeFirst(at, fed, signal)) - before)
  }
  const told = differences.slice(1)
  return { ms: median(told), kind: 'measured', n: told.length, quartiles: quartiles(told) }
}

/** The same from the cost of a position. */
export function estimateDelta({ msPerPosition, n }: WhatIfBase['prefill'], deltaPositions: number): DeltaTtft {
  return { ms: msPerPosition * deltaPositions, kind: 'estimate', n, quartiles: null }
}

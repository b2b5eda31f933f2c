/** The clock of `bench ttft`, before a decoder and a compressor whose delays the test puts in. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { questionTokens, timeLogits, timeOnce, drawTokens, type Clocked } from '../../src/main/engine/bench/ttftRun.ts'
import type { Compressed } from '../../src/main/engine/compress/compressor.ts'

const delays = { encode: 7, project: 3, lookUp: 2, prefill: 40, step: 5, reserve: 1 }
const hidden = 4
const vocabulary = 32

type Told = { fed: number[]; compressed: number; forgot: number; reserved: number }

/** What a question passes through, with `pass` in place of work. */
function fakes(pass: (ms: number) => void): { readonly clocked: Clocked; readonly told: Told } {
  const told: Told = { fed: [], compressed: 0, forgot: 0, reserved: 0 }
  const embedding = new Float32Array(vocabulary * hidden).fill(0.5)
  let known = false
  let length = 0
  const decoder = {
    config: { hidden, vocabulary },
    embedding,
    length: () => length,
    cacheBytes: () => 0,
    reserve: (positions: number) => {
      told.reserved = positions
      pass(delays.reserve)
      return true
    },
    rewind: (to: number) => void (length = Math.min(length, to)),
    feed: async (rows: Float32Array) => {
      const count = rows.length / hidden
      pass(count === 1 ? delays.step : delays.prefill)
      length += count
      told.fed.push(count)
      await Promise.resolve()
      return new Float32Array(vocabulary).fill(0, 0, 3).fill(1, 3, 4)
    },
    close: async () => {},
  }
  const compressor = {
    compress: async (
      chunks: readonly ArrayLike<number>[],
      _k: number,
      _signal?: AbortSignal,
      watch: (part: 'encode' | 'project', ms: number) => void = () => {},
    ): Promise<readonly Compressed[]> => {
      pass(delays.lookUp)
      if (!known) {
        for (const part of ['encode', 'project'] as const) {
          const started = performance.now()
          pass(delays[part])
          watch(part, performance.now() - started)
        }
        told.compressed += chunks.length
      }
      known = true
      await Promise.resolve()
      const row = new Float32Array(hidden)
      return chunks.map(() => ({ encoded: row, embedding: row, cached: known }))
    },
    forget: () => {
      told.forgot++
      known = false
    },
    close: async () => {},
  }
  // What the clock reads of a decoder's config is its width alone.
  return { clocked: { decoder, compressor } as unknown as Clocked, told }
}

const tokens = drawTokens(vocabulary, 64, 7)
const at = { seed: 7, output: 5 }

describe('on a clock that only the delays move', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'], now: 0 }))
  afterEach(() => void vi.useRealTimers())
  const pass = (ms: number): void => void vi.advanceTimersByTime(ms)

  test('every phase of an uncached run is its own delay, and they add up to the TTFT', async () => {
    const { clocked, told } = fakes(pass)
    const sample = await timeOnce(clocked, tokens, { k: 8, p: 0, cached: false }, at)
    expect(sample.phases).toEqual({
      retrieve: null,
      select: 0,
      lookUp: delays.lookUp,
      encode: delays.encode,
      project: delays.project,
      layout: 0,
      prefill: delays.prefill + delays.reserve,
      sample: 0,
      other: 0,
    })
    expect(sample.ttft).toBe(delays.lookUp + delays.encode + delays.project + delays.prefill + delays.reserve)
    expect(sample.ttit).toBe(delays.step)
    expect(sample.positions).toBe(8 + questionTokens)
    expect(told).toMatchObject({ fed: [8 + questionTokens, 1, 1, 1, 1], compressed: 8, forgot: 1 })
  })

  test('cached, the making of chunk embeddings stands before the clock, and looking them up on it', async () => {
    const { clocked } = fakes(pass)
    const { ttft, phases } = await timeOnce(clocked, tokens, { k: 8, p: 0, cached: true }, at)
    expect(ttft).toBe(delays.lookUp + delays.prefill + delays.reserve)
    expect([phases.encode, phases.project]).toEqual([0, 0])
  })

  test('full context waits for no chunk, and expanding more feeds more', async () => {
    const { clocked, told } = fakes(pass)
    const full = await timeOnce(clocked, tokens, null, { seed: 7, output: 1 })
    expect(full).toMatchObject({ ttft: delays.prefill + delays.reserve, ttit: null, positions: 64 + questionTokens })
    expect(told.compressed).toBe(0)
    const half = await timeOnce(clocked, tokens, { k: 8, p: 0.5, cached: true }, at)
    expect(half.positions).toBe(4 * 8 + 4 + questionTokens)
  })

  test('a row of logits is what a step with it takes beyond one without', async () => {
    const { clocked } = fakes(pass)
    await timeOnce(clocked, tokens, null, at)
    expect(await timeLogits(clocked)).toBe(0)
  })
})

/** Passes time by looking at the clock, and keeps how much it really passed: this machine may have other work. */
function spinning(): { readonly pass: (ms: number) => void; readonly passed: number[] } {
  const passed: number[] = []
  return {
    passed,
    pass: (ms) => {
      const started = performance.now()
      while (performance.now() - started < ms);
      passed.push(performance.now() - started)
    },
  }
}

test('on the real clock a phase is within 2 ms of its delay, and the TTFT of their sum', { retry: 4 }, async () => {
  const { pass, passed } = spinning()
  const { clocked } = fakes(pass)
  const { ttft, ttit, phases } = await timeOnce(clocked, tokens, { k: 8, p: 0, cached: false }, at)
  const [lookUp = 0, encode = 0, project = 0, reserve = 0, prefill = 0, ...steps] = passed
  const near = (value: number, wanted: number): void => expect(Math.abs(value - wanted)).toBeLessThan(2)
  near(phases.lookUp, lookUp)
  near(phases.encode, encode)
  near(phases.project, project)
  near(phases.prefill, reserve + prefill)
  near(ttft, lookUp + encode + project + reserve + prefill)
  near(ttit ?? 0, steps.reduce((sum, each) => sum + each, 0) / steps.length)
  const { retrieve: _, ...named } = phases
  expect(Object.values(named).reduce((sum, each) => sum + each, 0)).toBeCloseTo(ttft, 6)
})

/** What-if on a kept run: each flip is exactly what asking with that override would give, whatever the KV cache spared. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Parts } from '../../src/main/engine/parts.ts'
import { flips, type FlipEvent } from '../../src/main/engine/whatif/flips.ts'
import { restore } from '../../src/main/engine/whatif/restore.ts'
import { fedAsRun, flipped, score } from '../../src/main/engine/whatif/score.ts'
import type { Flip, WhatIfBase } from '../../src/shared/whatif.ts'
import { allOf, askAfresh, askedRun, atOnce, planOf } from '../helpers/askedRun.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
beforeAll(async () => {
  parts = await tinyParts()
})
afterAll(() => parts.close())

function split(told: readonly FlipEvent[]): { readonly base: WhatIfBase; readonly flips: readonly Flip[] } {
  const [first, ...rest] = told
  if (first?.type !== 'base') throw new Error('the base comes first')
  return { base: first.base, flips: rest.flatMap((each) => (each.type === 'flip' ? [each.flip] : [])) }
}

/** The plan of a run with one more chunk forced against its decision. */
function overriding(plan: ReturnType<typeof planOf>, index: number, expanded: boolean) {
  const without = (list: readonly number[]): number[] => list.filter((other) => other !== index)
  const [expand, compress] = [without(plan.forced.expand), without(plan.forced.compress)]
  return {
    ...plan,
    forced: expanded ? { expand, compress: [...compress, index] } : { expand: [...expand, index], compress },
  }
}

test.each([
  ['a policy', planOf()],
  ['chunks forced by hand', planOf({ forced: { expand: [1], compress: [3] } })],
  ['full context', planOf({ policy: 'all', p: 1 })],
])('a flip under %s equals asking with that override: NLL, answer and positions', async (_, plan) => {
  const run = await askedRun(parts, plan)
  const found = split(await allOf(flips(await restore(parts, run), { repeats: 0 }, atOnce)))
  expect(found.base.nll).toBeCloseTo(run.quality.logPerplexity ?? 0, 4)
  expect(found.base.answer).toBe(run.answer)
  expect(found.base.positions).toBe(run.counts.positions)
  expect(found.flips).toHaveLength(run.chunks.length)
  expect(run.chunks.length).toBeGreaterThan(5)
  for (const { index, to, nll, deltaNll, deltaPpl, answer, changes, positions, deltaPositions } of found.flips) {
    const chunk = run.chunks[index]!
    expect(to).toBe(chunk.expanded ? 'compress' : 'expand')
    const asked = await askAfresh(parts, overriding(plan, index, chunk.expanded))
    expect(nll).toBeCloseTo(asked.quality.logPerplexity ?? 0, 4)
    expect(deltaNll).toBeCloseTo((asked.quality.logPerplexity ?? 0) - (run.quality.logPerplexity ?? 0), 4)
    expect(deltaPpl).toBeCloseTo(Math.exp(nll) - Math.exp(found.base.nll), 6)
    expect(answer).toBe(asked.answer)
    expect(changes).toBe(asked.tokens.map(({ id }) => id).join() !== run.tokens.map(({ id }) => id).join())
    expect(positions).toBe(asked.counts.positions)
    expect(deltaPositions).toBe(chunk.expanded ? 1 - chunk.tokens : chunk.tokens - 1)
  }
  // The flips say something, and not all the same.
  expect(new Set(found.flips.map((flip) => flip.deltaNll.toFixed(5))).size).toBe(found.flips.length)
})

test('what stands before a flipped chunk is computed once, and the value is that of a whole forward', async () => {
  const run = await askedRun(parts, planOf({ policy: 'none' }))
  const at = await restore(parts, run)
  const found = split(await allOf(flips(at, { repeats: 0 }, atOnce)))
  expect(found.flips.map((flip) => flip.index)).toEqual(run.chunks.map((chunk) => chunk.index).toReversed())
  for (const { index, reused, nll } of found.flips) {
    // One opening token a passage, one slot a chunk.
    const passage = run.chunks[index]!.passage === 'p0' ? 1 : 2
    expect(reused).toBe(index + passage)
    parts.held.keys = []
    const whole = await score(at, flipped(fedAsRun(at), index), null)
    expect(whole.reused).toBe(0)
    expect(Math.abs(whole.nll - nll)).toBeLessThan(1e-4)
  }
})

test("the run's own answer as the target: the base is the run's own log-probabilities", async () => {
  const run = await askedRun(parts, planOf())
  const found = split(await allOf(flips(await restore(parts, run, 'answer'), { chunks: [2], repeats: 0 }, atOnce)))
  const own = -run.tokens.reduce((sum, token) => sum + (token.logProb ?? NaN), 0) / run.tokens.length
  expect(found.base).toMatchObject({ target: 'answer', text: run.answer, tokens: run.tokens.length })
  expect(found.base.nll).toBeCloseTo(own, 4)
  expect(found.flips.map((flip) => flip.index)).toEqual([2])
})

test('a sampled run is compared with its greedy answer, not with what was drawn', async () => {
  const drawn = planOf({ temperature: 2, seed: 3, maxTokens: 12 })
  const run = await askedRun(parts, drawn)
  const greedy = await askAfresh(parts, { ...drawn, temperature: 0 })
  const found = split(await allOf(flips(await restore(parts, run), { repeats: 0 }, atOnce)))
  expect(run.answer).not.toBe(greedy.answer)
  expect(found.base.answer).toBe(greedy.answer)
  for (const flip of found.flips) {
    const asked = await askAfresh(
      parts,
      overriding({ ...drawn, temperature: 0 }, flip.index, run.chunks[flip.index]!.expanded),
    )
    expect(flip.answer).toBe(asked.answer)
  }
})

test('TTFT is an estimate from the cost of a position, or measured in pairs, and says which', async () => {
  const at = await restore(parts, await askedRun(parts, planOf()))
  const guessed = split(await allOf(flips(at, { chunks: [1, 4], repeats: 0 }, atOnce)))
  for (const { deltaTtft, deltaPositions } of guessed.flips) {
    expect(deltaTtft).toMatchObject({ kind: 'estimate', quartiles: null })
    expect(deltaTtft.ms).toBe(guessed.base.prefill.msPerPosition * deltaPositions)
  }
  const timed = split(await allOf(flips(at, { chunks: [1], repeats: 4 }, atOnce)))
  const [flip] = timed.flips
  expect(flip?.deltaTtft).toMatchObject({ kind: 'measured', n: 4 })
  const [low, high] = flip!.deltaTtft.quartiles!
  expect(low).toBeLessThanOrEqual(flip!.deltaTtft.ms)
  expect(high).toBeGreaterThanOrEqual(flip!.deltaTtft.ms)
})

test('a question asked between two flips changes neither', async () => {
  const run = await askedRun(parts, planOf())
  const at = await restore(parts, run)
  const alone = split(await allOf(flips(at, { repeats: 0 }, atOnce))).flips
  const between: Flip[] = []
  for await (const told of flips(at, { repeats: 0 }, atOnce)) {
    if (told.type === 'flip') between.push(told.flip)
    const again = await askAfresh(parts, planOf({ question: 'Where are two mills?', policy: 'perplexity-descending' }))
    expect(again.tokens.length).toBeGreaterThan(0)
  }
  between.forEach((flip, i) => {
    expect(flip.nll).toBeCloseTo(alone[i]!.nll, 4)
    expect(flip.answer).toBe(alone[i]!.answer)
  })
})

test('what cannot be is a fault, or a chunk left out with its reason', async () => {
  const run = await askedRun(parts, planOf())
  const at = await restore(parts, run)
  await expect(allOf(flips(at, { chunks: [99], repeats: 0 }, atOnce))).rejects.toMatchObject({ code: 'bad-input' })
  await expect(restore(parts, { ...run, manifest: { bundle: { name: 'x', hash: 'y' } } })).rejects.toMatchObject({
    code: 'run-other-bundle',
  })
  const plain = await askedRun(parts, planOf({ target: undefined }))
  await expect(restore(parts, plain, 'gold')).rejects.toMatchObject({
    code: 'bad-input',
    remedy: expect.stringContaining('gold answer'),
  })
  expect((await restore(parts, plain)).target.kind).toBe('answer')
  // A run that fills the window: no chunk of it can be expanded, all the same the others are told.
  const { window } = parts.config.decoder
  const tight = planOf({ policy: 'none', forced: { expand: [0], compress: [] } })
  const { counts } = await askAfresh(parts, tight)
  const full = await askedRun(parts, { ...tight, maxTokens: window - counts.positions })
  const told = await allOf(flips(await restore(parts, full), { chunks: [0, 1], repeats: 0 }, atOnce))
  expect(told.slice(1)).toMatchObject([
    { type: 'left', left: { index: 1, reason: expect.stringContaining('window') } },
    { type: 'flip', flip: { index: 0, to: 'compress' } },
  ])
}, 30_000)

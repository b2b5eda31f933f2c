/** What fills the strip: raw values, their direction, and nothing where nothing is known. */
import { expect, test } from 'vitest'
import { lockToken, answerTokens, previewToken, tokensLookedAt } from '../../src/renderer/state/answerTokens.ts'
import { drawnBy, legendOf, measureBy, type ColourBy, type Sources } from '../../src/renderer/state/colourBy.ts'
import { marksOf } from '../../src/renderer/state/strip.ts'
import type { ContributionTold } from '../../src/shared/whatif.ts'
import { chunks, decisions, passages, sensed } from './sample.ts'
import { contributionOf, flipOf } from './whatIfSample.ts'

const marks = marksOf(chunks, decisions, sensed, { expand: [], compress: [0] })
const told: ContributionTold[] = []
for await (const event of contributionOf({ run: 'r1', target: 'answer', chunks: [0, 1, 2, 3, 4] }))
  if (event.type === 'partial') told.push(event.partial)
const sources: Sources = {
  marks,
  passages,
  flips: new Map([1, 2, 4].map((index) => [index, flipOf(index, 'estimate')])),
  leftOut: new Map(
    told.flatMap((each) => (each.type === 'leftOut' ? each.leftOut.map((row) => [row.index, row] as const) : [])),
  ),
  attention: told.find((each) => each.type === 'attention')?.attention ?? null,
  tokens: [],
}
const fills = (by: ColourBy, from: Partial<Sources> = {}) =>
  drawnBy(marks, measureBy(by, { ...sources, ...from })).map(({ fill }) =>
    fill === null ? null : Number(fill.toFixed(4)) + 0,
  )

test("the policy's own score leaves the marks as they are", () => {
  expect(drawnBy(marks, measureBy('score', sources))).toBe(marks)
})

test('delta NLL is drawn from the middle, helpful flips upwards, chunks not flipped left empty', () => {
  expect(fills('deltaNll')).toEqual([null, -0.25, 0, null, 1])
  const measure = measureBy('deltaNll', sources)
  expect(measure && legendOf(measure)).toBe(
    'delta NLL if flipped ↓, −0.400 to 0.100 nats/token; up from the middle is lower, the better way; 2 of 5 not known',
  )
  expect(drawnBy(marks, measure).map((mark) => mark.label)).toEqual([
    'Chunk 0, compressed by hand',
    'Chunk 1, expanded by policy, delta NLL if flipped ↓ 0.100 nats/token',
    'Chunk 2, compressed by policy, delta NLL if flipped ↓ 0.000 nats/token',
    'Chunk 3, expanded by policy',
    'Chunk 4, compressed by policy, delta NLL if flipped ↓ −0.400 nats/token',
  ])
})

test('a value that comes leaves the other marks the very same objects, while the scale stands', () => {
  const before = drawnBy(marks, measureBy('deltaNll', sources))
  const flips = new Map(sources.flips).set(3, flipOf(3, 'estimate'))
  const after = drawnBy(marks, measureBy('deltaNll', { ...sources, flips }), before)
  expect(after.map((mark, at) => mark === before[at])).toEqual([true, true, true, false, true])
})

test('contribution is the mean over the answer, or over the tokens looked at', () => {
  // Chunk 1 gives token 0 two nats and each other a quarter.
  const whole = [-0.5 / 3, 2.5 / 3, 0.25, 2.5 / 3, 0.25].map((value) => Number((value / (2.5 / 3)).toFixed(4)))
  expect(fills('contribution')).toEqual(whole)
  expect(fills('contribution', { tokens: [0] })).toEqual([0.125, 1, 0.125, 0.125, 0.125])
  expect(fills('contribution', { tokens: [2] })).toEqual([-1, 0.25, 0.25, 0.25, 0.25])
})

test('attention follows the tokens looked at, and is not signed', () => {
  expect(fills('attention', { tokens: [1] })).toEqual([0.125, 0.125, 1, 0.125, 0.125])
  expect(measureBy('attention', sources)).toMatchObject({ signed: false, better: 'higher', unit: null })
  expect(fills('attention', { attention: null })).toEqual([null, null, null, null, null])
})

test('probability and retrieval are raw values over their highest, passages sharing theirs', () => {
  expect(fills('probability')).toEqual([0.1, 0.3, 0.03, 0.55, 0.02].map((p) => Number((p / 0.55).toFixed(4))))
  expect(fills('retrieval')).toEqual([1, 1, 1, 0.6667, 0.6667])
  const none = measureBy('probability', { ...sources, marks: marks.map((mark) => ({ ...mark, probability: null })) })
  expect(none && legendOf(none)).toBe('first-pick probability ↑: this policy gives no probability')
})

test('tokens looked at: the one under the pointer before those locked, a stretch either way round', () => {
  const now = (count = 9) => tokensLookedAt(answerTokens.getState(), count)
  expect(now()).toEqual([])
  lockToken(4)
  lockToken(2, true)
  expect(now()).toEqual([2, 3, 4])
  previewToken(7)
  expect(now()).toEqual([7])
  previewToken(null)
  expect(now(4)).toEqual([2, 3])
  lockToken(null)
  expect(now()).toEqual([])
  // Nothing to stretch from: the token alone.
  lockToken(1, true)
  expect(now()).toEqual([1])
  lockToken(null)
})

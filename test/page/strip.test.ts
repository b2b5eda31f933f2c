/** The strip as data: decisions under the hand's wishes, counts, budget. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { budgetOf } from '../../src/renderer/parts/format.ts'
import {
  countMarks,
  groupsOf,
  marksOf,
  nameOf,
  policyMarks,
  wishesOn,
  withHand,
} from '../../src/renderer/state/strip.ts'
import { sameCase } from '../../src/renderer/state/baseline.ts'
import { beginShown } from '../../src/renderer/state/ask.ts'
import { budget } from '../../src/main/engine/sense/select.ts'
import { chunks, decisions, draft, passages, sensed } from './sample.ts'

const none = { expand: [], compress: [] }

test('chunks stand as the policy chose where no hand decided', () => {
  const marks = marksOf(chunks, decisions, sensed, none)
  expect(marks.map((mark) => mark.expanded)).toEqual([false, true, false, true, false])
  expect(marks.map((mark) => mark.rank)).toEqual([3, 2, 4, 1, 5])
  expect(marks.map((mark) => mark.label).slice(0, 2)).toEqual([
    'Chunk 0, compressed by policy, policy logit ↑ 0.500',
    'Chunk 1, expanded by policy, policy logit ↑ 2.000',
  ])
})

test('the taller tile is picked sooner, whichever direction the metric has', () => {
  const fills = (better: 'higher' | 'lower') =>
    marksOf(chunks, decisions, { ...sensed, better }, none).map((mark) => mark.fill ?? 0)
  expect(fills('higher').indexOf(Math.max(...fills('higher')))).toBe(3)
  expect(fills('lower').indexOf(Math.max(...fills('lower')))).toBe(4)
})

test('expanded = policy + forced − vetoed, and positions follow', () => {
  const marks = marksOf(chunks, decisions, sensed, { expand: [0, 1], compress: [3] })
  expect(countMarks(marks)).toEqual({ chosen: 2, added: 1, vetoed: 1, expanded: 2, tokens: 34, positions: 19 })
})

test('chunks are grouped by passage in context order', () => {
  const groups = groupsOf(marksOf(chunks, decisions, sensed, none), passages)
  expect(groups.map(({ title, rank, marks }) => [rank, title, marks.length])).toEqual([
    [1, 'North', 3],
    [2, 'South', 2],
  ])
})

test('wishes for other chunks do not reach those shown', () => {
  const shown = beginShown(draft, null)
  const wishes = { expand: [1], compress: [] }
  expect(wishesOn({ ...draft, p: 1, forced: wishes }, shown)).toEqual(wishes)
  expect(wishesOn({ ...draft, k: 16, forced: wishes }, shown)).toEqual(draft.forced)
})

test('the page counts the budget as the engine does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 3000 }), (percent, count) => {
      expect(budgetOf(percent / 100, count)).toBe(budget(percent / 100, count))
    }),
  )
  expect(budgetOf(0.29, 100)).toBe(29)
})

test('marks that no hand touches stay the very same objects', () => {
  const marks = policyMarks(chunks, decisions, sensed)
  const touched = withHand(marks, sensed, { expand: [2], compress: [] })
  expect(touched.map((mark, at) => mark === marks[at])).toEqual([true, true, false, true, true])
})

test('a passage goes by its first words where another carries the same title', () => {
  const [north, south] = passages
  if (north === undefined || south === undefined) throw new Error('the sample has two passages')
  expect(nameOf(north, passages)).toBe('North')
  expect(nameOf(north, [north, { ...south, title: 'North' }])).toBe('North lies by a river')
})

test('a baseline fits every run of its case, whatever was expanded, and no other', () => {
  expect(sameCase(draft, { ...draft, p: 1, policy: 'all', forced: { expand: [1], compress: [] } })).toBe(true)
  expect(sameCase(draft, { ...draft, seed: 8 })).toBe(false)
  expect(sameCase(draft, { ...draft, target: 'River_741' })).toBe(false)
})

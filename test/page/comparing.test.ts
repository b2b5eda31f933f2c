/** Plans in columns: cloned, linked, edited, and when their runs are theirs no longer. */
import { beforeEach, expect, test } from 'vitest'
import { ask, beginShown } from '../../src/renderer/state/ask.ts'
import {
  addColumn,
  beginWith,
  columns,
  differing,
  dropColumn,
  isFresh,
  redoColumns,
  setColumn,
  setColumns,
  setRun,
  settleColumns,
  swapColumns,
  toggleLink,
  undoColumns,
} from '../../src/renderer/state/columns.ts'
import { cloneFromBench, cloneLast, isShown, whyNotRun } from '../../src/renderer/state/comparing.ts'
import { comparisons } from '../../src/renderer/state/comparisons.ts'
import { draftOf, plan, setCase, setField } from '../../src/renderer/state/plan.ts'
import { view } from '../../src/renderer/state/view.ts'
import { comparisonOf, sides } from './comparisonView.ts'
import { draft, run } from './sample.ts'

const initial = {
  columns: columns.getState(),
  comparisons: comparisons.getState(),
  ask: ask.getState(),
  plan: plan.getState(),
}
beforeEach(() => {
  columns.setState(initial.columns, true)
  comparisons.setState(initial.comparisons, true)
  ask.setState(initial.ask, true)
  plan.setState(initial.plan, true)
})
const all = () => columns.getState().columns
const keyOf = (at: number): number => all()[at]!.key

test('the bench’s plan stands as A with its run and is cloned to B, and again to C and D; five do not fit', () => {
  setCase('test', draft)
  ask.setState({ shown: { ...beginShown(draft, null), run } })
  cloneFromBench()
  expect(view.getState().screen).toBe('compare')
  expect(all().map(({ draft: own, run: made }) => [own.p, made?.id ?? null])).toEqual([
    [0.4, 'r1'],
    [0.4, null],
  ])
  // A plan that changed since its run comes without one.
  setField('p', 0.1)
  cloneFromBench()
  cloneLast()
  expect(
    all()
      .map(({ draft: own, run: made }) => [own.p, made?.id ?? null])
      .slice(2),
  ).toEqual([
    [0.1, null],
    [0.1, null],
  ])
  // The bench's run stands in A already: it is not compared with itself.
  expect(all().filter(({ run: made }) => made?.id === 'r1')).toHaveLength(1)
  cloneLast()
  expect(all()).toHaveLength(4)
  expect(view.getState().said).toContain('Four plans stand already')
})

test('a plan of another question begins a comparison of its own', () => {
  beginWith(draft, run)
  setCase('test', { ...draft, question: 'Which lake?' })
  cloneFromBench()
  expect(all().map(({ draft: own }) => own.question)).toEqual(['Which lake?', 'Which lake?'])
})

test('a linked field is the same in all, an unlinked one its column’s own', () => {
  beginWith(draft, run)
  setColumn(keyOf(1), 'k', 16)
  expect(all().map(({ draft: own }) => own.k)).toEqual([8, 16])
  setColumn(keyOf(1), 'seed', 11)
  expect(all().map(({ draft: own }) => own.seed)).toEqual([11, 11])
  toggleLink('seed')
  setColumn(keyOf(1), 'seed', 12)
  expect(all().map(({ draft: own }) => own.seed)).toEqual([11, 12])
  expect([...differing(all())]).toEqual(['k', 'seed'])
  // Linking again takes the value of A.
  toggleLink('seed')
  toggleLink('k')
  expect(all().map(({ draft: own }) => [own.seed, own.k])).toEqual([
    [11, 8],
    [11, 8],
  ])
})

test('chunks forced by hand go with the chunks that they named, and are linked only among plans that cut alike', () => {
  beginWith(draft, null)
  setColumn(keyOf(1), 'forced', { expand: [2], compress: [] })
  setColumn(keyOf(1), 'p', 0.5)
  expect(all()[1]!.draft.forced.expand).toEqual([2])
  setColumn(keyOf(1), 'k', 16)
  expect(all()[1]!.draft.forced.expand).toEqual([])
  toggleLink('forced')
  setColumn(keyOf(0), 'forced', { expand: [1], compress: [] })
  expect(all().map(({ draft: own }) => own.forced.expand)).toEqual([[1], []])
})

test('a run just made is that of its plan, spaces around the gold answer or not; an edit meanwhile stands', () => {
  beginWith({ ...draft, target: ' River 741 ' }, null)
  const before = all()[0]!.draft
  setRun(keyOf(0), { ...run, plan: { ...run.plan, target: 'River 741' } }, before)
  expect(isFresh(all()[0]!)).toBe(true)
  const old = all()[1]!.draft
  setColumn(keyOf(1), 'p', 0.9)
  setRun(keyOf(1), { ...run, id: 'r2' }, old)
  expect(all()[1]!.draft.p).toBe(0.9)
  expect(isFresh(all()[1]!)).toBe(false)
})

test('a run is of its plan until the plan changes, and again when the change is taken back', () => {
  setColumns(sides)
  expect(all().map(isFresh)).toEqual([true, true])
  const shown = comparisonOf()
  expect(isShown(shown, all())).toBe(true)
  setColumn(keyOf(0), 'p', 0.9)
  expect(all().map(isFresh)).toEqual([false, true])
  expect(isShown(shown, all())).toBe(false)
  setColumn(keyOf(0), 'p', draftOf(sides[0].plan).p)
  expect(isShown(shown, all())).toBe(true)
  swapColumns(0, 1)
  expect(all().map(({ run: made }) => made?.id)).toEqual(['two', 'one'])
  expect(isShown(shown, all())).toBe(false)
})

test('what is opened with other seeds is not linked by them', () => {
  setColumns([sides[0], { ...sides[1], plan: { ...sides[1].plan, seed: 9 } }])
  expect(columns.getState().links.has('seed')).toBe(false)
  expect(columns.getState().links.has('question')).toBe(true)
})

test('columns are kept between visits, runs by their ids', () => {
  setColumns(sides)
  addColumn({ ...draft, k: 32 }, null)
  dropColumn(keyOf(0))
  const kept = JSON.parse(localStorage.getItem('refrag:compare') ?? '')
  expect(kept.columns.map((column: { run: string; draft: { k: number } }) => [column.run, column.draft.k])).toEqual([
    ['two', 8],
    [null, 32],
  ])
})

test('edits are undone by name, a stretch of one field at once, and a run made meanwhile stays with its plan', () => {
  beginWith(draft, run)
  for (const p of [0.5, 0.6, 0.7]) setColumn(keyOf(1), 'p', p)
  settleColumns()
  setColumn(keyOf(1), 'p', 0.8)
  setRun(keyOf(1), { ...run, id: 'r2', plan: { ...run.plan, p: 0.8 } }, all()[1]!.draft)
  expect(undoColumns()).toBe('Change p of B')
  expect(all()[1]!.draft.p).toBe(0.7)
  expect(isFresh(all()[1]!)).toBe(false)
  expect(redoColumns()).toBe('Change p of B')
  expect([all()[1]!.run?.id, isFresh(all()[1]!)]).toEqual(['r2', true])
  expect([undoColumns(), undoColumns()]).toEqual(['Change p of B', 'Change p of B'])
  expect(all()[1]!.draft.p).toBe(0.4)
  expect(undoColumns()).toBe('Clone to B')
  expect(all()).toEqual([])
  expect(undoColumns()).toBeNull()
})

test('plans that cannot run say why', () => {
  expect(whyNotRun([])).toContain('Clone a plan first')
  beginWith({ ...draft, question: ' ' }, null)
  expect(whyNotRun(all())).toBe('A plan has no question.')
  beginWith({ ...draft, index: '' }, null)
  expect(whyNotRun(all())).toBe('A plan has no index.')
  beginWith(draft, null)
  expect(whyNotRun(all())).toBeNull()
})

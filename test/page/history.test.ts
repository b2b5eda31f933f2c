/** Undo and redo, as properties of the plain history. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { begin, commit, redo, seal, undo, type History } from '../../src/renderer/state/history.ts'

const steps = fc.array(fc.tuple(fc.string(), fc.integer()), { maxLength: 20 })
const made = (list: readonly (readonly [string, number])[]) =>
  list.reduce((history, [name, value]) => commit(history, name, value), begin(0))

test('undoing every step gives the first value, redoing them the last', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const whole = made(list)
      const back = list.reduce((history: History<number>) => undo(history), whole)
      expect(back.present).toBe(0)
      expect(list.reduce((history: History<number>) => redo(history), back)).toEqual(whole)
    }),
  )
})

test('a new step forgets what was undone', () => {
  const history = commit(
    undo(
      made([
        ['a', 1],
        ['b', 2],
      ]),
    ),
    'c',
    3,
  )
  expect(history.future).toEqual([])
  expect(undo(history).present).toBe(1)
})

test('changes of one key are one step until the history is sealed', () => {
  const drag = [0.1, 0.2, 0.3].reduce((history, p) => commit(history, 'Change p', p, 'p'), begin(0))
  expect(drag.past).toEqual([{ name: 'Change p', value: 0 }])
  expect(commit(seal(drag), 'Change p', 0.4, 'p').past).toHaveLength(2)
  expect(undo(drag).present).toBe(0)
})

test('there is nothing to undo or redo at the ends', () => {
  const history = begin('only')
  expect(undo(history)).toBe(history)
  expect(redo(history)).toBe(history)
})

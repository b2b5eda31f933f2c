/** The plan being edited: forcing by hand, what makes a run stale, what crosses to the engine. */
import { beforeEach, expect, test } from 'vitest'
import { toBench, toCommand } from '../../src/shared/command.ts'
import { begin } from '../../src/renderer/state/history.ts'
import {
  differences,
  draftOf,
  force,
  forcedOn,
  nextForce,
  plan,
  redoStep,
  sameChunks,
  setField,
  forceEach,
  settle,
  toPlan,
  undoStep,
} from '../../src/renderer/state/plan.ts'
import { Plan } from '../../src/shared/plan.ts'
import { draft } from './sample.ts'

beforeEach(() => plan.setState(begin(draft), true))

test.each([true, false])('three presses of a toggle come back to the policy (chosen: %s)', (chosen) => {
  const first = nextForce(chosen, null)
  expect(first).toBe(chosen ? 'compress' : 'expand')
  const second = nextForce(chosen, first === 'policy' ? null : first)
  expect(second).toBe(chosen ? 'expand' : 'compress')
  expect(nextForce(chosen, second === 'policy' ? null : second)).toBe('policy')
})

const pin = { passage: 'p0', from: 8, to: 16 }

test('a chunk is forced one way at a time', () => {
  const once = force({ expand: [1, 7], compress: [3] }, 3, 'expand')
  expect(once).toEqual({ expand: [1, 3, 7], compress: [] })
  expect(forcedOn(once, 3)).toBe('expand')
  expect(force(once, 3, 'policy')).toEqual({ expand: [1, 7], compress: [] })
})

test('another k drops what was forced by hand, another p keeps it, and undo brings it back', () => {
  forceEach(new Map([[2, 'expand']]), 'Expand chunk 2')
  setField('p', 0.5)
  settle()
  expect(plan.getState().present.forced.expand).toEqual([2])
  setField('k', 16)
  expect(plan.getState().present.forced.expand).toEqual([])
  expect(undoStep()).toBe('k 8 to 16')
  expect(plan.getState().present).toEqual({ ...draft, p: 0.5, forced: { expand: [2], compress: [] } })
  expect(redoStep()).toBe('k 8 to 16')
})

test('steps carry the name of what was done', () => {
  forceEach(new Map([[4, 'compress']]), 'Compress chunk 4')
  forceEach(new Map([[4, 'policy']]), 'Follow the policy on chunk 4')
  expect(plan.getState().past.map((step) => step.name)).toEqual(['Compress chunk 4', 'Follow the policy on chunk 4'])
})

test('a run is stale in exactly the fields that changed', () => {
  expect(differences(draft, { ...draft })).toEqual([])
  expect(differences({ ...draft, p: 1, forced: { expand: [1], compress: [] } }, draft)).toEqual(['p', 'forced'])
  expect(differences({ ...draft, prefix: [3], locked: [1], pins: [pin] }, draft)).toEqual(['prefix'])
  expect(sameChunks({ ...draft, p: 1 }, draft)).toBe(true)
  expect(sameChunks({ ...draft, passages: 2 }, draft)).toBe(false)
})

test('the contract takes the plan as it is, with no gold answer where none is given', () => {
  const { locked: _locked, pins: _pins, prefix: _prefix, decoder: _decoder, ...settings } = draft
  expect(Plan.parse(toPlan({ ...draft, locked: [1], pins: [pin] }))).toEqual({
    ...settings,
    topK: 0,
    topP: 1,
    target: undefined,
  })
  expect(toPlan({ ...draft, prefix: [3, 5] }).prefix).toEqual([3, 5])
  expect(draftOf(Plan.parse(toPlan({ ...draft, prefix: [3, 5] }))).prefix).toEqual([3, 5])
  expect(toPlan({ ...draft, target: '  River_741 ' }).target).toBe('River_741')
})

test('the command begins the answer as the plan does, by ids or by text', () => {
  expect(toCommand({ ...draft, prefix: [12, 7] })).toContain(' --prefix-ids 12,7 --json')
  expect(toCommand({ ...draft, prefix: 'River 7' })).toContain(" --prefix 'River 7' --json")
  expect(toCommand(draft)).not.toContain('--prefix')
})

test('another question lets the answer begin freely, another k keeps it and what is pinned; both drop locks', () => {
  plan.setState(begin({ ...draft, prefix: [3], locked: [1], pins: [pin] }), true)
  setField('k', 16)
  expect(plan.getState().present).toMatchObject({ prefix: [3], locked: [], pins: [pin] })
  setField('question', 'Whose?')
  expect(plan.getState().present).toMatchObject({ prefix: null, pins: [] })
})

test('the command asks the same question in a POSIX shell', () => {
  const asked = {
    ...draft,
    question: "Whose city's river?",
    target: 'a b',
    temperature: 0.5,
    forced: { expand: [1, 2], compress: [0] },
  }
  expect(toCommand(asked)).toBe(
    "npm run refrag -- ask 'Whose city'\\''s river?' --index /indexes/atlas --passages 4 --k 8 --p 0.4 --policy learned --seed 7 " +
      "--max-tokens 32 --temperature 0.5 --expand 1,2 --compress 0 --target 'a b' --json",
  )
})

test('the command names the bundle where another than the usual is open', () => {
  expect(toCommand(draft, '/made of/it')).toContain(" --bundle '/made of/it' --json")
  expect(toCommand(draft)).not.toContain('--bundle')
})

test('a benchmark as a command names what was chosen, and leaves the rest as it is', () => {
  expect(toBench({ target: { kind: 'model', name: 'qwen' }, prompt: 64, weights: 'int8' }, '/home')).toBe(
    'npm run refrag -- models bench qwen --prompt 64 --weights int8 --home /home',
  )
  expect(toBench({ target: { kind: 'bundle', folder: '/a b' }, threads: 2 })).toBe(
    "npm run refrag -- models bench '/a b' --threads 2",
  )
})

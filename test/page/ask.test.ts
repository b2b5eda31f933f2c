/** A run as it arrives: what is held over, what replaces it, why a plan cannot run. */
import { expect, test } from 'vitest'
import { advance, beginShown, whyNot } from '../../src/renderer/state/ask.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { chunks, decisions, draft, passages, run, sensed, tokens } from './sample.ts'

const events: readonly RunEvent[] = [
  { type: 'stage', stage: 'retrieve', state: 'start', ms: null },
  { type: 'retrieved', passages: [...passages] },
  { type: 'stage', stage: 'retrieve', state: 'done', ms: 3 },
  { type: 'compressed', chunks: [...chunks] },
  { type: 'sensed', sensed, decisions: [...decisions] },
  { type: 'tokens', tokens: tokens.slice(0, 2) },
  { type: 'tokens', tokens: tokens.slice(2) },
  { type: 'done', run },
]

test('events add up to the run', () => {
  const shown = events.reduce(advance, beginShown(draft, null))
  expect(shown.tokens).toEqual(tokens)
  expect(shown.run).toBe(run)
  expect(shown.stages.retrieve).toEqual({ state: 'done', ms: 3 })
})

test('the run before stays in sight until each part of the next arrives', () => {
  const first = events.reduce(advance, beginShown(draft, null))
  const again = beginShown({ ...draft, p: 1 }, first)
  expect([again.passages, again.tokens, again.run]).toEqual([passages, tokens, null])
  const answered = advance(again, { type: 'tokens', tokens: tokens.slice(2) })
  expect(answered.tokens).toEqual(tokens.slice(2))
})

test('decisions of other chunks are not kept', () => {
  const first = events.reduce(advance, beginShown(draft, null))
  const again = advance(beginShown({ ...draft, k: 16 }, first), { type: 'compressed', chunks: chunks.slice(0, 3) })
  expect(again.decisions).toEqual([])
})

test('a plan without an index or a question says what is missing', () => {
  expect(whyNot(draft)).toBeNull()
  expect(whyNot({ ...draft, question: '  ' })).toMatch(/question/)
  expect(whyNot({ ...draft, index: '' })).toMatch(/index/)
})

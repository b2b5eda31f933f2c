/** An answer that goes on from an alternative: by key and by button, with the reason where it cannot, and let go again. */
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerTokens } from '../../src/renderer/state/answerTokens.ts'
import { advance, ask, beginShown } from '../../src/renderer/state/ask.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { plan, undoStep } from '../../src/renderer/state/plan.ts'
import { setAutoRun, view } from '../../src/renderer/state/view.ts'
import { Answer } from '../../src/renderer/views/bench/Decode.tsx'
import type { Run } from '../../src/shared/run.ts'
import { draft, run, tokens } from './sample.ts'

/** The sample's tokens with ids on their alternatives, as runs of today keep them. */
const withIds: Run['tokens'] = tokens.map((token) => ({
  ...token,
  alternatives: token.alternatives.map((other, rank) => ({ ...other, id: rank === 0 ? (token.id ?? -1) : 90 + rank })),
}))
const show = (made: Run['tokens']) =>
  ask.setState({
    phase: 'done',
    fault: null,
    shown: advance(beginShown(draft, null), { type: 'done', run: { ...run, tokens: made } }),
  })

beforeEach(() => {
  setAutoRun(false)
  plan.setState(begin(draft), true)
  answerTokens.setState({ locked: null, preview: null })
  view.setState({ said: '' })
})
afterEach(cleanup)

const second = () => screen.getByRole('button', { name: /^␣74, / })

test('2 on a token keeps what stands before it and puts the second alternative in its place, as one step', () => {
  show(withIds)
  render(<Answer />)
  fireEvent.focus(second())
  fireEvent.keyDown(second(), { key: '2' })
  expect(plan.getState().present.prefix).toEqual([0, 91])
  expect(undoStep()).toBe('Go on from “lake” at token 1')
  expect(plan.getState().present.prefix).toBeNull()
})

test('the button does the same, and none stands on the token that was taken', () => {
  show(withIds)
  render(<Answer />)
  fireEvent.focus(second())
  expect(screen.queryByRole('button', { name: /^go on 1/ })).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'go on 2, from ␣lake' }))
  expect(plan.getState().present.prefix).toEqual([0, 91])
})

test('runs of earlier versions say why they cannot be gone on from', () => {
  show([...tokens])
  render(<Answer />)
  fireEvent.focus(second())
  fireEvent.keyDown(second(), { key: '2' })
  expect(plan.getState().present.prefix).toBeNull()
  expect(view.getState().said).toMatch(/earlier version/)
  expect(screen.getByRole<HTMLButtonElement>('button', { name: /^go on 2/ }).disabled).toBe(true)
})

test('a branch says how much of it was given, on the tokens too, and is let go', () => {
  show(withIds.map((token, at) => ({ ...token, given: at < 2 })))
  plan.setState(begin({ ...draft, prefix: [0, 1] }), true)
  render(<Answer />)
  expect(screen.getByText(/^A branch: the first 2 tokens were given/)).toBeDefined()
  expect(second().getAttribute('aria-label')).toMatch(/, given$/)
  fireEvent.click(screen.getByRole('button', { name: 'Let it begin freely' }))
  expect(plan.getState().present.prefix).toBeNull()
})

/** The question field: the gold answer of a known question goes when the question is another; one that was typed stays. */
import { cleanup, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { corpus } from '../../src/renderer/state/corpus.ts'
import { plan, setField, undoStep } from '../../src/renderer/state/plan.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { Question } from '../../src/renderer/views/bench/Question.tsx'
import { draft } from './sample.ts'

const known = { id: 'q1', question: 'Which river?', answers: ['the Selm'] }

afterEach(cleanup)
beforeEach(() => {
  corpus.setState({ demoIndex: draft.index, demoQuestions: [known] as never })
  plan.setState(begin({ ...draft, question: known.question, target: 'the Selm' }), true)
})

test('a question of one’s own has no gold answer of another, and typing it is one step back', async () => {
  render(<Question>{null}</Question>)
  await userEvent.type(screen.getByRole('textbox', { name: 'Question' }), ' And why')
  expect(plan.getState().present).toMatchObject({ question: 'Which river? And why', target: '' })
  undoStep()
  expect(plan.getState().present).toMatchObject({ question: known.question, target: 'the Selm' })
})

test('a gold answer that was typed stays with whatever is asked', async () => {
  setField('target', 'the Orlo')
  render(<Question>{null}</Question>)
  await userEvent.type(screen.getByRole('textbox', { name: 'Question' }), '!')
  expect(plan.getState().present.target).toBe('the Orlo')
})

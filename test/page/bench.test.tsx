/** The bench on a run that has arrived: toggling by hand, undo, staleness, what the panes say. */
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { advance, ask, beginShown } from '../../src/renderer/state/ask.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { plan, redoStep, setField, undoStep } from '../../src/renderer/state/plan.ts'
import { setAutoRun, view } from '../../src/renderer/state/view.ts'
import { citationOf } from '../../src/renderer/views/bench/ChunkText.tsx'
import { Expand } from '../../src/renderer/views/bench/Expand.tsx'
import { Inspector } from '../../src/renderer/views/bench/Inspector.tsx'
import { Measure } from '../../src/renderer/views/bench/Measure.tsx'
import { Retrieve } from '../../src/renderer/views/bench/Retrieve.tsx'
import { Sense } from '../../src/renderer/views/bench/Sense.tsx'
import { RunLine } from '../../src/renderer/views/bench/RunLine.tsx'
import { Strip } from '../../src/renderer/views/bench/Strip.tsx'
import { chunks, draft, passages, run } from './sample.ts'

beforeEach(() => {
  plan.setState(begin(draft), true)
  ask.setState({ phase: 'done', fault: null, shown: advance(beginShown(draft, null), { type: 'done', run }) })
  view.setState({ chunk: null, preview: null, passage: null })
  setAutoRun(false)
})
afterEach(cleanup)

const tile = (index: number) => screen.getByRole('button', { name: new RegExp(`^Chunk ${index},`) })

test('Space forces a chunk against the policy, then with it, then follows the policy again', async () => {
  render(<Strip />)
  tile(1).focus()
  const names: (string | null)[] = []
  for (let press = 0; press < 3; press += 1) {
    await userEvent.keyboard(' ')
    names.push(tile(1).getAttribute('aria-label'))
  }
  expect(names.map((name) => name?.split(', ')[1])).toEqual([
    'compressed by hand',
    'expanded by hand',
    'expanded by policy',
  ])
})

test('E, C and X force and free, and undo and redo walk the named steps', async () => {
  render(<Strip />)
  tile(0).focus()
  await userEvent.keyboard('e{ArrowRight}c')
  expect(plan.getState().present.forced).toEqual({ expand: [0], compress: [1] })
  expect(undoStep()).toBe('Compress chunk 1')
  expect(plan.getState().present.forced).toEqual({ expand: [0], compress: [] })
  expect(redoStep()).toBe('Compress chunk 1')
  await userEvent.keyboard('x')
  expect(plan.getState().present.forced).toEqual({ expand: [0], compress: [] })
})

test('arrows walk the strip, by chunk and by passage, with one tab stop', async () => {
  render(<Strip />)
  tile(0).focus()
  await userEvent.keyboard('{ArrowRight}{ArrowDown}')
  expect(document.activeElement).toBe(tile(3))
  await userEvent.keyboard('{Home}{End}')
  expect(document.activeElement).toBe(tile(4))
  const stops = [0, 1, 2, 3, 4].filter((index) => tile(index).tabIndex === 0)
  expect(stops).toEqual([4])
})

test('a click selects the chunk and flips it; the inspector tells all of it', async () => {
  render(
    <>
      <Strip />
      <Inspector />
    </>,
  )
  await userEvent.click(tile(3))
  fireEvent.mouseLeave(screen.getByRole('toolbar', { name: 'Chunks in context order' }))
  const inspector = screen.getByRole('complementary', { name: 'Inspector' })
  expect(within(inspector).getByRole('heading', { level: 2 }).textContent).toBe('Chunk 3 passage 2 of 2, tokens 0 to 7')
  expect(within(inspector).getByText('▣ compressed by hand')).toBeTruthy()
  expect(within(inspector).getByText('policy logit ↑').nextSibling?.textContent).toBe('3.000')
})

test('a changed setting makes the run stale and names itself', () => {
  render(<RunLine />)
  expect(screen.queryByText(/Settings changed/)).toBeNull()
  setField('p', 1)
  cleanup()
  render(<RunLine />)
  expect(screen.getByText(/Settings changed since this run/).textContent).toContain('p')
  undoStep()
  cleanup()
  render(<RunLine />)
  expect(screen.queryByText(/Settings changed/)).toBeNull()
})

test('passages show every raw value with its metric and direction, never a bare percentage', () => {
  render(<Retrieve />)
  const rows = screen.getAllByRole('listitem').map((row) => row.textContent ?? '')
  expect(rows[0]).toContain('cosine ↑ 0.700')
  expect(rows.join('')).not.toContain('%')
})

test('sense lists chunks in the order of picking with the threshold of p', () => {
  render(<Sense />)
  expect(screen.getByText('p 0.40: first 2 chunks, threshold 2.000')).toBeTruthy()
  const order = screen.getAllByRole('button', { name: /^Select chunk/ }).map((button) => button.textContent)
  expect(order).toEqual(['3', '1', '0', '2', '4'])
})

test('measure shows TTFT by phase and the quality against the gold answer', () => {
  render(<Measure />)
  expect(screen.getByRole('row', { name: /^TTFT/ }).textContent).toContain('40.0 ms')
  expect(screen.getByText('exact match').nextSibling?.textContent).toBe('yes')
})

test('the inspector places a chunk in its context, between its neighbours, with rank and z-score of its score', async () => {
  render(<Inspector />)
  act(() => view.setState({ chunk: 1 }))
  const inspector = screen.getByRole('complementary', { name: 'Inspector' })
  const fact = (name: string) => within(inspector).getByText(name).nextSibling?.textContent
  expect(fact('in the context')).toBe('tokens 8 to 15 of 34')
  // Scores 0.5, 2, -1, 3, -2: mean 0.5, deviation √(17 ∕ 5) = 1.844.
  expect([fact('rank'), fact('z-score among them')]).toEqual(['2 of 5', '+0.813'])
  expect(inspector.querySelector('.text')?.textContent).toBe('text 0text 1text 2')
  // The chunk behind it begins another passage.
  act(() => view.setState({ chunk: 2 }))
  expect(inspector.querySelector('.text')?.textContent).toBe('text 1text 2')
  expect(citationOf({ chunks, passages }, 1)).toBe('“text 1” (North, atlas.txt, line 3, characters 0 to 40)')
})

test('locks and pins are set in the inspector too, and told there', async () => {
  render(<Inspector />)
  act(() => view.setState({ chunk: 1 }))
  await userEvent.click(screen.getByRole('button', { name: /^Lock/ }))
  await userEvent.click(screen.getByRole('button', { name: /^Pin/ }))
  expect(plan.getState().present).toMatchObject({ locked: [1], pins: [{ passage: 'p0', from: 8, to: 16 }] })
  expect(screen.getByRole('button', { name: /^Locked/ }).getAttribute('aria-pressed')).toBe('true')
})

test('expand shows the separators and the question among the positions, and their ids when asked', async () => {
  render(<Expand />)
  // 2 separators, 8 + 8 tokens expanded, 3 embeddings, 6 question tokens between their marks.
  expect(screen.getByRole('img', { name: /^29 positions, 2 chunks expanded/ })).toBeDefined()
  const details = document.querySelector('details')
  if (details === null) throw new Error('there are position ids to ask for')
  details.open = true
  fireEvent(details, new Event('toggle'))
  const rows = screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.textContent)
  expect(rows).toEqual([
    '0separator: a passage begins',
    '1chunk 0, its embedding',
    '2 to 9chunk 1, 8 tokens',
    '10chunk 2, its embedding',
    '11separator: a passage begins',
    '12 to 19chunk 3, 8 tokens',
    '20chunk 4, its embedding',
    '21mark: the question begins',
    '22 to 27question',
    '28mark: the answer begins',
  ])
})

/** Notes on chunks and pins: written of a run, kept by the place of the text, found again in runs of another k. */
import { act, cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, openRun } from '../../src/renderer/state/ask.ts'
import { togglePinned } from '../../src/renderer/state/hand.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { writeNote } from '../../src/renderer/state/notes.ts'
import { plan, setField } from '../../src/renderer/state/plan.ts'
import { noSession, session } from '../../src/renderer/state/sessionNow.ts'
import { view } from '../../src/renderer/state/view.ts'
import { Inspector } from '../../src/renderer/views/bench/Inspector.tsx'
import { Strip } from '../../src/renderer/views/bench/Strip.tsx'
import type { Run } from '../../src/shared/run.ts'
import { draft, run } from './sample.ts'

/** The same context cut into chunks of 16: tokens 0 to 16 and 16 to 21 of the first passage, 0 to 13 of the second. */
const wide: Run = {
  ...run,
  id: 'r2',
  plan: { ...run.plan, k: 16 },
  chunks: [
    ['p0', 16],
    ['p0', 5],
    ['p1', 13],
  ].map(([passage, tokens], index) => ({
    ...(run.chunks[index] ?? run.chunks[0]),
    index,
    passage,
    tokens,
    text: `wide ${index}`,
  })) as Run['chunks'],
}

const initial = { ask: ask.getState(), view: view.getState() }
beforeEach(() => {
  // jsdom lays nothing out, and scrolls nothing.
  Element.prototype.scrollIntoView = () => {}
  ask.setState(initial.ask, true)
  view.setState(initial.view, true)
  session.setState({ ...noSession, id: 's1', writer: true }, true)
  plan.setState(begin(draft), true)
  openRun(run)
})
afterEach(cleanup)

const tile = (index: number): string =>
  screen.getByRole('button', { name: new RegExp(`^Chunk ${index}, `) }).getAttribute('aria-label') ?? ''
const field = (): HTMLTextAreaElement => screen.getByRole('textbox', { name: 'Note' })

describe('a note', () => {
  test('is written in the inspector, kept by run and place, marked on its tile, and gone when nothing is left of it', async () => {
    render(
      <>
        <Strip />
        <Inspector />
      </>,
    )
    act(() => view.setState({ chunk: 1 }))
    await userEvent.type(field(), ' Names the river')
    expect(session.getState().notes).toEqual([
      {
        run: 'r1',
        index: draft.index,
        place: { passage: 'p0', from: 8, to: 16 },
        words: 'text 1',
        note: 'Names the river',
        written: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ])
    expect([0, 1, 2].map((index) => tile(index).includes(', noted'))).toEqual([false, true, false])
    await userEvent.clear(field())
    expect(session.getState().notes).toEqual([])
    expect(tile(1)).not.toContain('noted')
  })

  test('is written on the chunk selected, though the pointer rests on another', async () => {
    render(<Inspector />)
    act(() => view.setState({ chunk: 1, preview: 3 }))
    act(() => field().focus())
    await userEvent.keyboard('Here')
    expect(session.getState().notes.map(({ words }) => words)).toEqual(['text 1'])
    act(() => field().blur())
    expect(field().value).toBe('')
  })

  test('is shown by runs of another k whose chunk holds its text, as that of another run, and can be removed there', async () => {
    writeNote(1, 'Names the river')
    writeNote(4, 'Noise')
    openRun(wide)
    render(
      <>
        <Strip />
        <Inspector />
      </>,
    )
    expect([0, 1, 2].map((index) => tile(index).includes(', noted'))).toEqual([true, false, true])
    act(() => view.setState({ chunk: 0 }))
    expect(field().value).toBe('')
    const others = screen.getByRole('list', { name: 'Notes of other runs on this text' })
    expect(others.textContent).toContain('Names the river')
    expect(others.textContent).toContain('tokens 8 to 15')
    await userEvent.type(field(), 'So it does')
    expect(session.getState().notes.map(({ run: of, note }) => [of, note])).toEqual([
      ['r1', 'Names the river'],
      ['r1', 'Noise'],
      ['r2', 'So it does'],
    ])
    await userEvent.click(within(others).getByRole('button', { name: 'Remove' }))
    expect(session.getState().notes.map(({ note }) => note)).toEqual(['Noise', 'So it does'])
  })

  test('of another index is none of this one, though passages bear the same ids', () => {
    writeNote(1, 'Names the river')
    openRun({ ...run, id: 'r3', plan: { ...run.plan, index: '/indexes/other' } })
    render(<Strip />)
    expect(tile(1)).not.toContain('noted')
  })

  test('is not written in a window that only looks, which says why', () => {
    session.setState({ writer: false })
    writeNote(1, 'No')
    expect(session.getState().notes).toEqual([])
    expect(view.getState().refused?.reason).toBe('This window only looks: another one writes this session.')
    render(<Inspector />)
    act(() => view.setState({ chunk: 1 }))
    expect(field().readOnly).toBe(true)
  })

  test('is reached by N from the strip', async () => {
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => (callback(), 0))
    render(
      <>
        <Strip />
        <Inspector />
      </>,
    )
    act(() => screen.getByRole('button', { name: /^Chunk 1, / }).focus())
    await userEvent.keyboard('n')
    expect(document.activeElement).toBe(field())
    vi.unstubAllGlobals()
  })
})

describe('a pin', () => {
  test('follows its text to another k and back, and to another run of the same case', () => {
    togglePinned([1])
    setField('k', 16)
    expect(plan.getState().present.pins).toEqual([{ passage: 'p0', from: 8, to: 16 }])
    openRun(wide)
    const { rerender } = render(<Strip />)
    expect([0, 1, 2].map((index) => tile(index).includes(', pinned'))).toEqual([true, false, false])
    act(() => openRun(run))
    rerender(<Strip />)
    expect([0, 1, 2].map((index) => tile(index).includes(', pinned'))).toEqual([false, true, false])
  })

  test('made at a larger k is of all its text, and is taken off a part of it', () => {
    openRun(wide)
    togglePinned([0])
    act(() => openRun(run))
    togglePinned([0])
    expect(plan.getState().present.pins).toEqual([{ passage: 'p0', from: 8, to: 16 }])
  })

  test('goes with its question', () => {
    togglePinned([1])
    setField('question', 'Another?')
    expect(plan.getState().present.pins).toEqual([])
  })
})

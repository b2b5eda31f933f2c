/** What is asked for and cannot be done says why where it is read, and goes by itself; names of files keep their ending. */
import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cutOf, FileName } from '../../src/renderer/parts/FileName.tsx'
import { ask } from '../../src/renderer/state/ask.ts'
import { noSession, onlyLooks, session } from '../../src/renderer/state/sessionNow.ts'
import { view } from '../../src/renderer/state/view.ts'
import { perform } from '../../src/renderer/views/frame/commands.ts'
import { Refusal } from '../../src/renderer/views/frame/Refusal.tsx'

const initial = view.getState()
beforeEach(() => {
  vi.useFakeTimers()
  view.setState(initial, true)
  session.setState(noSession, true)
})
afterEach(() => {
  vi.useRealTimers()
  cleanup()
})

function wait(ms: number): void {
  act(() => {
    vi.advanceTimersByTime(ms)
  })
}

test('a window that only looks shows why a question is not asked, for a while', () => {
  session.setState({ writer: false })
  const { container } = render(<Refusal />)
  act(() => perform('ask'))
  expect(screen.getByText(onlyLooks)).toBeDefined()
  expect([view.getState().said, ask.getState().phase]).toEqual([onlyLooks, 'idle'])
  wait(6900)
  expect(screen.getByText(onlyLooks)).toBeDefined()
  wait(200)
  expect(container.textContent).toBe('')
})

test('asked again it stays as long again, and what can be done takes it away', () => {
  render(<Refusal />)
  act(() => perform('redo'))
  wait(5000)
  act(() => perform('redo'))
  wait(5000)
  expect(screen.getByText('Nothing to redo.')).toBeDefined()
  act(() => perform('help'))
  expect(screen.queryByText('Nothing to redo.')).toBeNull()
})

test.each([
  ['survey-of-the-northern-fields-1987-final.pdf', 'final.pdf'],
  ['archive.tar.gz', 'e.tar.gz'],
  ['README', 'EADME'],
  ['a.md', 'a.md'],
  ['Übersicht-📊📊📊📊📊.xlsx', '📊📊📊📊📊.xlsx'],
])('%s keeps %s', (name, ending) => {
  const { container } = render(<FileName name={name} />)
  expect(name.slice(cutOf(name))).toBe(ending)
  // Read out it is one word.
  expect(container.querySelector('.unseen')?.textContent).toBe(name)
})

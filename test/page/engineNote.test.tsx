/** The line above the screen while the engine is away: what is the matter, and after a while what a person can do. */
import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { engine } from '../../src/renderer/state/engine.ts'
import { EngineNote } from '../../src/renderer/views/frame/EngineNote.tsx'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})
const state = (to: 'ready' | 'gone') => act(() => engine.setState({ status: { state: to, restarts: 0 } }))

test('a workbench that was ended is told apart from an engine that starts again', () => {
  render(<EngineNote />)
  state('gone')
  expect(screen.getByRole('alert').textContent).not.toContain('open the address')
  act(() => void vi.advanceTimersByTime(9000))
  expect(screen.getByRole('alert').textContent).toContain('start it again and open the address that it prints')
  state('ready')
  expect(screen.queryByRole('alert')).toBeNull()
  state('gone')
  expect(screen.getByRole('alert').textContent).not.toContain('open the address')
})

/** A page that is opened again knows that a run will come before the engine is there: its room is kept, so that nothing moves. */
import { createStore } from 'zustand/vanilla'
import { ask } from './ask.ts'
import { keep, recall } from './memory.ts'

export const arriving = createStore<{ readonly on: boolean }>()(() => ({
  on: recall<string | null>('session', null) !== null || /[#&]run=/.test(location.hash),
}))

/** An engine that has not brought the run by then will bring none, or late. */
const mostMs = 10_000

/** Waits for the first run to be shown; returns the way to stop. */
export function startArriving(): () => void {
  if (ask.getState().shown !== null) arrived()
  const timer = setTimeout(arrived, mostMs)
  const unwatch = ask.subscribe(({ shown }) => {
    if (shown !== null) arrived()
  })
  return () => {
    clearTimeout(timer)
    unwatch()
  }
}

/** The run has come, or none will. */
export function arrived(): void {
  if (arriving.getState().on) arriving.setState({ on: false })
}

/** The height of what was shown of a pane last, in pixels; 0 where that is not known. */
export function roomOf(pane: string): number {
  return recall(`room:${pane}`, 0)
}

export function keepRoom(pane: string, height: number): void {
  if (height > 0 && height !== roomOf(pane)) keep(`room:${pane}`, height)
}

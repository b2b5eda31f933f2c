/** The marks of the shown run under the hand's wishes of this moment; its locks, pins and notes. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { placesOf, touched } from '../../../shared/place.ts'
import { ask, type Shown } from '../../state/ask.ts'
import { notedChunks } from '../../state/notes.ts'
import { plan, sameCase, sameChunks, type ForcedChunks } from '../../state/plan.ts'
import { session } from '../../state/sessionNow.ts'
import { policyMarks, wishesOn, withHand, type Mark } from '../../state/strip.ts'

export function useMarks(): readonly Mark[] {
  const draft = useStore(plan, (state) => state.present)
  const shown = useStore(ask, (state) => state.shown)
  return shown === null ? none : marksFor(shown, wishesOn(draft, shown))
}

const none: readonly Mark[] = []
const noChunks: readonly number[] = []

/** The locks that are meant of the shown chunks. */
export function useLocked(): readonly number[] {
  const draft = useStore(plan, (state) => state.present)
  const of = useStore(ask, (state) => state.shown?.plan)
  return of !== undefined && sameChunks(draft, of) ? draft.locked : noChunks
}

/** The shown chunks that hold pinned text, by index, ascending. */
export function usePinned(): readonly number[] {
  const draft = useStore(plan, (state) => state.present)
  const of = useStore(ask, (state) => state.shown?.plan)
  const chunks = useStore(ask, (state) => state.shown?.chunks)
  const pins = of !== undefined && sameCase(draft, of) ? draft.pins : undefined
  return useMemo(
    () =>
      pins === undefined || pins.length === 0 || chunks === undefined ? noChunks : touched(pins, placesOf(chunks)),
    [pins, chunks],
  )
}

/** The shown chunks whose text a note is on, by index, ascending. */
export function useNoted(): readonly number[] {
  const notes = useStore(session, (state) => state.notes)
  const index = useStore(ask, (state) => state.shown?.plan.index)
  const chunks = useStore(ask, (state) => state.shown?.chunks)
  return useMemo(
    () => (index === undefined || chunks === undefined ? noChunks : notedChunks(notes, index, chunks)),
    [notes, index, chunks],
  )
}

let base: { readonly of: Pick<Shown, 'chunks' | 'decisions' | 'sensed'>; readonly marks: readonly Mark[] } | null = null
let last: { readonly on: readonly Mark[]; readonly forced: ForcedChunks; readonly marks: readonly Mark[] } | null = null

/** One run is shown at a time and several panes want its marks: each state of them is made once. */
function marksFor(shown: Shown, forced: ForcedChunks): readonly Mark[] {
  const { chunks, decisions, sensed } = shown
  if (base?.of.chunks !== chunks || base.of.decisions !== decisions || base.of.sensed !== sensed) {
    base = { of: { chunks, decisions, sensed }, marks: policyMarks(chunks, decisions, sensed) }
  }
  if (last?.on !== base.marks || last.forced !== forced) {
    last = { on: base.marks, forced, marks: withHand(base.marks, sensed, forced) }
  }
  return last.marks
}

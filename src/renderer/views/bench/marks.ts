/** The marks of the shown run under the hand's wishes of this moment. */
import { useStore } from 'zustand'
import { ask, type Shown } from '../../state/ask.ts'
import { plan, type ForcedChunks } from '../../state/plan.ts'
import { policyMarks, wishesOn, withHand, type Mark } from '../../state/strip.ts'

export function useMarks(): readonly Mark[] {
  const draft = useStore(plan, (state) => state.present)
  const shown = useStore(ask, (state) => state.shown)
  return shown === null ? none : marksFor(shown, wishesOn(draft, shown))
}

const none: readonly Mark[] = []

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

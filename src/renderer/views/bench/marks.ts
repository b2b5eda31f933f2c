/** The marks of the shown run under the hand's wishes of this moment. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { ask } from '../../state/ask.ts'
import { plan } from '../../state/plan.ts'
import { marksOf, wishesOn, type Mark } from '../../state/strip.ts'

export function useMarks(): readonly Mark[] {
  const draft = useStore(plan, (state) => state.present)
  const shown = useStore(ask, (state) => state.shown)
  const forced = shown === null ? null : wishesOn(draft, shown)
  const { chunks, decisions, sensed } = shown ?? nothing
  return useMemo(
    () => (forced === null ? [] : marksOf(chunks, decisions, sensed, forced)),
    [chunks, decisions, sensed, forced],
  )
}

const nothing = { chunks: [], decisions: [], sensed: null } as const

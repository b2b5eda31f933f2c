/** The marks as the strip draws them: by the policy's score, or by what else was chosen. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Flip, LeftOutChunk } from '../../../shared/whatif.ts'
import { answerTokens, tokensLookedAt } from '../../state/answerTokens.ts'
import { ask } from '../../state/ask.ts'
import { colourBy, drawnBy, measureBy, type Measure } from '../../state/colourBy.ts'
import { contribution } from '../../state/contribution.ts'
import type { Mark } from '../../state/strip.ts'
import { whatIf } from '../../state/whatIf.ts'

const noFlips: ReadonlyMap<number, Flip> = new Map()
const noneLeftOut: ReadonlyMap<number, LeftOutChunk> = new Map()

/** The measure that fills the tiles, null for the policy's score, and the marks with it. */
export function useDrawn(marks: readonly Mark[]): {
  readonly measure: Measure | null
  readonly drawn: readonly Mark[]
} {
  const by = useStore(colourBy, (state) => state.by)
  const run = useStore(ask, (state) => state.shown?.run?.id ?? null)
  const passages = useStore(ask, (state) => state.shown?.passages)
  const count = useStore(ask, (state) => state.shown?.tokens.length ?? 0)
  // What a run came to is never drawn on another.
  const flips = useStore(whatIf, (state) => (state.run === run ? state.flips : noFlips))
  const leftOut = useStore(contribution, (state) => (state.run === run ? state.leftOut : noneLeftOut))
  const attention = useStore(contribution, (state) => (state.run === run ? state.attention : null))
  const looked = useStore(answerTokens, (state) => tokensLookedAt(state, count).join())
  return useMemo(() => {
    const tokens = looked === '' ? [] : looked.split(',').map(Number)
    const measure = measureBy(by, { marks, passages: passages ?? [], flips, leftOut, attention, tokens })
    return { measure, drawn: drawnBy(marks, measure) }
  }, [by, marks, passages, flips, leftOut, attention, looked])
}

/** The tokens of the answer that are looked at: a stretch that was locked, and the one under the pointer, which comes first. */
import { createStore } from 'zustand/vanilla'

export type Stretch = { readonly from: number; readonly to: number }
export type AnswerTokens = { readonly locked: Stretch | null; readonly preview: number | null }

export const answerTokens = createStore<AnswerTokens>()(() => ({ locked: null, preview: null }))

/** Locks a token; `extend` stretches what is locked to it. */
export function lockToken(index: number | null, extend = false): void {
  answerTokens.setState(({ locked }) => {
    if (index === null) return { locked: null }
    return { locked: extend && locked !== null ? { from: locked.from, to: index } : { from: index, to: index } }
  })
}

export function previewToken(preview: number | null): void {
  answerTokens.setState({ preview })
}

/** The tokens looked at, ascending, of an answer of `count` tokens; none where nothing is. */
export function tokensLookedAt({ locked, preview }: AnswerTokens, count: number): readonly number[] {
  const { from, to } = preview === null ? (locked ?? { from: 0, to: -1 }) : { from: preview, to: preview }
  const [low, high] = locked === null && preview === null ? [0, -1] : [Math.min(from, to), Math.max(from, to)]
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => low + i).filter((index) => index < count)
}

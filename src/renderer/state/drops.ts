/** Who takes what is dropped on the window: the screen that asked for it, else the review of documents. */
import { createStore } from 'zustand/vanilla'

export type Taker = { readonly words: string; readonly take: (files: readonly File[]) => void }

export const drops = createStore<{ readonly taker: Taker | null }>()(() => ({ taker: null }))

/** Takes drops while a screen stands; `words` are shown while files hang over the window. Returns the way to stop. */
export function takeDrops(words: string, take: Taker['take']): () => void {
  const taker = { words, take }
  drops.setState({ taker })
  return () => {
    if (drops.getState().taker === taker) drops.setState({ taker: null })
  }
}

/** What retrieval needs of a text embedder; which network it is, retrieval does not know. */

export type TextKind = 'question' | 'passage'

export type Embedder = {
  /** Hash of the weights: vectors of one embedder mean nothing to another. */
  readonly hash: string
  readonly dimension: number
  /** Longest input in tokens; what a text has beyond is in no vector. */
  readonly window?: number
  /** The imported model that it is, by its name; left out where it is the bundle's own. */
  readonly model?: string
  /** Its weights are random: passages are then found by their words alone. */
  readonly untrained?: boolean
  /**
   * One vector of `dimension` numbers a text, in order. Questions and passages may be embedded differently. `told` hears how many of
   * the texts were cut to the window, where any were.
   */
  readonly embed: (
    texts: readonly string[],
    kind: TextKind,
    signal?: AbortSignal,
    told?: (cut: number) => void,
  ) => Promise<readonly Float32Array[]>
}

/** What retrieval needs of a text embedder; which network it is, retrieval does not know. */

export type Embedder = {
  /** Hash of the weights: vectors of one embedder mean nothing to another. */
  readonly hash: string
  readonly dimension: number
  /** Its weights are random: passages are then found by their words alone. */
  readonly untrained?: boolean
  /** One vector of `dimension` numbers a text, in order. Questions and passages may be embedded differently. */
  readonly embed: (
    texts: readonly string[],
    kind: 'question' | 'passage',
    signal?: AbortSignal,
  ) => Promise<readonly Float32Array[]>
}

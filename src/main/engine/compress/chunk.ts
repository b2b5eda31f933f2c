/** Passages cut into chunks of k decoder tokens. */

/** The token ranges [from, to) of a passage's chunks: k each, never across passages, the last one ragged. */
export function chunkRanges(tokens: number, k: number): readonly { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil(tokens / k) }, (_, i) => ({ from: i * k, to: Math.min((i + 1) * k, tokens) }))
}

/** Where chunks begin and end in the text of a passage, for a reader that draws them: the same cuts that `cutPassages` makes. */
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { chunkRanges } from './chunk.ts'

export type Boundaries = {
  /**
   * The tokens of a passage's text, and the character at which each chunk of k tokens ends; a chunk begins where the one
   * before it ended, the first at 0.
   */
  readonly of: (text: string, k: number) => { readonly tokens: number; readonly ends: readonly number[] }
}

/** Texts whose token offsets are kept, so that another k costs no tokenizing. */
const keptTexts = 4096

/** Boundaries by a tokenizer; the offsets of the texts asked for last are kept. */
export function openBoundaries(tokenizer: Pick<Tokenizer, 'offsets'>): Boundaries {
  const kept = new Map<string, Int32Array>()

  function offsetsOf(text: string): Int32Array {
    const known = kept.get(text)
    if (known) {
      // The map's order is that of use.
      kept.delete(text)
      kept.set(text, known)
      return known
    }
    const { ends } = tokenizer.offsets(text)
    const [oldest] = kept.keys()
    if (kept.size >= keptTexts && oldest !== undefined) kept.delete(oldest)
    kept.set(text, ends)
    return ends
  }

  return {
    of: (text, k) => {
      const ends = offsetsOf(text)
      return { tokens: ends.length, ends: chunkRanges(ends.length, k).map(({ to }) => ends[to - 1] ?? text.length) }
    },
  }
}

/** A text embedder without weights: words hashed into buckets. Equal words are near, and that is all it knows. */
import type { Embedder } from '../../src/main/engine/retrieve/embedder.ts'
import { stableHash } from '../../src/shared/random.ts'

/** An embedder whose hash and buckets follow from `name` and `dimension`. */
export function wordEmbedder(dimension = 64, name = 'words'): Embedder {
  const embedOne = (text: string) => {
    const vector = new Float32Array(dimension)
    for (const word of text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? []) {
      const hash = stableHash(`${name} ${word}`)
      const at = hash % dimension
      vector[at] = (vector[at] ?? 0) + ((hash >>> 16) % 2 === 0 ? 1 : -1)
    }
    return vector
  }
  return {
    hash: `${name}-${dimension}`,
    dimension,
    embed: async (texts, _kind, signal) => {
      signal?.throwIfAborted()
      return texts.map(embedOne)
    },
  }
}

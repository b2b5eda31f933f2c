/** Nearness of texts to a question in the embedder's space. */
import { dot, normalised } from './dense.ts'
import type { Embedder } from './embedder.ts'

/** Cosine of the question's vector with each text's. */
export async function similarities(
  embedder: Embedder,
  question: string,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const [asked] = await embedder.embed([question], 'question', signal)
  if (!asked) throw new Error('internal: no vector for the question')
  const unit = normalised(asked)
  const vectors = await embedder.embed(texts, 'passage', signal)
  return Float32Array.from(vectors, (vector) => dot(unit, normalised(vector)))
}

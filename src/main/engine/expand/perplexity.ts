/** How hard each chunk is to foretell: the decoder reads the passages in full, once. */
import type { Tokenizer } from '../tokens/tokenizer.ts'
import type { TemplateIds } from '../nets/template.ts'
import type { Decoder } from './decoder.ts'
import { logProbOf, type Held } from './session.ts'

type ReadChunk = { readonly passage: string; readonly tokens: Int32Array }

/** Mean NLL per token of each chunk, in nats, each passage read on its own after what opens it. */
export async function chunkPerplexities(
  parts: {
    readonly decoder: Decoder
    readonly held: Held
    readonly ids: TemplateIds
    readonly tokenizer: Pick<Tokenizer, 'size'>
  },
  chunks: readonly ReadChunk[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { decoder, held, ids } = parts
  const { hidden, vocabulary } = decoder.config
  const result = new Float32Array(chunks.length)
  // Reading overwrites the cache, so nothing of the run before can be kept.
  held.keys = []
  for (let from = 0; from < chunks.length;) {
    const to = chunks.findIndex((chunk, i) => i > from && chunk.passage !== chunks[from]?.passage)
    const own = chunks.slice(from, to === -1 ? chunks.length : to)
    const opening = [...ids.start, ...ids.passage]
    const tokens = [...opening, ...own.flatMap((chunk) => [...chunk.tokens])]
    const rows = new Float32Array((tokens.length - 1) * hidden)
    tokens
      .slice(0, -1)
      .forEach((id, i) => rows.set(decoder.embedding.subarray(id * hidden, (id + 1) * hidden), i * hidden))
    decoder.reserve(tokens.length)
    decoder.rewind(0)
    const logits = await decoder.feed(rows, 'all', signal)
    // The last of what opens the passage foretells its first token.
    let at = opening.length - 1
    own.forEach((chunk, i) => {
      let sum = 0
      for (const id of chunk.tokens) sum -= logProbOf(logits.subarray(at++ * vocabulary, at * vocabulary), id)
      result[from + i] = sum / chunk.tokens.length
    })
    from += own.length
  }
  decoder.rewind(0)
  return result
}

/** The bundle's own text embedder at work: texts to vectors of unit length. */
import { startGraph } from '../graph/build.ts'
import { live, numbers, openSession, type RunOn } from '../graph/run.ts'
import { keepSessions } from '../graph/sessions.ts'
import { floats, longs, type Weights } from '../graph/value.ts'
import type { EmbedderConfig } from '../nets/config.ts'
import { embedder } from '../nets/embedder.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import type { Embedder } from './embedder.ts'

/** Texts are padded to the next of these lengths, so that few graphs serve all. */
const lengths = [16, 32, 64, 128, 256, 512]
const batchSize = 64

/** Opens the embedder; texts past its longest input are cut. `hash` names its weights and tokenizer. */
export function openEmbedder(
  config: EmbedderConfig,
  weights: Weights,
  tokenizer: Pick<Tokenizer, 'encode'>,
  options: RunOn & { readonly hash: string },
): Embedder & { readonly close: () => Promise<void> } {
  const sessions = keepSessions((length: number) => {
    const g = startGraph(`embedder ${length}`)
    const ids = g.input('ids', 'int64', ['texts', length])
    const keep = g.input('keep', 'float32', ['texts', length])
    g.output('vectors', embedder(g, config, { ids, keep, texts: 'texts', length }))
    return openSession(g.finish(), weights, options)
  })

  async function embedBatch(texts: readonly Int32Array[]): Promise<readonly Float32Array[]> {
    const longest = Math.min(config.maxTokens, Math.max(1, ...texts.map((text) => text.length)))
    const length = Math.min(config.maxTokens, lengths.find((each) => each >= longest) ?? config.maxTokens)
    const ids = new Int32Array(texts.length * length)
    const keep = new Float32Array(texts.length * length)
    texts.forEach((text, row) => {
      ids.set(text.subarray(0, length), row * length)
      // An empty text still needs one position, or its mean would be of nothing.
      keep.fill(1, row * length, row * length + Math.max(1, Math.min(text.length, length)))
    })
    const shape = [texts.length, length]
    const session = await sessions.get(length)
    const vectors = numbers(
      (await session.run({ ids: live(longs(shape, ids)), keep: live(floats(shape, keep)) })).vectors,
    )
    return texts.map((_, row) => vectors.slice(row * config.hidden, (row + 1) * config.hidden))
  }

  return {
    hash: options.hash,
    dimension: config.hidden,
    async embed(texts, _kind, signal) {
      const encoded = texts.map((text) => tokenizer.encode(text))
      const vectors: Float32Array[] = []
      for (let from = 0; from < encoded.length; from += batchSize) {
        signal?.throwIfAborted()
        vectors.push(...(await embedBatch(encoded.slice(from, from + batchSize))))
      }
      return vectors
    },
    close: () => sessions.close(),
  }
}

/** Texts to vectors through any network: cut to its window, padded in batches, one graph for each of a few lengths. */
import { startGraph, type Builder } from '../graph/build.ts'
import { live, numbers, openSession, type RunOn } from '../graph/run.ts'
import { keepSessions } from '../graph/sessions.ts'
import { floats, longs, type BoundWeights, type Dim, type Value } from '../graph/value.ts'
import type { Embedder, TextKind } from './embedder.ts'

/** Texts are padded to the next of these lengths, so that few graphs serve all. */
const lengths = [16, 32, 64, 128, 256, 512]

/** A network of texts. */
export type TextNetwork = {
  readonly name: string
  readonly dimension: number
  /** Longest input in tokens. */
  readonly window: number
  /** Vectors [texts, dimension] of ids [texts, length]; `keep` [texts, length] is 1 for tokens, 0 for padding. */
  readonly build: (
    g: Builder,
    input: { readonly ids: Value; readonly keep: Value; readonly texts: Dim; readonly length: number },
  ) => Value
  /** The tokens of a text, at most a window of them. */
  readonly tokens: (text: string, kind: TextKind) => { readonly ids: Int32Array; readonly cut: boolean }
  /** How many texts of a length are run at a time: bounds memory, and lets an abort be heard. */
  readonly batch: (length: number) => number
}

/** Opens a network over its weights as an embedder. `hash` names whatever its vectors depend on. */
export function openVectors(
  network: TextNetwork,
  weights: BoundWeights,
  options: RunOn & { readonly hash: string },
): Embedder & { readonly close: () => Promise<void> } {
  const { dimension, window } = network
  const sessions = keepSessions((length: number) => {
    const g = startGraph(`${network.name} ${length}`)
    const ids = g.input('ids', 'int64', ['texts', length])
    const keep = g.input('keep', 'float32', ['texts', length])
    g.output('vectors', network.build(g, { ids, keep, texts: 'texts', length }))
    return openSession(g.finish(), weights, options)
  })

  const lengthOf = (longest: number): number =>
    Math.min(window, lengths.find((each) => each >= longest) ?? Math.ceil(longest / 512) * 512)

  async function embedBatch(texts: readonly Int32Array[], length: number): Promise<readonly Float32Array[]> {
    const ids = new Int32Array(texts.length * length)
    const keep = new Float32Array(texts.length * length)
    texts.forEach((text, row) => {
      ids.set(text, row * length)
      // An empty text still needs one position, or its mean would be of nothing.
      keep.fill(1, row * length, row * length + Math.max(1, text.length))
    })
    const shape = [texts.length, length]
    const session = await sessions.get(length)
    const vectors = numbers(
      (await session.run({ ids: live(longs(shape, ids)), keep: live(floats(shape, keep)) })).vectors,
    )
    return texts.map((_, row) => vectors.slice(row * dimension, (row + 1) * dimension))
  }

  return {
    hash: options.hash,
    dimension,
    window,
    async embed(texts, kind, signal, told) {
      const encoded = texts.map((text) => network.tokens(text, kind))
      const cut = encoded.filter((each) => each.cut).length
      if (cut > 0) told?.(cut)
      const vectors: Float32Array[] = []
      for (let from = 0; from < encoded.length;) {
        signal?.throwIfAborted()
        const batch = nextBatch(encoded, from, network.batch, lengthOf)
        vectors.push(...(await embedBatch(batch.texts, batch.length)))
        from += batch.texts.length
      }
      return vectors
    },
    close: () => sessions.close(),
  }
}

/** The texts from `from` on that run together: as many as a batch of the longest of them takes. */
function nextBatch(
  encoded: readonly { readonly ids: Int32Array }[],
  from: number,
  most: TextNetwork['batch'],
  lengthOf: (longest: number) => number,
): { readonly texts: readonly Int32Array[]; readonly length: number } {
  const texts: Int32Array[] = []
  let length = lengthOf(1)
  for (const { ids } of encoded.slice(from)) {
    const needed = Math.max(length, lengthOf(ids.length))
    if (texts.length > 0 && texts.length + 1 > most(needed)) break
    length = needed
    texts.push(ids)
  }
  return { texts, length }
}

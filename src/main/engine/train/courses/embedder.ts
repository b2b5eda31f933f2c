/** Contrastive training of the text embedder: a question lies nearer its own passage than all others of the batch. */
import type { Builder } from '../../graph/build.ts'
import { matmulWith } from '../../graph/express.ts'
import { live } from '../../graph/run.ts'
import { floats, longs, type Value } from '../../graph/value.ts'
import type { EmbedderConfig } from '../../nets/config.ts'
import { embedder } from '../../nets/embedder.ts'
import { negativeLogLikelihood, targetLogProbs } from '../loop/loss.ts'

/** Scores are cosines times this: InfoNCE's inverse temperature. */
const sharpness = 20
const lengths = { question: 32, passage: 128 } as const

/** Token ids of a question and of the text that answers it. */
export type Pair = { readonly question: Int32Array; readonly passage: Int32Array }

/** The loss over `batch` pairs, the other passages of the batch being the wrong ones. */
export function contrastiveLoss(
  g: Builder,
  config: EmbedderConfig,
  batch: number,
): { readonly loss: Value; readonly scores: Value } {
  const side = (name: 'question' | 'passage'): Value => {
    const shape = [batch, lengths[name]]
    const [ids, keep] = [g.input(`${name}.ids`, 'int64', shape), g.input(`${name}.keep`, 'float32', shape)]
    return embedder(g, config, { ids, keep, texts: batch, length: lengths[name] })
  }
  const scores = matmulWith(g, side('question'), side('passage'), { transB: true, alpha: sharpness })
  const own = g.constant(
    longs(
      [batch, 1],
      Array.from({ length: batch }, (_, i) => i),
    ),
  )
  const weights = g.constant(floats([batch, 1], new Float32Array(batch).fill(1 / batch)))
  return { loss: negativeLogLikelihood(g, targetLogProbs(g, scores, own), weights), scores }
}

/** The feeds of a batch of pairs; longer texts are cut. */
export function contrastiveFeeds(pairs: readonly Pair[]) {
  const side = (name: 'question' | 'passage') => {
    const length = lengths[name]
    const ids = new Int32Array(pairs.length * length)
    const keep = new Float32Array(pairs.length * length)
    pairs.forEach((pair, row) => {
      const tokens = pair[name].subarray(0, length)
      ids.set(tokens, row * length)
      keep.fill(1, row * length, row * length + Math.max(1, tokens.length))
    })
    const shape = [pairs.length, length]
    return { [`${name}.ids`]: live(longs(shape, ids)), [`${name}.keep`]: live(floats(shape, keep)) }
  }
  return { ...side('question'), ...side('passage') }
}

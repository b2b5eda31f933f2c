/** The mixed-input loss: one graph for reconstruction, continuation and answers at any p. */
import type { Builder } from '../../graph/build.ts'
import { concat, gather } from '../../graph/express.ts'
import type { Value } from '../../graph/value.ts'
import { batchAttention } from '../../nets/attention.ts'
import { encoderLength, type DecoderConfig, type EncoderConfig } from '../../nets/config.ts'
import { decoder, logits, tokenTable } from '../../nets/decoder.ts'
import { encoder, projector } from '../../nets/encoder.ts'
import { negativeLogLikelihood, targetLogProbs } from './loss.ts'
import type { BatchShape } from './rows.ts'

export type MixedConfig = { readonly decoder: DecoderConfig; readonly encoder: EncoderConfig }

/**
 * The layout is a gather: rows of [token embeddings; chunk embeddings] picked by `ids`, so the gradient reaches the
 * encoder through the same product that feeds it. Gives log-probabilities [targets, 1] and whether each target is the
 * likeliest token, beside the weighted mean loss.
 */
export function mixedLoss(
  g: Builder,
  config: MixedConfig,
  shape: BatchShape,
): { readonly loss: Value; readonly logProbs: Value; readonly scores: Value } {
  const { batch, length, k, chunks, targets, reach } = shape
  const ids = g.input('ids', 'int64', [batch * length])
  const room = encoderLength(config.encoder, k)
  const chunkIds = g.input('chunkIds', 'int64', [chunks, room])
  const mask = g.input('chunkMask', 'float32', [chunks, room])
  const lossRows = g.input('lossRows', 'int64', [targets])
  const wanted = g.input('targets', 'int64', [targets, 1])
  const weights = g.input('weights', 'float32', [targets, 1])

  const encoded = encoder(g, config.encoder, { ids: chunkIds, mask, chunks, k: room })
  const embeddings = projector(g, config.encoder, config.decoder, encoded)
  const table = concat(g, [tokenTable(g, config.decoder), embeddings], 0)
  const attention = batchAttention(g, config.decoder, batch, length, reach)
  const states = decoder(g, config.decoder, gather(g, table, ids), attention)
  const scores = logits(g, config.decoder, gather(g, states, lossRows))
  const logProbs = targetLogProbs(g, scores, wanted)
  return { loss: negativeLogLikelihood(g, logProbs, weights), logProbs, scores }
}

/** What training is timed and weighed on: plain language modelling of random tokens by a decoder of a fixed shape. */
import { random } from '../../../shared/random.ts'
import type { Builder } from '../graph/build.ts'
import { gather } from '../graph/express.ts'
import { live, type Feeds } from '../graph/run.ts'
import { floats, longs, type Value } from '../graph/value.ts'
import { batchAttention } from '../nets/attention.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { decoder, logits, tokenTable } from '../nets/decoder.ts'
import { negativeLogLikelihood, targetLogProbs } from '../train/loop/loss.ts'

export const timedDecoder: DecoderConfig = {
  vocabulary: 4096,
  hidden: 256,
  layers: 4,
  heads: 4,
  kvHeads: 4,
  headDim: 64,
  feedForward: 688,
  epsilon: 1e-5,
  ropeTheta: 10_000,
  window: 256,
}

/** Sequences a step and the tokens of each. */
export type Rows = { readonly batch: number; readonly length: number }

/** The mean loss over a batch of whole sequences, in nats a token. */
export function languageLoss(g: Builder, config: DecoderConfig, { batch, length }: Rows): { readonly loss: Value } {
  const rows = batch * length
  const [ids, targets] = [g.input('ids', 'int64', [rows]), g.input('targets', 'int64', [rows, 1])]
  const states = decoder(g, config, gather(g, tokenTable(g, config), ids), batchAttention(g, config, batch, length))
  const weights = g.constant(floats([rows, 1], new Float32Array(rows).fill(1 / rows)))
  return { loss: negativeLogLikelihood(g, targetLogProbs(g, logits(g, config, states), targets), weights) }
}

/** One batch of random tokens, each to foretell the next. */
export function languageFeeds(config: DecoderConfig, { batch, length }: Rows, seed: number): Feeds {
  const rows = batch * length
  const draws = random(seed)
  const ids = Int32Array.from({ length: rows }, () => draws.int(0, config.vocabulary - 1))
  const targets = ids.map((_, i) => ids[(i + 1) % rows] as number)
  return { ids: live(longs([rows], ids)), targets: live(longs([rows, 1], targets)) }
}

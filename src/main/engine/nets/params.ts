/** The weights of every part of a bundle but its decoder, by name and shape: what a bundle is begun with. */
import { startGraph } from '../graph/build.ts'
import type { Value } from '../graph/value.ts'
import {
  encodedWidth,
  type DecoderConfig,
  type EmbedderConfig,
  type EncoderConfig,
  type PolicyConfig,
} from './config.ts'
import { embedder } from './embedder.ts'
import { encoder, projector } from './encoder.ts'
import { policy, policyKinds } from './policy.ts'

/** Encoder, projector, both policies and embedder. */
export function partParams(config: {
  readonly decoder: DecoderConfig
  readonly encoder: EncoderConfig
  readonly policy: PolicyConfig
  readonly embedder: EmbedderConfig
}): readonly Value[] {
  const g = startGraph('parts')
  const k = config.encoder.maxK
  encoder(g, config.encoder, {
    ids: g.input('ids', 'int64', ['chunks', k]),
    mask: g.input('mask', 'float32', ['chunks', k]),
    chunks: 'chunks',
    k,
  })
  const rows = g.input('encoded', 'float32', ['rows', encodedWidth(config.encoder)])
  projector(g, config.encoder, config.decoder, rows)
  const asking = g.input('asking', 'float32', ['rows', 1])
  for (const kind of policyKinds) {
    const own = { rows, asking: kind === 'policyQuery' ? asking : null, mask: null, batch: 1, length: 'rows' }
    policy(g, kind, config.policy, config.encoder, own)
  }
  const length = config.embedder.maxTokens
  embedder(g, config.embedder, {
    ids: g.input('textIds', 'int64', ['texts', length]),
    keep: g.input('keep', 'float32', ['texts', length]),
    texts: 'texts',
    length,
  })
  return g.finish().params
}

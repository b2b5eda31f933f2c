/** The text embedder of retrieval: token ids to one vector of unit length a text. */
import type { Builder } from '../graph/build.ts'
import { add, div, gather, mul, reshape, scale, sum } from '../graph/express.ts'
import { scalar } from '../graph/build.ts'
import type { Dim, Value } from '../graph/value.ts'
import { bidirectionalLayer, linear, norm } from './bidirectional.ts'
import type { EmbedderConfig } from './config.ts'

/** Vectors [texts, hidden] of ids [texts, length]; `keep` [texts, length] is 1 for tokens, 0 for padding. */
export function embedder(
  g: Builder,
  config: EmbedderConfig,
  input: { readonly ids: Value; readonly keep: Value; readonly texts: Dim; readonly length: number },
): Value {
  const { hidden } = config
  const { texts, length } = input
  const rows = typeof texts === 'number' ? texts * length : `${texts}*${length}`
  const places = g.add('Slice', [g.param('embedder.positions', [config.maxTokens, hidden])], {
    axis: 0,
    start: 0,
    end: length,
  })
  const tokens = reshape(g, gather(g, g.param('embedder.embedding', [config.vocabulary, hidden]), input.ids), [
    texts,
    length,
    hidden,
  ])
  let x = reshape(g, add(g, tokens, places), [rows, hidden])
  // 0 where kept, a large negative number where padded.
  const mask = reshape(g, scale(g, add(g, input.keep, scalar(g, -1)), 1e9), [texts, 1, 1, length])
  for (let layer = 0; layer < config.layers; layer++)
    x = bidirectionalLayer(g, `embedder.layers.${layer}`, x, { ...config, batch: texts, length }, mask)
  const states = reshape(g, norm(g, 'embedder.last', x, hidden, config.epsilon), [texts, length, hidden])
  const keep = reshape(g, input.keep, [texts, length, 1])
  const mean = div(
    g,
    reshape(g, sum(g, mul(g, states, keep), [1], false), [texts, hidden]),
    reshape(g, sum(g, keep, [1], false), [texts, 1]),
  )
  const out = linear(g, 'embedder.out', mean, hidden, hidden)
  const length2 = sum(g, mul(g, out, out), [-1])
  return div(g, out, g.add('Sqrt', [add(g, length2, scalar(g, 1e-12))], {}))
}

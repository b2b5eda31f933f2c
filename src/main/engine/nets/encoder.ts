/** The chunk encoder and its projector: k tokens in, one embedding of the decoder's width out. */
import { scalar, type Builder } from '../graph/build.ts'
import { add, gather, gelu, matmul, reshape, softmax, transpose } from '../graph/express.ts'
import type { Dim, Value } from '../graph/value.ts'
import { bert, encoderPart, pool } from './bert.ts'
import { bidirectionalLayer, linear, norm } from './bidirectional.ts'
import { encodedWidth, type DecoderConfig, type EncoderConfig } from './config.ts'

/**
 * Chunks to encode: token ids [chunks, k], and 0 or a large negative number [chunks, k] to hide padding. For an imported encoder
 * the tokens are its own and k is how many of them there is room for.
 */
export type ChunkInput = { readonly ids: Value; readonly mask: Value; readonly chunks: Dim; readonly k: number }

/** Encoder outputs c_i [chunks, queries * hidden]: each learned query pools the token states, heads apart. */
export function encoder(g: Builder, config: EncoderConfig, input: ChunkInput): Value {
  if (config.imported) return importedOutputs(g, config.imported, input)
  const { hidden, heads, queries } = config
  const { chunks, k } = input
  const headDim = hidden / heads
  const rows = typeof chunks === 'number' ? chunks * k : `${chunks}*${k}`
  const table = g.param('encoder.embedding', [config.vocabulary, hidden])
  const places = g.add('Slice', [g.param('encoder.positions', [config.maxK, hidden])], { axis: 0, start: 0, end: k })
  const tokens = reshape(g, gather(g, table, input.ids), [chunks, k, hidden])
  let x = reshape(g, add(g, tokens, places), [rows, hidden])
  const mask = reshape(g, input.mask, [chunks, 1, 1, k])
  for (let layer = 0; layer < config.layers; layer++) {
    g.cut()
    x = bidirectionalLayer(g, `encoder.layers.${layer}`, x, { ...config, batch: chunks, length: k }, mask)
  }
  g.cut()
  const states = norm(g, 'encoder.last', x, hidden, config.epsilon)

  const byHead = (value: Value): Value => transpose(g, reshape(g, value, [chunks, k, heads, headDim]), [0, 2, 1, 3])
  const keys = byHead(linear(g, 'encoder.pool.key', states, hidden, hidden))
  const values = byHead(linear(g, 'encoder.pool.value', states, hidden, hidden))
  // Scores [chunks, heads, k, queries]: keys on the left, so that the shared queries broadcast over chunks.
  const asked = reshape(g, g.param('encoder.pool.queries', [heads, headDim, queries]), [1, heads, headDim, queries])
  const scores = transpose(g, matmul(g, keys, asked), [0, 1, 3, 2])
  const pooled = matmul(g, softmax(g, add(g, scores, mask)), values)
  return reshape(g, transpose(g, pooled, [0, 2, 1, 3]), [chunks, encodedWidth(config)])
}

/** The same of an imported encoder: its first state, or another pooling of them, as it was trained to be read. */
function importedOutputs(
  g: Builder,
  { network, pooling }: NonNullable<EncoderConfig['imported']>,
  { ids, mask, chunks, k }: ChunkInput,
): Value {
  const keep = g.add('Cast', [g.add('Equal', [mask, scalar(g, 0)], {})], { to: 'float32' })
  const input = { ids, keep, texts: chunks, length: k }
  return pool(g, pooling, bert(g, encoderPart, network, input), input, network.hidden)
}

/** Chunk embeddings e_i [chunks, decoder hidden] of encoder outputs: a two-layer MLP of the decoder's width (paper §2). */
export function projector(g: Builder, config: EncoderConfig, decoder: DecoderConfig, encoded: Value): Value {
  const inner = gelu(g, linear(g, 'projector.in', encoded, encodedWidth(config), decoder.hidden))
  return linear(g, 'projector.out', inner, decoder.hidden, decoder.hidden)
}

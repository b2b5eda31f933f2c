/** The sizes of every network: what a bundle keeps in its config, read back through a schema. */
import * as z from 'zod'

const size = z.number().int().min(1)

/** How positions beyond those a decoder was first trained on are turned, named as Hugging Face's `rope_type` names it. */
export const RopeScaling = z.discriminatedUnion('type', [
  z.object({ type: z.literal('linear'), factor: z.number() }),
  z.object({
    type: z.literal('dynamic'),
    factor: z.number(),
    trained: size.describe('up to so many positions nothing is scaled'),
  }),
  z.object({
    type: z.literal('llama3'),
    factor: z.number(),
    low: z.number().describe('turns in `trained` positions below which a frequency is divided by the factor'),
    high: z.number().describe('turns above which it stays as it is'),
    trained: size,
  }),
  z.object({
    type: z.literal('yarn'),
    factor: z.number(),
    fast: z.number().describe('turns in `trained` positions from which a frequency stays as it is'),
    slow: z.number().describe('turns up to which it is divided by the factor'),
    whole: z.boolean().describe('the pairs between which frequencies are blended are rounded outwards to whole ones'),
    trained: size,
    amplitude: z.number().describe('cosines and sines are multiplied by it'),
  }),
])
export type RopeScaling = z.infer<typeof RopeScaling>

/** What stands between two matrices of a feed-forward: gelu is the exact one, gelu-quick is x · sigmoid(1.702 x). */
export const Activation = z.enum(['gelu', 'gelu-tanh', 'gelu-quick', 'relu', 'silu'])
export type Activation = z.infer<typeof Activation>

/** Matrices of a decoder's layer that may have a bias. */
const biased = z.enum(['qkv', 'out', 'feedForward'])

/**
 * A decoder. Without the optional fields it is Llama-style: RMSNorm, rotary positions, grouped-query attention, SwiGLU, tied embeddings.
 */
export const DecoderConfig = z.object({
  vocabulary: size,
  hidden: size,
  layers: size,
  heads: size,
  kvHeads: size.describe('heads of keys and values; divides heads'),
  headDim: size,
  feedForward: size,
  epsilon: z.number(),
  ropeTheta: z.number(),
  window: size.describe('longest input in positions'),
  untied: z.literal(true).optional().describe('logits are products with a table of their own, not with the embeddings'),
  biases: z.array(biased).optional().describe('which matrices have one; none when left out'),
  qkNorm: z.literal(true).optional().describe('RMSNorm of every head of queries and keys, before they are turned'),
  rope: RopeScaling.optional(),
  frequencies: z
    .enum(['bf16', 'f16'])
    .optional()
    .describe('angles a position are rounded to this type, as in a model that was cast to it whole'),
  sliding: z
    .object({ window: size, layers: z.array(z.number().int().min(0)).optional().describe('all when left out') })
    .optional()
    .describe('layers that look at the last so many positions alone, the own one among them'),
  norm: z.literal('layer').optional().describe('layer normalisation with a shift in place of RMSNorm'),
  positions: z.literal('learned').optional().describe('added to the input, in place of rotary ones'),
  activation: Activation.optional().describe('between one matrix up and one down, in place of SwiGLU'),
  gate: Activation.optional().describe('of the gate, in place of silu'),
  unscaled: z.literal(true).optional().describe('scores are not divided by the root of a head’s width'),
  scaledByLayer: z.literal(true).optional().describe('scores of layer n, counted from 1, are divided by n'),
  apart: z
    .record(z.string(), size)
    .optional()
    .describe('ranks of the adapters that stand beside matrices of its layers, by the name of each'),
})
/** What the two factors beside a matrix are called. */
export function apartNames(matrix: string): { readonly down: string; readonly up: string } {
  return { down: `${matrix}.apartDown`, up: `${matrix}.apartUp` }
}

export type DecoderConfig = z.infer<typeof DecoderConfig>

/** Numbers that the KV cache keeps of a head: the runtime's attention takes whole eights alone, so others are filled up with zeros. */
export function cachedWidth({ headDim }: Pick<DecoderConfig, 'headDim'>): number {
  return Math.ceil(headDim / 8) * 8
}

/** What scores of a layer, counted from 0, are multiplied by before the softmax. */
export function scoreScale({ headDim, unscaled, scaledByLayer }: DecoderConfig, layer: number): number {
  return (unscaled ? 1 : 1 / Math.sqrt(headDim)) / (scaledByLayer ? layer + 1 : 1)
}

/** How token states become one vector: the first one, their mean, their largest, their mean weighted by position from 1. */
export const poolings = ['cls', 'mean', 'max', 'weighted'] as const
export const Pooling = z.enum(poolings)
export type Pooling = z.infer<typeof Pooling>

/** An encoder of BERT's family: normalised behind each half of a layer, learned positions, biases everywhere. */
export const BertConfig = z.object({
  vocabulary: size,
  hidden: size,
  layers: size,
  heads: size,
  feedForward: size,
  positions: size.describe('rows of the table of positions'),
  firstPosition: z
    .number()
    .int()
    .min(0)
    .describe('row of the first token: 0 in BERT, behind that of padding in RoBERTa'),
  types: z.number().int().min(0).describe('segments told apart; 0 where the network has no table of them'),
  epsilon: z.number(),
  activation: Activation,
})
export type BertConfig = z.infer<typeof BertConfig>

/** A bidirectional chunk encoder whose learned queries pool k token states into one vector of queries * hidden. */
export const EncoderConfig = z.object({
  vocabulary: size,
  hidden: size,
  layers: size,
  heads: size,
  feedForward: size,
  queries: size,
  maxK: size,
  epsilon: z.number(),
  imported: z
    .object({
      network: BertConfig,
      pooling: Pooling,
      lowercase: z.literal(true).optional().describe('chunks are made lower case before its tokenizer'),
    })
    .optional()
    .describe(
      'an encoder of BERT’s family with tokens of its own in place of ours; the sizes above are then its own, queries is 1',
    ),
})
export type EncoderConfig = z.infer<typeof EncoderConfig>

/** The pointer policy: a small transformer over chunk embeddings, one logit a chunk. */
export const PolicyConfig = z.object({
  hidden: size,
  layers: size,
  heads: size,
  feedForward: size,
  maxChunks: size,
  epsilon: z.number(),
})
export type PolicyConfig = z.infer<typeof PolicyConfig>

/** The text embedder of retrieval: mean-pooled, of unit length. */
export const EmbedderConfig = z.object({
  vocabulary: size,
  hidden: size,
  layers: size,
  heads: size,
  feedForward: size,
  maxTokens: size,
  epsilon: z.number(),
})
export type EmbedderConfig = z.infer<typeof EmbedderConfig>

/** Raised when a network makes other numbers of the same weights: what was cached before is then made anew. */
export const networkVersions = { encoder: 1, projector: 1, embedder: 1 } as const

/** Width of a chunk's encoder output c_i. */
export function encodedWidth(config: EncoderConfig): number {
  return config.queries * config.hidden
}

/** Longest input of such an encoder in tokens, those around the text among them. */
export function bertWindow(config: BertConfig): number {
  return config.positions - config.firstPosition
}

/** How texts become vectors through such an encoder. */
export const TextSettings = z.object({
  pooling: Pooling,
  unit: z.boolean().describe('vectors are made of unit length'),
  maxTokens: size.describe('texts are cut to so many tokens, those around them among them'),
  lowercase: z.literal(true).optional().describe('texts are made lower case before the tokenizer'),
  prompts: z
    .object({ question: z.string(), passage: z.string() })
    .describe('what is put before a text, by what it is; empty for nothing'),
})
export type TextSettings = z.infer<typeof TextSettings>

/** Tokens that the encoder reads of a chunk of k decoder tokens: as many, or room for an imported one's, which are often smaller. */
export function encoderLength({ imported }: EncoderConfig, k: number): number {
  return imported ? Math.min(bertWindow(imported.network), 2 * k + 8) : k
}

/** The config of a chunk encoder that was imported: one vector a chunk, read for chunks of up to `maxK` decoder tokens. */
export function importedEncoder(
  network: BertConfig,
  { pooling, lowercase }: Pick<TextSettings, 'pooling' | 'lowercase'>,
  maxK: number,
): EncoderConfig {
  const { vocabulary, hidden, layers, heads, feedForward, epsilon } = network
  const imported = { network, pooling, ...(lowercase ? { lowercase } : {}) }
  return { vocabulary, hidden, layers, heads, feedForward, queries: 1, maxK, epsilon, imported }
}

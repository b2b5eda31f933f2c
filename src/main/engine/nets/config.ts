/** The sizes of every network: what a bundle keeps in its config, read back through a schema. */
import * as z from 'zod'

const size = z.number().int().min(1)

/** A Llama-style decoder: RMSNorm, rotary positions, grouped-query attention, SwiGLU, tied embeddings. */
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
})
export type DecoderConfig = z.infer<typeof DecoderConfig>

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

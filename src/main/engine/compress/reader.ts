/** How the chunk encoder reads chunks: our own takes the decoder's tokens, an imported one the same text in tokens of its own. */
import { encoderLength, type EncoderConfig } from '../nets/config.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'

export type ChunkReader = {
  /** Tokens that the encoder has room for where a chunk has k of the decoder's. */
  readonly length: (k: number) => number
  /** The encoder's tokens of a chunk of at most k decoder tokens: never more than there is room for. */
  readonly read: (tokens: ArrayLike<number>, k: number) => ArrayLike<number>
  /** What fills the room that a chunk leaves, hidden from the encoder; null for the decoder's own padding. */
  readonly pad: number | null
}

/** Chunks as our own encoder reads them: the decoder's tokens. */
export const ownReader: ChunkReader = { length: (k) => k, read: (tokens) => tokens, pad: null }

/**
 * The reader of a bundle's encoder; `tokenizer` is the decoder's, `own` the encoder's where it has one. A chunk that is cut through a
 * character gives its reader a replacement character there, and one of more tokens than there is room for loses its end.
 */
export function openReader(
  config: EncoderConfig,
  tokenizer: Pick<Tokenizer, 'decode'>,
  own: Pick<Tokenizer, 'encode' | 'frame'> | null,
): ChunkReader {
  const { imported } = config
  if (!imported) return ownReader
  if (own === null) throw new Error('internal: an imported encoder without its tokenizer')
  return {
    length: (k) => encoderLength(config, k),
    read: (tokens, k) => {
      const text = tokenizer.decode(Int32Array.from(tokens))
      const ids = own.encode(imported.lowercase === true ? text.toLowerCase() : text)
      return own.frame.around(ids.subarray(0, Math.max(0, encoderLength(config, k) - own.frame.added))).ids
    },
    pad: 0,
  }
}

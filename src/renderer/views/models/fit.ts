/** Whether an imported encoder can stand before an imported decoder in one bundle, and what would lie between them. */
import type { ModelInfo } from '../../../shared/models.ts'

export type Side = Pick<ModelInfo, 'name' | 'hidden' | 'window' | 'tokenizer' | 'vocabulary'>
/** `says`: the projector between them, or what stands in the way. */
export type Fit = { readonly fits: boolean; readonly says: string; readonly why: string }

/** The usual chunk sizes; an encoder must read a chunk at one go. */
const least = 8

export function fitOf(encoder: Side, decoder: Side): Fit {
  const bare = [decoder, encoder].find(({ tokenizer }) => !tokenizer)
  if (bare !== undefined) {
    return {
      fits: false,
      says: 'no tokenizer',
      why: `${bare.name} came without a tokenizer.json: no text can be cut into its tokens.`,
    }
  }
  if (encoder.window < least) {
    return {
      fits: false,
      says: `${encoder.window} positions`,
      why: `${encoder.name} reads ${encoder.window} positions: too few for a chunk of ${least} tokens.`,
    }
  }
  const projector = `${encoder.hidden} → ${decoder.hidden}`
  return {
    fits: true,
    says: projector,
    why: `A projector from ${encoder.hidden} to ${decoder.hidden}, to be trained. ${encoder.name} reads chunks of up to ${encoder.window} of its own tokens${encoder.vocabulary === decoder.vocabulary ? '' : '; its tokens are others than the decoder’s, so that it reads chunks as text'}.`,
  }
}

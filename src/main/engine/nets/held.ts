/** A decoder's weights as they are held in f32 or smaller: which there are, and what they take. */
import type { WeightName } from '../../../shared/deviceNames.ts'
import { count, type BoundWeights, type Value } from '../graph/value.ts'
import type { DecoderConfig } from './config.ts'
import { decoderParams } from './decoder.ts'
import { withFormat } from './quantised.ts'

const bytesEach: Partial<Readonly<Record<Value['dtype'], number>>> = { float32: 4, float16: 2, uint8: 1 }

/** What a decoder is opened with in `format`: what its graph asks for, and the table of token embeddings, whose rows are fed. */
export function heldParams(config: DecoderConfig, format: WeightName): readonly Value[] {
  const params = decoderParams(config, (g) => withFormat(g, format))
  const [embedding] = decoderParams(config)
  return embedding && !params.some(({ name }) => name === embedding.name) ? [embedding, ...params] : params
}

/** Bytes of all of them; those that lie in a file as they lie there. */
export function heldBytes(config: DecoderConfig, format: WeightName, weights: BoundWeights = new Map()): number {
  return heldParams(config, format).reduce((sum, { name, dtype, shape }) => {
    const own = weights.get(name)
    if (own && 'file' in own) return sum + own.bytes
    return sum + count(shape as readonly number[]) * (bytesEach[dtype] ?? 4)
  }, 0)
}

/** What an arm needs of memory, by its sizes: told beside what is measured, and asked before a context is begun. */
import type { Decoder } from '../expand/decoder.ts'
import { cachedWidth, type DecoderConfig } from '../nets/config.ts'

/** What a decoder takes is told by its sizes and how it is held. */
type Sized = Pick<Decoder, 'config' | 'batch' | 'block' | 'bytesPerNumber'>

const mebi = 2 ** 20

/** KV cache of `positions` of each sequence: keys and values of every layer. */
export function kvBytes({ config, batch, bytesPerNumber }: Sized, positions: number): number {
  return 2 * batch * config.layers * config.kvHeads * cachedWidth(config) * positions * bytesPerNumber
}

/** Parameters of the decoder, its token embeddings, which are also its last product, counted once. */
export function decoderParameters(config: DecoderConfig): number {
  const { hidden, heads, kvHeads, headDim, feedForward, layers, vocabulary } = config
  const layer =
    hidden * (heads + 2 * kvHeads) * headDim + heads * headDim * hidden + 3 * hidden * feedForward + 2 * hidden
  return vocabulary * hidden + layers * layer + hidden
}

/**
 * MiB that answers of a batch, each over `positions`, need beside their base: KV cache, the rows fed, and the activations of one block,
 * attention's scores against every position among them.
 */
export function neededMiB(decoder: Sized, positions: number, output: number): number {
  const { hidden, heads, kvHeads, headDim, feedForward, vocabulary } = decoder.config
  const block = Math.min(decoder.block, positions)
  const row = 4 * hidden + 2 * (heads + 2 * kvHeads) * headDim + 3 * feedForward
  const numbers = positions * hidden + block * row + block * heads * (positions + output) + vocabulary
  return (kvBytes(decoder, positions + output) + decoder.batch * numbers * decoder.bytesPerNumber) / mebi
}

/** Why a context is not begun; null when it may fit. The room asked for is that of the context in full. */
export function refusal(decoder: Sized, positions: number, output: number, freeBytes: number): string | null {
  const { window } = decoder.config
  if (positions + output > window)
    return `${positions + output} positions are more than the decoder's window of ${window}`
  const [needed, free] = [neededMiB(decoder, positions, output), freeBytes / mebi]
  // A tenth is left to whatever else the machine does.
  if (needed <= free * 0.9) return null
  return `about ${needed.toFixed(0)} MiB needed, ${free.toFixed(0)} MiB free`
}

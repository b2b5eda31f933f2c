/** What an arm needs of memory, by its sizes: told beside what is measured, and asked before a context is begun. */
import { blockOf } from '../expand/decoder.ts'
import type { DecoderConfig } from '../nets/config.ts'

const bytesPerNumber = 4
const mebi = 2 ** 20

/** KV cache of `positions`: keys and values of every layer. */
export function kvBytes({ layers, kvHeads, headDim }: DecoderConfig, positions: number): number {
  return 2 * layers * kvHeads * headDim * positions * bytesPerNumber
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
export function neededMiB(config: DecoderConfig, positions: number, output: number, batch = 1): number {
  const { hidden, heads, kvHeads, headDim, feedForward, vocabulary } = config
  const block = Math.min(blockOf(batch, positions), positions)
  const row = 4 * hidden + 2 * (heads + 2 * kvHeads) * headDim + 3 * feedForward
  const numbers = positions * hidden + block * row + block * heads * (positions + output) + vocabulary
  return (batch * (kvBytes(config, positions + output) + numbers * bytesPerNumber)) / mebi
}

/** Why a context is not begun; null when it may fit. The room asked for is that of the context in full. */
export function refusal(
  config: DecoderConfig,
  positions: number,
  output: number,
  freeBytes: number,
  batch = 1,
): string | null {
  if (positions + output > config.window)
    return `${positions + output} positions are more than the decoder's window of ${config.window}`
  const [needed, free] = [neededMiB(config, positions, output, batch), freeBytes / mebi]
  // A tenth is left to whatever else the machine does.
  if (needed <= free * 0.9) return null
  return `about ${needed.toFixed(0)} MiB needed, ${free.toFixed(0)} MiB free`
}

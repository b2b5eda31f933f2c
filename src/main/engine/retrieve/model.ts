/** Text embedders at work: the bundle's own, and encoders that were imported. */
import type { RunOn } from '../graph/run.ts'
import type { BoundWeights, Weights } from '../graph/value.ts'
import { bert, encoderPart, pool, unit } from '../nets/bert.ts'
import type { BertConfig, EmbedderConfig, TextSettings } from '../nets/config.ts'
import { embedder } from '../nets/embedder.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import type { Embedder } from './embedder.ts'
import { openVectors } from './vectors.ts'

type OpenEmbedder = Embedder & { readonly close: () => Promise<void> }
type Options = RunOn & { readonly hash: string }

/** Opens the bundle's embedder; texts past its longest input are cut. `hash` names its weights and tokenizer. */
export function openEmbedder(
  config: EmbedderConfig,
  weights: Weights,
  tokenizer: Pick<Tokenizer, 'encode'>,
  options: Options,
): OpenEmbedder {
  const network = {
    name: 'embedder',
    dimension: config.hidden,
    window: config.maxTokens,
    build: (...[g, input]: Parameters<Parameters<typeof openVectors>[0]['build']>) => embedder(g, config, input),
    tokens: (text: string) => {
      const ids = tokenizer.encode(text)
      return { ids: ids.subarray(0, config.maxTokens), cut: ids.length > config.maxTokens }
    },
    batch: () => 64,
  }
  return openVectors(network, weights, options)
}

/** Positions of one run: about 200 MB of attention scores with twelve heads at the longest input. */
const positionsAtOnce = 8192

/** An imported encoder with all that its vectors depend on; its weights are named under `encoder`. */
export type TextEncoder = {
  readonly network: BertConfig
  readonly settings: TextSettings
  readonly weights: BoundWeights
  readonly tokenizer: Pick<Tokenizer, 'encode' | 'frame'>
}

/** Opens an imported encoder as an embedder; texts past its window are cut behind, the tokens around them kept. */
export function openTextEncoder(
  { network, settings, weights, tokenizer }: TextEncoder,
  options: Options & { readonly model: string },
): OpenEmbedder {
  const { hidden } = network
  const { pooling, maxTokens, prompts, lowercase } = settings
  const room = Math.max(0, maxTokens - tokenizer.frame.added)
  const opened = openVectors(
    {
      name: options.model,
      dimension: hidden,
      window: maxTokens,
      build: (g, input) => {
        const pooled = pool(g, pooling, bert(g, encoderPart, network, input), input, hidden)
        return settings.unit ? unit(g, pooled) : pooled
      },
      tokens: (text, kind) => {
        const asked = `${prompts[kind]}${text}`
        const ids = tokenizer.encode(lowercase ? asked.toLowerCase() : asked)
        return { ids: tokenizer.frame.around(ids.subarray(0, room)).ids, cut: ids.length > room }
      },
      batch: (length) => Math.max(1, Math.floor(positionsAtOnce / length)),
    },
    weights,
    options,
  )
  return { ...opened, model: options.model }
}

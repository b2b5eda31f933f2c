/** A bundle of random weights, small enough to make in a second: it shows the mechanics, its answers mean nothing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawSheet } from '../../src/main/engine/corpus/synthetic.ts'
import { decoderGraph } from '../../src/main/engine/expand/decoder.ts'
import { initialWeights } from '../../src/main/engine/nets/initial.ts'
import { partParams } from '../../src/main/engine/nets/params.ts'
import { defaultTemplate, specialTokens } from '../../src/main/engine/nets/template.ts'
import { openParts, type Parts } from '../../src/main/engine/parts.ts'
import { openBundle, writeBundle, type Bundle, type BundleConfig } from '../../src/main/engine/store/bundle.ts'
import { trainBpe } from '../../src/main/engine/tokens/bpe.ts'
import { random } from '../../src/shared/random.ts'

const epsilon = 1e-5
const vocabulary = 384
const net = { vocabulary, hidden: 32, layers: 2, heads: 2, feedForward: 48, epsilon }

export const tinyConfig: BundleConfig = {
  name: 'tiny',
  about: 'random weights for tests',
  toy: true,
  ks: [4, 8, 16],
  decoder: { ...net, kvHeads: 1, headDim: 16, ropeTheta: 10_000, window: 1024 },
  encoder: { ...net, queries: 2, maxK: 16 },
  policy: { hidden: 32, layers: 1, heads: 2, feedForward: 48, maxChunks: 512, epsilon },
  embedder: { ...net, maxTokens: 128 },
  template: defaultTemplate,
  lineage: [],
}

/** Writes the bundle into `folder`, its config changed as is said; the same seed always writes the same bytes. */
export async function writeTinyBundle(
  folder: string,
  seed = 7,
  changes: Partial<Pick<BundleConfig, 'template' | 'untrained' | 'stored'>> = {},
): Promise<void> {
  const draws = random(seed)
  const texts = Array.from({ length: 60 }, () => drawSheet(draws, 'any').text)
  const tokenizer = trainBpe({ texts, size: vocabulary, special: [...specialTokens] })
  const params = [...partParams(tinyConfig), ...decoderGraph(tinyConfig.decoder).params]
  await writeBundle(folder, { config: { ...tinyConfig, ...changes }, weights: initialWeights(params, seed), tokenizer })
}

/** The tiny bundle in memory, by way of a folder that is gone again. */
export async function tinyBundle(seed = 7, changes: Parameters<typeof writeTinyBundle>[2] = {}): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-bundle-'))
  try {
    await writeTinyBundle(join(folder, 'bundle'), seed, changes)
    return await openBundle(join(folder, 'bundle'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The tiny bundle opened for work, its embeddings kept in memory. */
export async function tinyParts(seed = 7): Promise<Parts> {
  return openParts(await tinyBundle(seed), { threads: 1 })
}

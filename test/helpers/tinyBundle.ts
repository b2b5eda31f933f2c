/** A bundle of random weights, small enough to make in a second: it shows the mechanics, its answers mean nothing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawSheet } from '../../src/main/engine/corpus/synthetic.ts'
import { decoderGraph } from '../../src/main/engine/expand/decoder.ts'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import type { Value } from '../../src/main/engine/graph/value.ts'
import { encodedWidth } from '../../src/main/engine/nets/config.ts'
import { embedder } from '../../src/main/engine/nets/embedder.ts'
import { encoder, projector } from '../../src/main/engine/nets/encoder.ts'
import { initialWeights } from '../../src/main/engine/nets/initial.ts'
import { policy, policyKinds } from '../../src/main/engine/nets/policy.ts'
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

/** Writes the bundle into `folder`; the same seed always writes the same bytes. */
export async function writeTinyBundle(folder: string, seed = 7): Promise<void> {
  const draws = random(seed)
  const texts = Array.from({ length: 60 }, () => drawSheet(draws, 'any').text)
  const tokenizer = trainBpe({ texts, size: vocabulary, special: [...specialTokens] })
  await writeBundle(folder, { config: tinyConfig, weights: initialWeights(tinyParams(), seed), tokenizer })
}

/** The tiny bundle in memory, by way of a folder that is gone again. */
export async function tinyBundle(seed = 7): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-bundle-'))
  try {
    await writeTinyBundle(join(folder, 'bundle'), seed)
    return await openBundle(join(folder, 'bundle'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The tiny bundle opened for work, its embeddings kept in memory. */
export async function tinyParts(seed = 7): Promise<Parts> {
  return openParts(await tinyBundle(seed), { threads: 1 })
}

/** Every weight that the networks name. */
function tinyParams(): readonly Value[] {
  const { encoder: encoderConfig, decoder, policy: policyConfig, embedder: embedderConfig } = tinyConfig
  const width = encodedWidth(encoderConfig)
  const g = startGraph('all parts')
  const k = encoderConfig.maxK
  const chunks = {
    ids: g.input('ids', 'int64', ['chunks', k]),
    mask: g.input('mask', 'float32', ['chunks', k]),
    chunks: 'chunks',
    k,
  }
  encoder(g, encoderConfig, chunks)
  const encoded = g.input('encoded', 'float32', ['rows', width])
  projector(g, encoderConfig, decoder, encoded)
  const asking = g.input('asking', 'float32', ['rows', 1])
  for (const kind of policyKinds) {
    const own = { rows: encoded, asking: kind === 'policyQuery' ? asking : null, mask: null, batch: 1, length: 'rows' }
    policy(g, kind, policyConfig, encoderConfig, own)
  }
  const length = embedderConfig.maxTokens
  embedder(g, embedderConfig, {
    ids: g.input('textIds', 'int64', ['texts', length]),
    keep: g.input('keep', 'float32', ['texts', length]),
    texts: 'texts',
    length,
  })
  return [...g.finish().params, ...decoderGraph(decoder).params]
}

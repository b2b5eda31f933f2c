/** A finished training as a bundle: weights of all parts beside their config, written whole. */
import type { Tensor } from '../../graph/value.ts'
import { startGraph } from '../../graph/build.ts'
import { encodedWidth } from '../../nets/config.ts'
import { embedder } from '../../nets/embedder.ts'
import { initialWeight } from '../../nets/initial.ts'
import { policy, policyKinds } from '../../nets/policy.ts'
import { defaultTemplate } from '../../nets/template.ts'
import type { BundleConfig } from '../../store/bundle.ts'
import type { Recipe } from './recipe.ts'

/** The config of the bundle that a recipe makes. */
export function bundleConfig(recipe: Recipe): BundleConfig {
  const { name, ks, decoder, encoder, policy: policySizes, embedder: embedderSizes } = recipe
  return {
    name,
    about: 'Toy model: shows the mechanics; its quality and speed numbers say nothing about REFRAG at scale.',
    toy: true,
    ks,
    decoder,
    encoder,
    policy: policySizes,
    embedder: embedderSizes,
    template: defaultTemplate,
    lineage: [],
  }
}

/** First values for the parts that `weights` lacks, so that an unfinished training can be tried. */
export function completeWeights(recipe: Recipe, weights: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const g = startGraph('small parts')
  const rows = g.input('rows', 'float32', [1, encodedWidth(recipe.encoder)])
  const asking = g.input('asking', 'float32', [1, 1])
  for (const kind of policyKinds)
    policy(g, kind, recipe.policy, recipe.encoder, {
      rows,
      asking: kind === 'policyQuery' ? asking : null,
      mask: null,
      batch: 1,
      length: 1,
    })
  const length = recipe.embedder.maxTokens
  embedder(g, recipe.embedder, {
    ids: g.input('ids', 'int64', [1, length]),
    keep: g.input('keep', 'float32', [1, length]),
    texts: 1,
    length,
  })
  const missing = g.finish().params.filter((param) => !weights.has(param.name))
  return new Map([...weights, ...missing.map((param) => [param.name, initialWeight(param, recipe.seed, 2)] as const)])
}

/** A finished training as a bundle: weights of all parts beside their config, written whole. */
import type { Tensor } from '../../graph/value.ts'
import { initialWeight } from '../../nets/initial.ts'
import { partParams } from '../../nets/params.ts'
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
  const missing = partParams(recipe).filter((param) => !weights.has(param.name))
  return new Map([...weights, ...missing.map((param) => [param.name, initialWeight(param, recipe.seed, 2)] as const)])
}

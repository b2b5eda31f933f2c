/** AdamW with global-norm clipping, as part of the training graph: weights go in and come out moved. */
import { scalar, type Builder } from '../../graph/build.ts'
import { add, div, mul, scale, sub } from '../../graph/express.ts'
import { sizes, type Value } from '../../graph/value.ts'

export type AdamOptions = {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Largest global norm of the gradient; above it all are scaled down alike. */
  readonly clip: number
  /** Decoupled weight decay a step, times the learning rate; on matrices only. */
  readonly decay: number
}

export const adamDefaults: AdamOptions = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, clip: 1, decay: 0.01 }

/**
 * The two numbers a step feeds: learning rates with Adam's bias corrections folded in.
 * The moments are kept unscaled (M' = b1 M + g, V' = b2 V + g^2), two products a weight cheaper:
 * `rate` = lr (1 - b1) / (1 - b1^t) * sqrt((1 - b2^t) / (1 - b2)), and `tiny` = epsilon * sqrt((1 - b2^t) / (1 - b2)).
 */
export function adamFeeds(
  options: AdamOptions,
  learningRate: number,
  step: number,
): { readonly rate: number; readonly tiny: number; readonly decay: number } {
  const { beta1, beta2, epsilon, decay } = options
  const root = Math.sqrt((1 - beta2 ** step) / (1 - beta2))
  return {
    rate: ((learningRate * (1 - beta1)) / (1 - beta1 ** step)) * root,
    tiny: epsilon * root,
    decay: learningRate * decay,
  }
}

/**
 * Adds the step for each weight. Inputs made: `rate`, `tiny`, `decay`, and `first.NAME`, `second.NAME` for the moments;
 * outputs: `next.NAME`, `nextFirst.NAME`, `nextSecond.NAME` and `gradientNorm`.
 */
export function adamStep(
  g: Builder,
  weights: readonly Value[],
  gradients: readonly Value[],
  options: AdamOptions,
): void {
  const [rate, tiny, decay] = (['rate', 'tiny', 'decay'] as const).map((name) => g.input(name, 'float32', []))
  const squares = gradients.map((value) =>
    g.add('ReduceSumSquare', [value], { axes: value.shape.map((_, i) => i), keepdims: 0 }),
  )
  const norm = g.add('Sqrt', [squares.reduce((a, b) => add(g, a, b))], {})
  g.output('gradientNorm', norm)
  const shrink = g.add('Min', [scalar(g, 1), div(g, scalar(g, options.clip), add(g, norm, scalar(g, 1e-6)))], {})
  weights.forEach((weight, i) => {
    const gradient = mul(g, gradients[i] as Value, shrink)
    const first = g.input(`first.${weight.name}`, 'float32', sizes(weight))
    const second = g.input(`second.${weight.name}`, 'float32', sizes(weight))
    const nextFirst = add(g, scale(g, first, options.beta1), gradient)
    const nextSecond = add(g, scale(g, second, options.beta2), mul(g, gradient, gradient))
    const move = div(g, mul(g, nextFirst, rate as Value), add(g, g.add('Sqrt', [nextSecond], {}), tiny as Value))
    const step = weight.shape.length > 1 ? add(g, move, mul(g, weight, decay as Value)) : move
    g.output(`next.${weight.name}`, sub(g, weight, step))
    g.output(`nextFirst.${weight.name}`, nextFirst)
    g.output(`nextSecond.${weight.name}`, nextSecond)
  })
}

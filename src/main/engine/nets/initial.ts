/** First values of weights: seeded, by what each weight is. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { count, floats, type Tensor, type Value } from '../graph/value.ts'

/** Seeded normal numbers by Box and Muller's method. */
function normal(length: number, seed: number): Float32Array {
  const generator = xoroshiro128plus(seed)
  const uniform = (): number => ((generator.next() >>> 0) + 0.5) / 4294967296
  const out = new Float32Array(length)
  for (let i = 0; i < length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform()))
    const angle = 2 * Math.PI * uniform()
    out[i] = radius * Math.cos(angle)
    if (i + 1 < length) out[i + 1] = radius * Math.sin(angle)
  }
  return out
}

/** How far each kind of weight starts from zero; the first pattern that fits a name decides. */
const spreads: readonly (readonly [RegExp, (shape: readonly number[], layers: number) => number | 'ones' | 'zeros'])[] =
  [
    [/\.gain$/, () => 'ones'],
    [/\.shift$/, () => 'zeros'],
    [/\.asks$|\.loraUp$/, () => 'zeros'],
    [/embedding$|positions$|\.head$/, () => 0.04],
    [/pool\.queries$/, (shape) => (shape[1] as number) ** -0.5],
    // What adds to the residual stream starts smaller, so that depth does not swell it.
    [/\.out$|\.out\.weight$|\.down$/, (shape, layers) => ((shape[0] as number) * 2 * layers) ** -0.5],
    [/./, (shape) => (shape[0] as number) ** -0.5],
  ]

/** One weight's first value. The same name, shape and seed always give the same numbers. */
export function initialWeight(param: Value, seed: number, layers = 4): Tensor {
  const shape = param.shape as readonly number[]
  const [, spread] = spreads.find(([pattern]) => pattern.test(param.name)) as (typeof spreads)[number]
  const by = spread(shape, layers)
  const length = count(shape)
  if (by === 'zeros') return floats(shape, new Float32Array(length))
  if (by === 'ones') return floats(shape, new Float32Array(length).fill(1))
  let hash = seed | 0
  for (const char of param.name) hash = (Math.imul(hash, 31) + (char.codePointAt(0) as number)) | 0
  return floats(
    shape,
    normal(length, hash).map((value) => value * by),
  )
}

/** First values of all of `params`. */
export function initialWeights(params: readonly Value[], seed: number): Map<string, Tensor> {
  return new Map(params.map((param) => [param.name, initialWeight(param, seed)]))
}

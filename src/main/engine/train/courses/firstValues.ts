/** What a run begins with: its weights before the first step, the same whenever they are asked for. */
import type { TrainInput } from '../../../../shared/train.ts'
import type { Tensor, Value } from '../../graph/value.ts'
import { initialWeight } from '../../nets/initial.ts'
import type { Bundle } from '../../store/bundle.ts'

/** The first value of each weight: the bundle's, or drawn with the run's seed where its part begins anew or has no such weight. */
export function firstValues({ fresh, seed }: Pick<TrainInput, 'fresh' | 'seed'>, bundle: Bundle) {
  const { layers } = bundle.config.decoder
  return (param: Value): Tensor => {
    const anew = fresh.some((part) => param.name.startsWith(`${part}.`))
    return (anew ? undefined : bundle.weights.get(param.name)) ?? initialWeight(param, seed, layers)
  }
}

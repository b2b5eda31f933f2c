/** What a run begins with: its weights before the first step, the same whenever they are asked for. */
import { Fault } from '../../../../shared/fault.ts'
import type { TrainInput } from '../../../../shared/train.ts'
import type { Tensor, Value } from '../../graph/value.ts'
import { initialWeight } from '../../nets/initial.ts'
import type { Bundle } from '../../store/bundle.ts'

/**
 * The first value of each weight: the bundle's, or drawn with the run's seed where its part begins anew or has no such weight. Fault
 * decoder-elsewhere for layers of a decoder that the bundle leaves to a server.
 */
export function firstValues({ fresh, seed }: Pick<TrainInput, 'fresh' | 'seed'>, bundle: Bundle) {
  const { name, decoder, decoderElsewhere } = bundle.config
  const { layers } = decoder
  return (param: Value): Tensor => {
    if (decoderElsewhere === true && param.name.startsWith('decoder.') && !bundle.weights.has(param.name))
      throw new Fault(
        'decoder-elsewhere',
        `${name} holds no layers of its decoder (${param.name}), which are trained through.`,
        {
          remedy: 'Train the bundle with its whole decoder, and lighten what comes of it.',
        },
      )
    const anew = fresh.some((part) => param.name.startsWith(`${part}.`))
    return (anew ? undefined : bundle.weights.get(param.name)) ?? initialWeight(param, seed, layers)
  }
}

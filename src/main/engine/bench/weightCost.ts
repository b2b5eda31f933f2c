/** What it costs that the decoder's matrices are held smaller: nats a token of the same texts, under the same conditions. */
import type { WeightName } from '../../../shared/deviceNames.ts'
import type { PplCost } from '../../../shared/evaluate.ts'
import { random } from '../../../shared/random.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { heldBytes } from '../nets/held.ts'
import { mean, pairedBootstrap } from '../measure/statistics.ts'
import type { PplFound } from './pplSummary.ts'

/** A row for each condition: f32 beside `weights`, text by text. */
export function costsOf(
  set: string,
  found: PplFound,
  {
    weights,
    under,
    config,
  }: { readonly weights: WeightName; readonly under: PplFound; readonly config: DecoderConfig },
  seed: number,
): readonly PplCost[] {
  const [f32Bytes, bytes] = [heldBytes(config, 'f32'), heldBytes(config, weights)]
  return [...under].flatMap(([cell, values]): PplCost[] => {
    const whole = found.get(cell)
    if (!whole) return []
    const { difference, low, high } = pairedBootstrap(values, whole, { random: random(seed) })
    const [logPpl, f32] = [mean(values), mean(whole)]
    return [{ set, ...cell, weights, n: values.length, f32, logPpl, difference, ci: [low, high], f32Bytes, bytes }]
  })
}

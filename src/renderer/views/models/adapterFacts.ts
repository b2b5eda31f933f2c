/** What is told of an adapter wherever one is shown. */
import type { ModelAdapter } from '../../../shared/models.ts'
import { plural } from '../../parts/format.ts'

export function adapterFacts({ rank, alpha, rootScale, matrices, replaced, base }: ModelAdapter) {
  const whole = replaced === 0 ? '' : `, ${plural(replaced, 'tensor')} replaced`
  const scale = rootScale ? `alpha ${alpha}, by the root of the rank` : `alpha ${alpha}`
  return [
    ['adapter', `LoRA of rank ${rank}, ${scale}, on ${matrices} ${matrices === 1 ? 'matrix' : 'matrices'}${whole}`],
    ['its base', base ?? 'not named'],
  ] as const
}

/** Activations, from their names in a config to operators. */
import { scalar, type Builder } from '../graph/build.ts'
import { gelu, silu } from '../graph/express.ts'
import type { Value } from '../graph/value.ts'
import type { Activation } from './config.ts'

const ways: Readonly<Record<Activation, (g: Builder, x: Value) => Value>> = {
  gelu,
  'gelu-tanh': (g, x) => g.add('FastGelu', [x], {}),
  'gelu-quick': (g, x) => g.add('QuickGelu', [x], { alpha: 1.702 }),
  relu: (g, x) => g.add('Max', [x, scalar(g, 0)], {}),
  silu,
}

/** Number by number. */
export function activate(g: Builder, kind: Activation, x: Value): Value {
  return ways[kind](g, x)
}

/** Activations as configs of the library name them. */
import type { Activation } from '../nets/config.ts'
import { unsupported } from './field.ts'

const named: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_fast: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  gelu_accurate: 'gelu-tanh',
  quick_gelu: 'gelu-quick',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
}

/** The activation of that name. Fault model-unsupported for one that is not known. */
export function activationOf(name: string): Activation {
  const known = Object.hasOwn(named, name) ? named[name] : undefined
  if (known !== undefined) return known
  throw unsupported(`Its activation is "${name.slice(0, 40)}", of which ${Object.keys(named).join(', ')} are known.`)
}

/** Rotary positions as configs spell them: `rope_parameters`, or `rope_theta` beside `rope_scaling`. */
import type { RopeScaling } from '../nets/config.ts'
import { fieldsOf, unsupported, type Fields } from './field.ts'

const known = 'Scaling is known as default, linear, dynamic, llama3 and yarn.'

type Rope = {
  readonly theta: number
  readonly scaling: RopeScaling | undefined
  /** The longest input: with linear and dynamic scaling the trained one times the factor. */
  readonly window: number
}

/** Reads them; `longest` is max_position_embeddings. Fault model-unsupported for a kind of scaling that our networks do not have. */
export function readRope(fields: Fields, longest: number): Rope {
  const spelt = fields.object('rope_parameters')
  const own = fieldsOf(spelt ?? fields.object('rope_scaling') ?? {}, spelt ? 'rope_parameters' : 'rope_scaling')
  const outer = fields.number('rope_theta', 10_000)
  const theta = own.number('rope_theta', outer)
  // Versions before 4.43 say `type`.
  const type = own.text('rope_type', own.text('type', 'default'))
  if (own.number('partial_rotary_factor', fields.number('partial_rotary_factor', 1)) !== 1)
    throw unsupported('Rotary positions turn only a part of each head (partial_rotary_factor); all of it is needed.')
  const trained = own.number(
    'original_max_position_embeddings',
    fields.number('original_max_position_embeddings', longest),
  )
  if (type === 'default') return { theta, scaling: undefined, window: longest }
  const factor = own.number('factor', Number.NaN)
  switch (type) {
    case 'linear':
      return { theta, scaling: { type, factor }, window: reach(longest, factor, trained) }
    case 'dynamic':
      // The library goes by max_position_embeddings here, whatever else is named.
      return { theta, scaling: { type, factor, trained: longest }, window: Math.floor(longest * factor) }
    case 'llama3': {
      const [low, high] = [own.number('low_freq_factor', 1), own.number('high_freq_factor', 4)]
      return { theta, scaling: { type, factor, low, high, trained }, window: longest }
    }
    case 'yarn': {
      const [fast, slow] = [own.number('beta_fast', 32), own.number('beta_slow', 1)]
      const whole = own.flag('truncate', true)
      const scaling = { type, factor, fast, slow, whole, trained, amplitude: amplitudeOf(own, factor) } as const
      return { theta, scaling, window: reach(longest, factor, trained) }
    }
    default:
      throw unsupported(`Rotary positions are scaled as "${type.slice(0, 40)}", which is not known here.`, known)
  }
}

/** What YaRN multiplies cosines and sines by, as the library works it out where a config does not say. */
function amplitudeOf(own: Fields, factor: number): number {
  const of = (weight: number): number => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1)
  const [one, all] = [own.optional('mscale'), own.optional('mscale_all_dim')]
  return own.number('attention_factor', one !== null && all !== null ? of(one) / of(all) : of(1))
}

/** Configs of scaled models name either the trained length or the scaled one: an original length beside it tells which. */
function reach(longest: number, factor: number, trained: number): number {
  return trained === longest ? Math.floor(longest * factor) : longest
}

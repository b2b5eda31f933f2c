/** Reading a config field by field: each with its default, and within bounds that no real model leaves. */
import { Fault } from '../../../shared/fault.ts'
import type { Json } from './folder.ts'

/** Bounds beyond which a size is absurd; what is built of it would not fit any machine. */
const most = {
  vocab_size: 1 << 22,
  hidden_size: 1 << 17,
  intermediate_size: 1 << 20,
  num_hidden_layers: 1024,
  num_attention_heads: 2048,
  num_key_value_heads: 2048,
  head_dim: 1 << 12,
  max_position_embeddings: 1 << 25,
  sliding_window: 1 << 25,
  max_window_layers: 1024,
  type_vocab_size: 1 << 16,
} as const
export type SizeName = keyof typeof most

export type Fields = {
  /** A size, under whichever of its names the config has it; the default where it has none. Fault model-damaged. */
  readonly size: (name: SizeName, preset: number, ...aliases: readonly string[]) => number
  /** A positive number. Fault model-damaged. */
  readonly number: (name: string, preset: number) => number
  /** A positive number; null where the config has none. Fault model-damaged. */
  readonly optional: (name: string) => number | null
  readonly flag: (name: string, preset: boolean) => boolean
  readonly text: (name: string, preset: string) => string
  readonly object: (name: string) => Json | null
  readonly list: (name: string) => readonly unknown[] | null
  /** The config has the field, and nothing in it. */
  readonly isNull: (name: string) => boolean
}

/** The fields of a config, or of an object in it called `of`. */
export function fieldsOf(config: Json, of = 'config.json'): Fields {
  const wrong = (name: string, value: unknown, needed: string): Fault =>
    new Fault('model-damaged', `${of}: ${name} is ${JSON.stringify(value)?.slice(0, 60)}, ${needed}.`, {
      remedy: 'Fetch config.json again, or correct the value in it.',
    })
  const given = (name: string): unknown => config[name] ?? null
  const positive = (name: string, value: unknown): number => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
      throw wrong(name, value, 'and needs to be a positive number')
    return value
  }
  return {
    size(name, preset, ...aliases) {
      const key = [name, ...aliases].find((each) => given(each) !== null) ?? name
      const value = given(key) ?? preset
      const least = name === 'max_window_layers' ? 0 : 1
      if (typeof value !== 'number' || !Number.isInteger(value) || value < least)
        throw wrong(key, value, `and needs to be a whole number from ${least} on`)
      if (value > most[name]) throw wrong(key, value, `more than the ${most[name]} that any model has`)
      return value
    },
    number: (name, preset) => positive(name, given(name) ?? preset),
    optional: (name) => (given(name) === null ? null : positive(name, given(name))),
    flag(name, preset) {
      const value = given(name) ?? preset
      if (typeof value !== 'boolean') throw wrong(name, value, 'and needs to be true or false')
      return value
    },
    text(name, preset) {
      const value = given(name) ?? preset
      if (typeof value !== 'string') throw wrong(name, value, 'and needs to be a word')
      return value
    },
    object(name) {
      const value = given(name)
      if (value === null) return null
      if (typeof value !== 'object' || Array.isArray(value)) throw wrong(name, value, 'and needs to be an object')
      return value as Json
    },
    list(name) {
      const value = given(name)
      if (value !== null && !Array.isArray(value)) throw wrong(name, value, 'and needs to be a list')
      return value
    },
    isNull: (name) => config[name] === null,
  }
}

/** The fault for a variant of a known architecture that our networks do not have. */
export function unsupported(what: string, remedy?: string): Fault {
  return new Fault('model-unsupported', what, remedy === undefined ? {} : { remedy })
}

/** From argv to a command's values: node:util's parser, with faults of usage that name the flag. */
import type * as z from 'zod'
import { parseArgs } from 'node:util'

export type Flag = {
  readonly type: 'string' | 'boolean'
  readonly about: string
  /** What stands after the flag in the help. */
  readonly value?: string
  readonly default?: string
  readonly required?: boolean
}
export type Flags = Readonly<Record<string, Flag>>

/** Wrong use of the command line: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A command's parsed flags and positionals, read by name; each reader throws a UsageError that names the flag. */
export type Values = {
  readonly positionals: readonly string[]
  readonly flag: (name: string) => boolean
  readonly text: (name: string) => string
  readonly optional: (name: string) => string | undefined
  readonly number: (name: string) => number
  readonly integer: (name: string) => number
  readonly numbers: (name: string) => number[]
  readonly list: (name: string) => string[]
}

/** Flags that every command takes. */
export const commonFlags: Flags = {
  json: { type: 'boolean', about: 'print one JSON value on stdout; errors as JSON on stderr' },
  home: { type: 'string', value: 'DIR', about: 'folder for indexes, caches and runs (or REFRAG_HOME)' },
  bundle: { type: 'string', value: 'DIR', about: 'folder with a bundle.json, or of such folders (or REFRAG_MODELS)' },
  device: { type: 'string', value: 'NAME', about: 'run on cpu, cuda, dml, coreml or webgpu, over the setting' },
  weights: {
    type: 'string',
    value: 'NAME',
    about: 'hold the decoder as f32, f16 (beside the CPU), int8 or int4, over the setting',
  },
  help: { type: 'boolean', about: 'show this help' },
}

/** Parses `argv` by `flags`. */
export function readArguments(argv: readonly string[], flags: Flags): Values {
  const parsed = parse(argv, flags)
  const values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>> = parsed.values
  const optional = (name: string): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : flags[name]?.default
  }
  const text = (name: string): string => {
    const value = optional(name)
    if (value === undefined) throw new UsageError(`--${name} is missing`)
    return value
  }
  const toNumber = (name: string, from: string): number => {
    const value = Number(from)
    if (from.trim() === '' || !Number.isFinite(value)) throw new UsageError(`--${name} takes a number, not "${from}"`)
    return value
  }
  const list = (name: string): string[] => {
    const parts = text(name)
      .split(',')
      .map((part) => part.trim())
    if (parts.some((part) => part === '')) throw new UsageError(`--${name} takes values separated by commas`)
    return parts
  }
  for (const [name, flag] of Object.entries(flags)) if (flag.required === true) text(name)
  return {
    positionals: parsed.positionals,
    flag: (name) => values[name] === true,
    text,
    optional,
    number: (name) => toNumber(name, text(name)),
    integer: (name) => {
      const value = toNumber(name, text(name))
      if (!Number.isSafeInteger(value)) throw new UsageError(`--${name} takes a whole number, not "${text(name)}"`)
      return value
    },
    numbers: (name) => list(name).map((part) => toNumber(name, part)),
    list,
  }
}

function parse(argv: readonly string[], flags: Flags) {
  try {
    const options = Object.fromEntries(Object.entries(flags).map(([name, { type }]) => [name, { type }]))
    return parseArgs({
      args: [...argv],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message.replace(/\. To specify.*$/s, '') : String(error))
  }
}

/** What a schema makes of a command's flags; wrong use, told by the field's name, where it makes nothing of them. */
export function readInput<T>(schema: z.ZodType<T>, flags: unknown): T {
  const parsed = schema.safeParse(flags)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${issue?.path.join('.') ?? 'value'}: ${issue?.message ?? 'cannot be read'}`)
}

/** A field of an input where its flag was given, and nothing where it was not: the schema's own default then stands. */
export function given<Key extends string, Value>(
  values: Values,
  flag: string,
  key: Key,
  read: (flag: string) => Value,
): Partial<Record<Key, Value>> {
  return values.optional(flag) === undefined ? {} : ({ [key]: read(flag) } as Record<Key, Value>)
}

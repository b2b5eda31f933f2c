/** The shape of a synthetic domain: its attributes and fillers as tables, by language. */
import type { DomainName } from './names.ts'
import type { ValueKind } from './values.ts'

export type Language = 'en' | 'es' | 'zh'

/** `{e}` stands for the entity, `{v}` for the value; every sentence and question names the entity in full. */
export type Attribute = {
  readonly name: string
  readonly value: ValueKind
  readonly says: readonly [string, string, string]
  readonly asks: readonly [string, string]
}

export type Voice = { readonly attributes: readonly Attribute[]; readonly fillers: readonly string[] }

export type Domain = { readonly name: DomainName; readonly voices: Readonly<Record<Language, Voice>> }

/** One row of an attribute table. */
export function attribute(
  name: string,
  value: ValueKind,
  says: readonly [string, string, string],
  asks: readonly [string, string],
): Attribute {
  return { name, value, says, asks }
}

/** What a synthetic fact can be about: each kind of value with how it is drawn. */
import type { Random } from '../../../../shared/random.ts'
import { en, es, firstNames, lastNames, namesZh, zh } from './words.ts'

type Lists = { readonly en: typeof en; readonly es: typeof es; readonly zh: typeof zh }
type DrawnKind = 'year' | 'small' | 'large' | 'person' | 'namesZh'
type ListKind = { [Language in keyof Lists]: `${Language}.${keyof Lists[Language] & string}` }[keyof Lists]
export type ValueKind = DrawnKind | ListKind

const drawn: Readonly<Record<DrawnKind, (random: Random) => string>> = {
  year: (random) => String(random.int(1200, 1999)),
  small: (random) => String(random.int(11, 99)),
  large: (random) => String(random.int(101, 999)),
  person: (random) => `${random.pick(firstNames)} ${random.pick(lastNames)}`,
  namesZh: (random) => random.pick(namesZh),
}
const lists = new Map<string, readonly string[]>(
  Object.entries({ en, es, zh }).flatMap(([language, byName]) =>
    Object.entries(byName).map(([name, entries]) => [`${language}.${name}`, entries] as const),
  ),
)

/** A random value of the kind: one to three words, verbatim as it will stand in a passage. */
export function drawValue(random: Random, kind: ValueKind): string {
  if (isDrawn(kind)) return drawn[kind](random)
  const list = lists.get(kind)
  if (!list) throw new Error(`internal: no list ${kind}`)
  return random.pick(list)
}

function isDrawn(kind: ValueKind): kind is DrawnKind {
  return kind in drawn
}

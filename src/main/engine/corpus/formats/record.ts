/** A record of JSON as sections: its text by column, or the passages that a question set carries along. */
import type { ColumnMapping, Part } from '../../../../shared/corpus.ts'
import { askedBy, nameOf, valueOf } from '../columns.ts'
import { trimRange, type Section } from '../section.ts'

type Found = {
  readonly title: string
  readonly text: string
  readonly whole: boolean
  readonly id: string | undefined
  /** False for a passage that its question set marks as wrong. */
  readonly gold: boolean
}

/** Where a record stands: `source.slice(from, to)` is its JSON. */
export type Place = {
  readonly source: string
  readonly from: number
  readonly to: number
  /** The title of what bears none. */
  readonly name: string
  readonly part?: Part | undefined
}

/** The sections of a record; undefined where it holds no text. */
export function sectionsOf(record: unknown, place: Place, columns: ColumnMapping): Section[] | undefined {
  const found = textsOf(record, columns)
  if (!found) return undefined
  const asked = isRecord(record) ? askedBy(fieldsOf(record), columns) : undefined
  const filled = found.filter(({ text }) => text.trim() !== '')
  return filled.map(({ title, text, whole, id, gold }, at) => ({
    title: title || place.name,
    whole,
    id,
    document: at === 0,
    part: place.part,
    asked: gold ? asked : undefined,
    ...(exactRange(place, text) ?? { from: place.from, to: place.to, text: text.trim() }),
  }))
}

/** The texts of a record, or undefined if it has none. */
function textsOf(record: unknown, columns: ColumnMapping): readonly Found[] | undefined {
  if (typeof record === 'string') return [{ title: '', text: record, whole: false, id: undefined, gold: true }]
  if (!isRecord(record)) return undefined
  const fields = fieldsOf(record)
  const passages = columns.text === undefined ? lowered(fields, 'passages') : undefined
  if (Array.isArray(passages)) {
    // A question set may name its passages by id alone: an id is no text.
    const found = passages.flatMap((passage: unknown) => {
      if (!isRecord(passage)) return []
      return (textsOf(passage, {}) ?? []).map((each) => ({ ...each, whole: true, gold: passage['gold'] !== false }))
    })
    return found.length > 0 ? found : undefined
  }
  const text = textOf(valueOf(fields, columns, 'text'))
  if (text === undefined) return undefined
  return [
    {
      title: nameOf(fields, columns, 'title'),
      text,
      whole: columns.text === undefined && lowered(fields, 'passage') === text,
      id: nameOf(fields, columns, 'id') || undefined,
      gold: true,
    },
  ]
}

/** A mapped column may hold paragraphs as a list. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string'))
    return value.join('\n\n')
  return undefined
}

function fieldsOf(record: object): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(record))
}

function lowered(fields: ReadonlyMap<string, unknown>, wanted: string): unknown {
  for (const [name, value] of fields) if (name.toLowerCase() === wanted) return value
  return undefined
}

/** True for an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The characters of the text in its record, if JSON spells it without escapes and it stands there only once. */
function exactRange({ source, from, to }: Place, text: string) {
  const record = source.slice(from, to)
  const at = record.indexOf(`"${text}"`)
  if (at === -1 || text.includes('\\') || record.includes(`"${text}"`, at + 1)) return undefined
  return trimRange(source, from + at + 1, from + at + 1 + text.length)
}

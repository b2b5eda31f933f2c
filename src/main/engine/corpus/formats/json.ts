/** JSON: a list of records, a document each, wherever in the file it stands outermost; or one record. */
import type { ColumnMapping } from '../../../../shared/corpus.ts'
import { Fault } from '../../../../shared/fault.ts'
import { textStart, trimRange, type Reading, type ReaderInput, type Section, type SourceFile } from '../section.ts'
import { noText, parseRecord } from './jsonl.ts'
import { isRecord, sectionsOf } from './record.ts'

type Range = { readonly from: number; readonly to: number }

/** The sections throw Fault bad-record, with the number of the record. */
export async function readJson({ file, name, text, columns }: ReaderInput): Promise<Reading> {
  const source = await text()
  return { source, whole: false, sections: readRecords({ file, name, source }, columns) }
}

function* readRecords({ file, name, source }: SourceFile, columns: ColumnMapping): Generator<Section> {
  for (const [at, { from, to }] of recordsIn(source, file).entries()) {
    const where = `${file}, record ${at + 1}`
    const record = parseRecord(source.slice(from, to), where)
    const part = { unit: 'record', number: at + 1 } as const
    const sections = sectionsOf(record, { source, from, to, name, part }, columns)
    if (!sections) throw noText(where, record, columns)
    yield* sections
  }
}

/**
 * Where the records of a file stand: the elements of its list; of an object, those of the first list of records in it, or the
 * object itself. Throws Fault bad-record for what is not JSON.
 */
export function recordsIn(source: string, file: string): readonly Range[] {
  const whole = trimRange(source, textStart(source), source.length)
  const value = parseRecord(source.slice(whole.from, whole.to), file)
  if (Array.isArray(value)) return elementsFrom(source, whole.from)
  if (!isRecord(value)) throw new Fault('bad-record', `${file} holds no record: neither a list nor an object.`)
  const list = Object.entries(value).find(
    ([, inner]) => Array.isArray(inner) && inner.length > 0 && inner.every(isRecord),
  )
  // A record's own passages are its text, not records beside it.
  if (!list || list[0].toLowerCase() === 'passages') return [whole]
  return elementsFrom(source, listAt(source, whole.from, list[0]))
}

/** The bracket that opens the list under a key of the object that begins at `from`. */
function listAt(source: string, from: number, key: string): number {
  let at = from + 1
  for (;;) {
    const name = valueEnd(source, (at = skipSpace(source, at)))
    const colon = skipSpace(source, name)
    const value = skipSpace(source, colon + 1)
    if (JSON.parse(source.slice(at, name)) === key) return value
    at = skipSpace(source, valueEnd(source, value)) + 1
  }
}

/** The elements of the list whose bracket stands at `from`; the source is known to be JSON. */
function elementsFrom(source: string, from: number): Range[] {
  const ranges: Range[] = []
  let at = skipSpace(source, from + 1)
  while (at < source.length && source[at] !== ']') {
    const to = valueEnd(source, at)
    ranges.push({ from: at, to })
    const next = skipSpace(source, to)
    at = source[next] === ',' ? skipSpace(source, next + 1) : next
  }
  return ranges
}

function skipSpace(source: string, from: number): number {
  let at = from
  while (at < source.length && /\s/.test(source[at] ?? '')) at++
  return at
}

/** The end of the value that begins at `from`: brackets are counted, strings passed over. */
function valueEnd(source: string, from: number): number {
  let depth = 0
  for (let at = from; at < source.length; at++) {
    const char = source[at]
    if (char === '"') at = stringEnd(source, at)
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') {
      if (depth === 0) return at
      depth--
    } else if (depth === 0 && (char === ',' || char === ':')) return at
    else if (depth === 0 && at > from && /\s/.test(char ?? '')) return at
    if (depth === 0 && (char === '"' || char === '}' || char === ']')) return at + 1
  }
  return source.length
}

/** The closing quote of the string that opens at `from`. */
function stringEnd(source: string, from: number): number {
  let at = from + 1
  while (at < source.length && source[at] !== '"') at += source[at] === '\\' ? 2 : 1
  return at
}

/** Sections: what a format's reader finds in a file, before it is cut into passages. */

/** A decoded file; `source` holds every character of it, a byte order mark included, so that offsets are the file's own. */
export type SourceFile = { readonly file: string; readonly name: string; readonly source: string }

/**
 * One stretch of text. Without `text` it is exactly `source.slice(from, to)`.
 * With `text` the file spells it otherwise (escapes, joined columns) and `from`, `to` are the whole record's.
 */
export type Section = {
  readonly title: string
  /** The record's own id, where it has one. */
  readonly id?: string
  readonly from: number
  readonly to: number
  readonly text?: string
  /** Already a passage: kept whole unless it is far too long. */
  readonly whole: boolean
  /** First section of a document; a file is one document, a record of csv or jsonl another. */
  readonly document: boolean
}

/** Reads one format; throws Fault bad-record naming file and line. */
export type FormatReader = (file: SourceFile) => Iterable<Section>

/** Field names in the order in which they are preferred, lower case. */
export const textFields = ['text', 'passage', 'contents', 'content', 'context', 'body', 'paragraph', 'abstract']
export const titleFields = ['title', 'name', 'heading', 'id', '_id']
export const idFields = ['_id', 'id']

/** Where the text starts: after the byte order mark, if there is one. */
export function textStart(source: string): number {
  return source.startsWith('\uFEFF') ? 1 : 0
}

/** The range without white space at its ends; empty ranges have `from === to`. */
export function trimRange(source: string, from: number, to: number): { readonly from: number; readonly to: number } {
  const text = source.slice(from, to)
  const start = from + (text.length - text.trimStart().length)
  return { from: start, to: Math.max(start, from + text.trimEnd().length) }
}

/** Each line of the range with its number, from 1; the ends of lines are left out. */
export function* linesOf(source: string, start: number): Generator<{ from: number; to: number; line: number }> {
  let from = start
  for (let line = 1; from <= source.length; line++) {
    const end = source.indexOf('\n', from)
    const next = end === -1 ? source.length : end
    yield { from, to: next > from && source[next - 1] === '\r' ? next - 1 : next, line }
    if (end === -1) return
    from = end + 1
  }
}

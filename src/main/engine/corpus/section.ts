/** Sections: what a format's reader finds in a file, before it is cut into passages. */
import type { ColumnMapping, Part } from '../../../shared/corpus.ts'

/** A decoded file; `source` holds every character of it, a byte order mark included, so that offsets are the file's own. */
export type SourceFile = { readonly file: string; readonly name: string; readonly source: string }

/** The question that a record asks beside its text. */
export type Asked = { readonly question: string; readonly answers: readonly string[] }

/**
 * One stretch of text. Without `text` it is exactly `source.slice(from, to)`.
 * With `text` the file spells it otherwise (escapes, joined columns) and `from`, `to` are the whole record's.
 */
export type Section = {
  readonly title: string
  /** The record's own id, where it has one. */
  readonly id?: string | undefined
  readonly from: number
  readonly to: number
  readonly text?: string | undefined
  /** Already a passage: kept whole unless it is far too long. */
  readonly whole: boolean
  /** First section of a document; a file is one document, a record of csv or jsonl another. */
  readonly document: boolean
  /** The page, slide, cell or record that it stands in. */
  readonly part?: Part | undefined
  /** The headings above it, outermost first. */
  readonly headings?: readonly string[] | undefined
  /** The character at which the count of lines begins: that of its part where the reader made the text. */
  readonly linesFrom?: number | undefined
  readonly asked?: Asked | undefined
}

/** What a reader makes of a file. */
export type Reading = {
  /** The text that sections count in: the file's own, or what the reader made of it. */
  readonly source: string
  readonly sections: Iterable<Section>
  /** True where the whole file is one document, false where each record is one. */
  readonly whole: boolean
  /** The title that the document gives itself. */
  readonly title?: string | undefined
}

/** What a reader is given; bytes and text are read when they are asked for. */
export type ReaderInput = {
  readonly file: string
  /** The file's name without its extension: the title of what bears none. */
  readonly name: string
  readonly bytes: () => Promise<Buffer>
  /** Throws Fault not-text or bad-encoding. */
  readonly text: () => Promise<string>
  /** Which columns of records hold what; those left out are found by their names. */
  readonly columns: ColumnMapping
  readonly signal?: AbortSignal | undefined
}

/** Reads one format. Throws a Fault that names the file and, where it can, the place. */
export type FormatReader = (input: ReaderInput) => Promise<Reading>

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

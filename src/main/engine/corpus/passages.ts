/** Sections into passages: at paragraphs and sentences, never more than a passage's worth of words. */
import type { Passage } from '../../../shared/corpus.ts'
import { passageId } from './identity.ts'
import { trimRange, type Section, type SourceFile } from './section.ts'

/** Words a passage holds at most; a section that is a passage already may be longer. */
const maxWords = 120
const maxWordsWhole = 320
/** Text without spaces counts as words by its length, so that nothing grows without bound. */
const maxCharacters = 1600

type Range = { readonly from: number; readonly to: number }
const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' })

/** A passage with where it stands in the section's text: that of the file, or the section's own where it has one. */
export type CutPassage = { readonly passage: Passage; readonly from: number; readonly to: number }

/** Cuts a section into passages; the text of each is exactly the characters of its span wherever the source spells it so. */
export function* passagesOf(file: SourceFile, section: Section, lines: LineIndex): Generator<CutPassage> {
  const source = section.text ?? file.source
  const whole: Range = section.text === undefined ? section : { from: 0, to: section.text.length }
  const { headings = [], part, id } = section
  const linesBefore = lines.lineAt(section.linesFrom ?? 0) - 1
  for (const range of cut(source, whole, section.whole ? maxWordsWhole : maxWords)) {
    const text = source.slice(range.from, range.to)
    const { from, to } = section.text === undefined ? range : section
    const span = {
      file: file.file,
      lineFrom: lines.lineAt(from) - linesBefore,
      lineTo: lines.lineAt(to - 1) - linesBefore,
      charFrom: from,
      charTo: to,
      ...(part === undefined ? {} : { part }),
      ...(headings.length === 0 ? {} : { section: headings.join(' › ') }),
    }
    const document = id === undefined ? {} : { document: id }
    yield { passage: { id: passageId(text), title: section.title, text, span, ...document }, ...range }
  }
}

export type LineIndex = { readonly lineAt: (character: number) => number }

/** Line numbers, from 1, of a file's characters. */
export function indexLines(source: string): LineIndex {
  const starts = [0]
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return {
    lineAt: (character) => {
      let low = 0
      let high = starts.length
      while (high - low > 1) {
        const middle = (low + high) >> 1
        if ((starts[middle] ?? 0) <= character) low = middle
        else high = middle
      }
      return low + 1
    },
  }
}

/** Ranges of at most `limit` words that together hold every character but white space. */
export function cut(source: string, whole: Range, limit: number): Range[] {
  if (fits(source, whole, limit)) return trimmed(source, [whole])
  const paragraphs = split(source, whole, /\r?\n[^\S\n]*\r?\n\s*/g)
  const pieces = paragraphs.flatMap((paragraph) =>
    fits(source, paragraph, limit)
      ? [paragraph]
      : sentencesOf(source, paragraph).flatMap((sentence) =>
          fits(source, sentence, limit) ? [sentence] : wordsOf(source, sentence, limit),
        ),
  )
  return trimmed(source, pack(source, pieces, limit))
}

/** Joins neighbours while they still fit. */
function pack(source: string, pieces: readonly Range[], limit: number): Range[] {
  const packed: Range[] = []
  for (const piece of pieces) {
    const last = packed.at(-1)
    const joined = last && { from: last.from, to: piece.to }
    if (joined && fits(source, joined, limit)) packed[packed.length - 1] = joined
    else packed.push(piece)
  }
  return packed
}

function sentencesOf(source: string, range: Range): Range[] {
  const text = source.slice(range.from, range.to)
  return [...sentences.segment(text)].map(({ index, segment }) => ({
    from: range.from + index,
    to: range.from + index + segment.length,
  }))
}

/** A sentence too long for a passage, cut between words, and within a word only if that alone is too long. */
function wordsOf(source: string, range: Range, limit: number): Range[] {
  const pieces = split(source, range, /\s+|(?<=\p{Script=Han})(?=\p{Script=Han})/gu)
  const bounded = pieces.flatMap((piece) => slices(source, piece))
  return pack(source, bounded, limit)
}

function slices(source: string, { from, to }: Range): Range[] {
  if (to - from <= maxCharacters) return [{ from, to }]
  const ranges: Range[] = []
  for (let at = from; at < to;) {
    let end = Math.min(to, at + maxCharacters)
    if (end < to && isLowSurrogate(source.charCodeAt(end))) end--
    ranges.push({ from: at, to: end })
    at = end
  }
  return ranges
}

function split(source: string, range: Range, gap: RegExp): Range[] {
  const text = source.slice(range.from, range.to)
  const ranges: Range[] = []
  let from = 0
  for (const found of text.matchAll(gap)) {
    if (found.index > from) ranges.push({ from: range.from + from, to: range.from + found.index })
    from = found.index + found[0].length
  }
  if (from < text.length) ranges.push({ from: range.from + from, to: range.to })
  return ranges
}

function trimmed(source: string, ranges: readonly Range[]): Range[] {
  return ranges.map(({ from, to }) => trimRange(source, from, to)).filter(({ from, to }) => from < to)
}

function fits(source: string, { from, to }: Range, limit: number): boolean {
  if (to - from > Math.max(maxCharacters, limit * 10)) return false
  return countWords(source.slice(from, to)) <= limit
}

/** Words between spaces; a Chinese or Japanese character counts as one. */
function countWords(text: string): number {
  return (
    text.match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu,
    )?.length ?? 0
  )
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/** Cutting a normalized text into words: one table of pre-tokenizers, places kept. */
import { part, prepend, rewrite, type Aligned } from './aligned.ts'
import { fields, readStep, unsupported, type Behavior, type Step } from './json.ts'
import { patternOf } from './library.ts'

/** Cuts one piece into smaller ones; `first` where the piece is the beginning of the text. */
export type Splitter = (piece: Aligned, first: boolean) => readonly Aligned[]

/** GPT-2's cut of a text into words, which a ByteLevel pre-tokenizer with `use_regex` stands for. */
const gpt2Words = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

const space = /\p{White_Space}/gu
const punctuation = /[\p{P}!-/:-@[-`{-~]/gu
const digits = /\p{N}/gu

/** Runs of word characters, those that join others among them (so has it the library that wrote the file), and runs of the rest. */
const runs =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu

/** The table; a row reads its fields from the step and gives the function. */
const splitters: Readonly<Record<string, (step: Step) => Splitter>> = {
  ByteLevel: (step) => {
    const { add_prefix_space: spaced, use_regex: cuts } = readStep(fields.byteLevel, step)
    const words = cuts ? patternOf({ Regex: gpt2Words }) : null
    return (piece) => {
      const whole = spaced && !piece.text.startsWith(' ') ? prepend(piece, ' ') : piece
      return words ? cut(whole, words, 'Isolated', false) : [whole]
    }
  },
  Split: (step) => {
    const { pattern, behavior, invert } = readStep(fields.split, step)
    const regex = patternOf(pattern)
    return (piece) => cut(piece, regex, behavior, invert)
  },
  Metaspace: (step) => metaspace(step),
  BertPreTokenizer: () => (piece) =>
    cut(piece, space, 'Removed', false).flatMap((word) => cut(word, punctuation, 'Isolated', false)),
  Whitespace: () => (piece) => cut(piece, runs, 'Removed', true),
  WhitespaceSplit: () => (piece) => cut(piece, space, 'Removed', false),
  Punctuation: (step) => {
    const { behavior } = readStep(fields.punctuation, step)
    return (piece) => cut(piece, punctuation, behavior, false)
  },
  Digits: (step) => {
    const { individual_digits: apart } = readStep(fields.digits, step)
    return (piece) => cut(piece, digits, apart ? 'Isolated' : 'Contiguous', false)
  },
  Sequence: (step) => {
    const all = readStep(fields.pretokenizers, step).pretokenizers.map(openSplitter)
    return (piece, first) =>
      all.reduce<readonly Aligned[]>(
        (pieces, next) => pieces.flatMap((each, i) => next(each, first && i === 0)),
        [piece],
      )
  },
}

/** The pre-tokenizer of a step; Fault `unsupported-format` that names one the table lacks. */
export function openSplitter(step: Step): Splitter {
  const open = splitters[step.type]
  if (!open) throw unsupported(`its pre-tokenizer ${step.type} is not known`)
  return open(step)
}

/** A pre-tokenizer that makes each match of a regular expression a word of its own. */
export function isolate(regex: string): Step {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false }
}

/** True where the last step turns words into the alphabet of bytes. */
export function endsInBytes(step: Step | null | undefined): boolean {
  if (!step) return false
  return step.type === 'Sequence'
    ? endsInBytes(readStep(fields.pretokenizers, step).pretokenizers.at(-1))
    : step.type === 'ByteLevel'
}

/** Spaces made visible, one more before the text, and every word beginning with its space. */
function metaspace(step: Step): Splitter {
  const { replacement, add_prefix_space: spaced, prepend_scheme: scheme, split } = readStep(fields.metaspace, step)
  const prepends = scheme ?? (spaced === false ? 'never' : 'always')
  const marks = patternOf({ String: replacement })
  return (piece, first) => {
    const shown = rewrite(piece, / /g, () => replacement)
    const bare = !shown.text.startsWith(replacement) && (prepends === 'always' || (prepends === 'first' && first))
    const whole = bare ? prepend(shown, replacement) : shown
    return split === false ? [whole] : cut(whole, marks, 'MergedWithNext', false)
  }
}

type Range = { readonly from: number; readonly to: number; readonly match: boolean }

/** Matches and what stands between them, in order; nothing empty. */
function rangesOf(text: string, pattern: RegExp, invert: boolean): Range[] {
  const ranges: Range[] = []
  const add = (from: number, to: number, match: boolean): void => {
    if (to > from) ranges.push({ from, to, match: match !== invert })
  }
  let done = 0
  for (const { 0: match, index } of text.matchAll(pattern)) {
    add(done, index, false)
    add(index, index + match.length, true)
    done = index + match.length
  }
  add(done, text.length, false)
  return ranges
}

/** How matches and what lies between them become words. */
const joins: Readonly<Record<Behavior, (ranges: readonly Range[]) => readonly Range[]>> = {
  Isolated: (ranges) => ranges,
  Removed: (ranges) => ranges.filter(({ match }) => !match),
  // Of several matches in a row only the first joins what stands before it.
  MergedWithPrevious: (ranges) => {
    const joined: Range[] = []
    ranges.forEach((range, i) => {
      const before = joined.at(-1)
      if (before && range.match && !ranges[i - 1]?.match) joined[joined.length - 1] = { ...before, to: range.to }
      else joined.push(range)
    })
    return joined
  },
  MergedWithNext: (ranges) => {
    const joined: Range[] = []
    for (let i = ranges.length - 1; i >= 0; i--) {
      const range = ranges[i] as Range
      const after = joined.at(-1)
      if (after && range.match && !ranges[i + 1]?.match) joined[joined.length - 1] = { ...after, from: range.from }
      else joined.push(range)
    }
    return joined.toReversed()
  },
  Contiguous: (ranges) => {
    const joined: Range[] = []
    for (const range of ranges) {
      const before = joined.at(-1)
      if (before?.match === range.match) joined[joined.length - 1] = { ...before, to: range.to }
      else joined.push(range)
    }
    return joined
  },
}

/** A piece cut by a pattern; empty words are left out. */
export function cut(piece: Aligned, pattern: RegExp, behavior: Behavior, invert: boolean): readonly Aligned[] {
  return joins[behavior](rangesOf(piece.text, pattern, invert)).map(({ from, to }) => part(piece, from, to))
}

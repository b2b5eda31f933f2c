/** What a tokenizer.json does to a text before it is cut into words: one table of normalizers, places kept. */
import { part, prepend, rewrite, rewriteAt, type Aligned } from './aligned.ts'
import { openCharsmap } from './charsmap.ts'
import { fields, readStep, unsupported, type Step } from './json.ts'
import { patternOf } from './library.ts'

export type Normalizer = (text: Aligned) => Aligned

/**
 * A character with what may join it in a composed form: marks, the vowels and final consonants of Hangul, and the
 * vowel sign of Kirat Rai that is no mark. Normal forms never reach over such a group.
 */
const group = /[^][\p{M}\u1160-\u11ff\u{16d67}]*/gu
const capitals = /\p{Changes_When_Lowercased}/gu
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The table; a row reads its fields from the step and gives the function. */
const normalizers: Readonly<Record<string, (step: Step) => Normalizer>> = {
  NFC: () => (text) => toForm(text, 'NFC'),
  NFD: () => (text) => toForm(text, 'NFD'),
  NFKC: () => (text) => toForm(text, 'NFKC'),
  NFKD: () => (text) => toForm(text, 'NFKD'),
  Lowercase: () => lowercase,
  StripAccents: () => (text) => withoutMarks(text, (chars) => chars.replace(/\p{M}/gu, '')),
  Strip: (step) => {
    const { strip_left: left, strip_right: right } = readStep(fields.strip, step)
    return (text) => strip(text, left, right)
  },
  Prepend: (step) => {
    const { prepend: before } = readStep(fields.prepend, step)
    return (text) => (text.text === '' ? text : prepend(text, before))
  },
  Replace: (step) => {
    const { pattern, content } = readStep(fields.replace, step)
    const regex = patternOf(pattern)
    return (text) => rewrite(text, regex, () => content)
  },
  Nmt: () => (text) =>
    rewrite(
      rewrite(text, controls, () => ''),
      blanks,
      () => ' ',
    ),
  BertNormalizer: (step) => bertNormalizer(step),
  Precompiled: (step) => {
    const map = openCharsmap(readStep(fields.charsmap, step).precompiled_charsmap)
    return (text) => (map ? rewriteAt(text, graphemesOf(text.text), map) : text)
  },
  Sequence: (step) => {
    const all = readStep(fields.normalizers, step).normalizers.map(openNormalizer)
    return (text) => all.reduce((made, next) => next(made), text)
  },
}

/** The normalizer of a step; Fault `unsupported-format` that names one the table lacks. */
export function openNormalizer(step: Step): Normalizer {
  const open = normalizers[step.type]
  if (!open) throw unsupported(`its normalizer ${step.type} is not known`)
  return open(step)
}

function toForm(text: Aligned, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): Aligned {
  if (text.text.normalize(form) === text.text) return text
  return rewrite(text, group, (chars) => chars.normalize(form))
}

/** Letters lose their marks group by group, so that a mark goes with the letter that bore it, not with the next word. */
function withoutMarks(text: Aligned, strip: (chars: string) => string): Aligned {
  return /^[\0-\x7f]*$/.test(text.text) ? text : rewrite(text, group, strip)
}

/** Character by character: a sigma is one sigma wherever it stands in its word. */
function lowercase(text: Aligned): Aligned {
  return rewrite(text, capitals, (char) => char.toLowerCase())
}

function* graphemesOf(text: string): Generator<readonly [number, string]> {
  for (const { index, segment } of graphemes.segment(text)) yield [index, segment]
}

function strip(text: Aligned, left: boolean, right: boolean): Aligned {
  const from = left ? (/^\p{White_Space}+/u.exec(text.text)?.[0].length ?? 0) : 0
  const to = right ? text.text.length - (/\p{White_Space}+$/u.exec(text.text.slice(from))?.[0].length ?? 0) : Infinity
  return part(text, from, Math.min(to, text.text.length))
}

/** What SentencePiece's rules of nmt drop, and what they make a space. */
const controls = /[\p{Cc}--[\0\t\n\f\r\u0080-\u008e\u0090-\u009e]]/gv
const blanks = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g

/** Characters that BERT drops, those of no meaning yet not among them; tabs and line ends are white space to it. */
const dropped = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u{fffd}]/gu
const space = /\p{White_Space}/gu
/** The blocks of ideographs that BERT makes words of their own, as its authors' code has them. */
const ideograph =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu

function bertNormalizer(step: Step): Normalizer {
  const { clean_text, handle_chinese_chars, strip_accents, lowercase: lower } = readStep(fields.bertNormalizer, step)
  const steps: Normalizer[] = []
  if (clean_text) {
    steps.push((text) => rewrite(text, dropped, () => ''))
    steps.push((text) => rewrite(text, space, () => ' '))
  }
  if (handle_chinese_chars) steps.push((text) => rewrite(text, ideograph, (char) => ` ${char} `))
  if (strip_accents ?? lower)
    steps.push((text) => withoutMarks(text, (chars) => chars.normalize('NFD').replace(/\p{Mn}/gu, '')))
  if (lower) steps.push(lowercase)
  return (text) => steps.reduce((made, next) => next(made), text)
}

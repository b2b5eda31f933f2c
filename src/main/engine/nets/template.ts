/** The prompt template: one place for training and inference, kept with the bundle. */
import * as z from 'zod'
import type { Marks } from '../../../shared/run.ts'

/** Names of the special tokens a bundle's tokenizer must hold, in the order of their ids. */
export const specialTokens = ['<|end|>', '<|pad|>', '<|passage|>', '<|question|>', '<|answer|>', '<|repeat|>'] as const

/**
 * One special token by its name, or several things in order: special tokens by name, and text, which may name more of them. A decoder that was not made for REFRAG
 * has no token for a passage; text such as "\n\nQuestion: " says it in words that it knows.
 */
const Piece = z.union([z.string(), z.array(z.union([z.string(), z.object({ text: z.string() })]))])
export type Piece = z.infer<typeof Piece>

/** What stands between passages, question and answer; `order` says where the question stands. */
export const Template = z.object({
  order: z.enum(['question-last']),
  passage: Piece.describe('before each passage'),
  question: Piece.describe('before the question'),
  answer: Piece.describe('before the answer'),
  repeat: Piece.describe('before a text to be told again from its embeddings'),
  end: Piece.describe('after the answer: the decoder stops there'),
  start: Piece.optional().describe('before all else; nothing when left out'),
  stops: z.array(Piece).optional().describe('what else ends an answer'),
  lead: z.string().optional().describe('text between the piece `answer` and the answer; a space when left out'),
})
export type Template = z.infer<typeof Template>

export const defaultTemplate: Template = {
  order: 'question-last',
  passage: '<|passage|>',
  question: '<|question|>',
  answer: '<|answer|>',
  repeat: '<|repeat|>',
  end: '<|end|>',
}

/** A template in token ids. */
export type TemplateIds = {
  readonly start: readonly number[]
  readonly passage: readonly number[]
  readonly question: readonly number[]
  readonly answer: readonly number[]
  readonly repeat: readonly number[]
  /** What an answer ends with. */
  readonly end: readonly number[]
  /** Each of them ends decoding, `end` the first. */
  readonly stops: readonly (readonly number[])[]
  /** Text before an answer. */
  readonly lead: string
}

/** What of a tokenizer a template needs. */
export type TemplateTokenizer = {
  readonly special: (name: string) => number
  readonly encode: (text: string) => ArrayLike<number>
  /** The same, the names of special tokens in it being those tokens. */
  readonly encodeTemplate: (text: string) => ArrayLike<number>
  readonly piece: (id: number) => string
}

/** The template's tokens; the tokenizer names the special one that it lacks. */
export function templateIds(template: Template, tokenizer: TemplateTokenizer): TemplateIds {
  const idsOf = (piece: Piece): number[] =>
    typeof piece === 'string'
      ? [tokenizer.special(piece)]
      : piece.flatMap((part) => (typeof part === 'string' ? [tokenizer.special(part)] : textIds(tokenizer, part.text)))
  const end = idsOf(template.end)
  return {
    start: idsOf(template.start ?? []),
    passage: idsOf(template.passage),
    question: idsOf(template.question),
    answer: idsOf(template.answer),
    repeat: idsOf(template.repeat),
    end,
    stops: [end, ...(template.stops ?? []).map(idsOf)].filter((stop) => stop.length > 0),
    lead: template.lead ?? ' ',
  }
}

/** A text amid others: the lone space that some tokenizers put before every text is not part of it. */
function textIds({ encodeTemplate, piece }: TemplateTokenizer, text: string): number[] {
  const [first, ...rest] = Array.from(encodeTemplate(text))
  if (first === undefined) return []
  return piece(first) === ' ' && !text.startsWith(' ') ? rest : [first, ...rest]
}

/** The tokens that ask a question, up to where the answer begins. */
export function askTokens(ids: TemplateIds, question: Int32Array | readonly number[]): number[] {
  return [...ids.question, ...question, ...ids.answer]
}

/** The tokens of an answer to foretell, its end among them. */
export function answerIds(ids: TemplateIds, tokenizer: Pick<TemplateTokenizer, 'encode'>, answer: string): number[] {
  return [...Array.from(tokenizer.encode(`${ids.lead}${answer}`)), ...ids.end]
}

/** Positions that the template takes beside the passages' chunks and the question's tokens. */
export function templatePositions(
  { start, passage, question, answer }: Pick<TemplateIds, 'start' | 'passage' | 'question' | 'answer'>,
  passages: number,
): number {
  return start.length + passages * passage.length + question.length + answer.length
}

/** Positions of the pieces as a run tells them: nothing where they are those of a bundle made whole. */
export function marksOf({ start, passage, question, answer }: TemplateIds): { readonly marks?: Marks } {
  const marks = { start: start.length, passage: passage.length, question: question.length, answer: answer.length }
  const usual = marks.start === 0 && marks.passage === 1 && marks.question === 1 && marks.answer === 1
  return usual ? {} : { marks }
}

/** How many of the last of `tokens` are one of the stops; 0 where decoding goes on. */
export function stopLength({ stops }: Pick<TemplateIds, 'stops'>, tokens: readonly number[]): number {
  return stops.find((stop) => endsWith(tokens, stop))?.length ?? 0
}

/** How many of the last of `tokens` may yet become a stop: what they say is not certain to be part of the answer. */
export function openStopLength({ stops }: Pick<TemplateIds, 'stops'>, tokens: readonly number[]): number {
  let open = 0
  for (const stop of stops)
    for (let length = stop.length - 1; length > open; length--)
      if (endsWith(tokens, stop.slice(0, length))) open = length
  return open
}

/** Tokens of an answer without the stop that ended it. */
export function withoutStop(ids: Pick<TemplateIds, 'stops'>, tokens: readonly number[]): readonly number[] {
  return tokens.slice(0, tokens.length - stopLength(ids, tokens))
}

function endsWith(tokens: readonly number[], end: readonly number[]): boolean {
  return end.length <= tokens.length && end.every((id, i) => tokens[tokens.length - end.length + i] === id)
}

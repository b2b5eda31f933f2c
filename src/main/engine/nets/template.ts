/** The prompt template: one place for training and inference, kept with the bundle. */
import * as z from 'zod'

/** Names of the special tokens a bundle's tokenizer must hold, in the order of their ids. */
export const specialTokens = ['<|end|>', '<|pad|>', '<|passage|>', '<|question|>', '<|answer|>', '<|repeat|>'] as const

/** Special tokens by what they mean in a prompt; `order` says where the question stands. */
export const Template = z.object({
  order: z.enum(['question-last']),
  passage: z.string().describe('before each passage'),
  question: z.string().describe('before the question'),
  answer: z.string().describe('before the answer'),
  repeat: z.string().describe('before a text to be told again from its embeddings'),
  end: z.string().describe('after the answer: the decoder stops there'),
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

/** Ids of the template's tokens. */
export type TemplateIds = { readonly [Name in Exclude<keyof Template, 'order'>]: number }

/** Looks the template's tokens up; the tokenizer names the one it lacks. */
export function templateIds(template: Template, special: (name: string) => number): TemplateIds {
  return {
    passage: special(template.passage),
    question: special(template.question),
    answer: special(template.answer),
    repeat: special(template.repeat),
    end: special(template.end),
  }
}

/** The tokens that ask a question, up to where the answer begins. */
export function askTokens(ids: TemplateIds, question: Int32Array | readonly number[]): number[] {
  return [ids.question, ...question, ids.answer]
}

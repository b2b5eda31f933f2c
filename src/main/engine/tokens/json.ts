/** tokenizer.json as data: the part of the Hugging Face format that byte-level BPE needs, checked on entry. */
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'

const PreTokenizer = z.looseObject({ type: z.string() })
export type PreTokenizer = z.infer<typeof PreTokenizer>

const ByteLevel = z.looseObject({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.boolean().default(false),
  use_regex: z.boolean().default(true),
})

const Sequence = z.looseObject({ type: z.literal('Sequence'), pretokenizers: z.array(PreTokenizer) })

export const TokenizerJson = z.looseObject({
  version: z.string(),
  added_tokens: z.array(z.looseObject({ id: z.number().int().min(0), content: z.string(), special: z.boolean() })),
  normalizer: z.null(),
  pre_tokenizer: PreTokenizer,
  decoder: z.looseObject({ type: z.literal('ByteLevel') }),
  model: z.looseObject({
    type: z.literal('BPE').default('BPE'),
    vocab: z.record(z.string(), z.number().int().min(0)),
    merges: z.union([z.array(z.string()), z.array(z.tuple([z.string(), z.string()]))]),
  }),
})
export type TokenizerJson = z.infer<typeof TokenizerJson>

/** GPT-2's cut of a text into words, which a ByteLevel pre-tokenizer with `use_regex` stands for. */
const gpt2Words = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

/** Reads a parsed tokenizer.json; Fault `unsupported-format` unless it is byte-level BPE without a normalizer. */
export function parseTokenizerJson(json: unknown): TokenizerJson {
  const parsed = TokenizerJson.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') ?? ''
  throw unsupported(`${where === '' ? 'it' : where}: ${issue?.message ?? 'not readable'}`)
}

/**
 * The pre-tokenizers that cut text into words, without the final step to bytes.
 *
 * The step to bytes is left to us because words make better cache keys, and offsets need the words' own characters.
 */
export function wordSplitters(json: TokenizerJson): readonly PreTokenizer[] {
  const whole = Sequence.safeParse(json.pre_tokenizer)
  const steps = whole.success ? whole.data.pretokenizers : [json.pre_tokenizer]
  const last = ByteLevel.safeParse(steps.at(-1))
  if (!last.success) throw unsupported('its last pre-tokenizer is not ByteLevel')
  if (last.data.add_prefix_space) throw unsupported('it adds a space before the text')
  const before = steps.slice(0, -1)
  return last.data.use_regex ? [...before, isolate(gpt2Words)] : before
}

/** A pre-tokenizer that makes each match of a regular expression a word of its own. */
export function isolate(regex: string): PreTokenizer {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false }
}

/** The fault for a tokenizer.json that is none of ours, saying why. */
export function unsupported(reason: string): Fault {
  return new Fault('unsupported-format', `The tokenizer cannot be used: ${reason}.`, {
    remedy: 'Use a byte-level BPE tokenizer.json without a normalizer (GPT-2, SmolLM2 and the like).',
  })
}

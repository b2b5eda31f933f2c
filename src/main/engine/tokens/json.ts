/** tokenizer.json as data: the Hugging Face format, each part checked where it is read. */
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'

/** One normalizer, pre-tokenizer, post-processor or decoder; its other fields follow from `type`. */
const Step = z.looseObject({ type: z.string() })
export type Step = z.infer<typeof Step>

/** Far above every vocabulary there is: a table is kept by id, so an absurd one must not be made. */
const id = z.number().int().min(0).max(4_194_303)

const AddedToken = z.looseObject({
  id,
  content: z.string(),
  special: z.boolean().default(false),
})
export type AddedToken = z.infer<typeof AddedToken>

const Vocabulary = z.record(z.string(), id)

const Bpe = z.looseObject({
  type: z.literal('BPE'),
  vocab: Vocabulary,
  merges: z.union([z.array(z.string()), z.array(z.tuple([z.string(), z.string()]))]),
  unk_token: z.string().nullish(),
  fuse_unk: z.boolean().nullish(),
  byte_fallback: z.boolean().nullish(),
  ignore_merges: z.boolean().nullish(),
  continuing_subword_prefix: z.string().nullish(),
  end_of_word_suffix: z.string().nullish(),
})
export type Bpe = z.infer<typeof Bpe>

const WordPiece = z.looseObject({
  type: z.literal('WordPiece'),
  vocab: Vocabulary,
  unk_token: z.string().default('[UNK]'),
  continuing_subword_prefix: z.string().default('##'),
  max_input_chars_per_word: z.number().int().default(100),
})
export type WordPiece = z.infer<typeof WordPiece>

const Unigram = z.looseObject({
  type: z.literal('Unigram'),
  vocab: z.array(z.tuple([z.string(), z.number()])),
  unk_id: id.nullish(),
  byte_fallback: z.boolean().nullish(),
})
export type Unigram = z.infer<typeof Unigram>

/** Files of before 2023 leave the model's type out: what it holds tells it. */
function typed(model: unknown): unknown {
  if (typeof model !== 'object' || model === null || 'type' in model) return model
  if ('merges' in model) return { ...model, type: 'BPE' }
  return { ...model, type: 'vocab' in model && Array.isArray(model.vocab) ? 'Unigram' : 'WordPiece' }
}

export const TokenizerJson = z.looseObject({
  added_tokens: z.array(AddedToken).default([]),
  normalizer: Step.nullish(),
  pre_tokenizer: Step.nullish(),
  post_processor: Step.nullish(),
  decoder: Step.nullish(),
  model: z.preprocess(typed, z.discriminatedUnion('type', [Bpe, WordPiece, Unigram])),
})
export type TokenizerJson = z.infer<typeof TokenizerJson>

const Pattern = z.union([z.object({ String: z.string() }), z.object({ Regex: z.string() })])
export type Pattern = z.infer<typeof Pattern>

const Behavior = z.enum(['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'])
/** How the matches of a pattern and what stands between them become words. */
export type Behavior = z.infer<typeof Behavior>

const steps = z.array(Step)
const flag = z.boolean()
const named = z.tuple([z.string(), id])

/** The fields of the steps, read where a step is opened. */
export const fields = {
  normalizers: z.object({ normalizers: steps }),
  pretokenizers: z.object({ pretokenizers: steps }),
  processors: z.object({ processors: steps }),
  decoders: z.object({ decoders: steps }),
  prepend: z.object({ prepend: z.string() }),
  replace: z.object({ pattern: Pattern, content: z.string() }),
  strip: z.object({ strip_left: flag.default(false), strip_right: flag.default(false) }),
  charsmap: z.object({ precompiled_charsmap: z.string().nullable() }),
  bertNormalizer: z.object({
    clean_text: flag.default(true),
    handle_chinese_chars: flag.default(true),
    strip_accents: flag.nullish(),
    lowercase: flag.default(true),
  }),
  byteLevel: z.object({ add_prefix_space: flag.default(false), use_regex: flag.default(true) }),
  split: z.object({
    pattern: Pattern,
    behavior: Behavior,
    invert: flag.default(false),
  }),
  metaspace: z.object({
    replacement: z.string().default('▁'),
    add_prefix_space: flag.nullish(),
    prepend_scheme: z.enum(['always', 'first', 'never']).nullish(),
    split: flag.nullish(),
  }),
  punctuation: z.object({ behavior: Behavior.default('Isolated') }),
  digits: z.object({ individual_digits: flag.default(false) }),
  around: z.object({ cls: named, sep: named }),
  stripDecoder: z.object({ content: z.string().length(1), start: z.number().int(), stop: z.number().int() }),
  wordPieceDecoder: z.object({ prefix: z.string().default('##'), cleanup: flag.default(true) }),
} as const

/** Reads a parsed tokenizer.json; Fault `unsupported-format` that says what of it cannot be read. */
export function parseTokenizerJson(json: unknown): TokenizerJson {
  return read(TokenizerJson, json, '')
}

/** The fields of a step; Fault `unsupported-format` that names the one that is not as it should be. */
export function readStep<Fields>(schema: z.ZodType<Fields>, step: Step): Fields {
  return read(schema, step, `${step.type}.`)
}

function read<Result>(schema: z.ZodType<Result>, json: unknown, at: string): Result {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = `${at}${issue?.path.join('.') ?? ''}`
  throw unsupported(`${where === '' ? 'it' : where}: ${issue?.message ?? 'not readable'}`)
}

/** The fault for a tokenizer.json that cannot be used, saying why. */
export function unsupported(reason: string): Fault {
  return new Fault('unsupported-format', `The tokenizer cannot be used: ${reason}.`, {
    remedy: 'Use a tokenizer.json of BPE (byte-level, or with byte fallback), WordPiece or Unigram.',
  })
}

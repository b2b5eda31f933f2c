/** Sentence embedders as sentence-transformers keeps them: what is done with an encoder's states, read from its small files. */
import { posix } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { bertWindow, type BertConfig, type Pooling, type TextSettings } from '../nets/config.ts'

/** The text of a file of the model's folder by its name; null where there is none. */
export type ReadText = (name: string) => Promise<string | null>

const Modules = z.array(z.looseObject({ type: z.string(), path: z.string().default('') }))
const PoolingFile = z.looseObject({
  pooling_mode: z.string().nullish(),
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
  pooling_mode_max_tokens: z.boolean().default(false),
  pooling_mode_mean_sqrt_len_tokens: z.boolean().default(false),
  pooling_mode_weightedmean_tokens: z.boolean().default(false),
  pooling_mode_lasttoken: z.boolean().default(false),
  include_prompt: z.boolean().default(true),
})
const Limits = z.looseObject({
  max_seq_length: z.number().int().min(1).nullish(),
  do_lower_case: z.boolean().nullish(),
})
const Prompts = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
})
const TokenizerLimits = z.looseObject({ model_max_length: z.number().nullish() })

/** The flags of the pooling file, and what each asks for; null for what is not made here. */
const flags: Readonly<Record<string, Pooling | null>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_max_tokens: 'max',
  pooling_mode_weightedmean_tokens: 'weighted',
  pooling_mode_mean_sqrt_len_tokens: null,
  pooling_mode_lasttoken: null,
}
const modes: Readonly<Record<string, Pooling>> = { cls: 'cls', mean: 'mean', max: 'max', weightedmean: 'weighted' }

/** Names under which models keep the prompt of a question and that of a passage. */
const questionPrompts = ['query', 'question', 'search_query', 's2p_query']
const passagePrompts = ['passage', 'document', 'search_document', 'corpus']

/**
 * What is done with the states of an encoder: by modules.json where there is one (it is an embedder then), else the mean of the
 * states, of unit length. Faults model-unsupported for steps that are not known, model-damaged for files that cannot be read.
 */
export async function readTextSettings(
  read: ReadText,
  config: BertConfig,
): Promise<{ readonly embedder: boolean; readonly settings: TextSettings }> {
  const modules = await parsed(read, 'modules.json', Modules)
  const limits = (await parsed(read, 'sentence_bert_config.json', Limits)) ?? {}
  const tokenizer = (await parsed(read, 'tokenizer_config.json', TokenizerLimits)) ?? {}
  const maxTokens = Math.min(
    limits.max_seq_length ?? Infinity,
    tokenizer.model_max_length ?? Infinity,
    bertWindow(config),
  )
  const texts = {
    maxTokens,
    prompts: await readPrompts(read),
    ...(limits.do_lower_case === true ? { lowercase: true as const } : {}),
  }
  if (modules === null) return { embedder: false, settings: { pooling: 'mean', unit: true, ...texts } }
  const steps = modules.map(({ type, path }) => ({ kind: type.split('.').at(-1) ?? type, path }))
  const others = steps.filter(({ kind }) => !['Transformer', 'Pooling', 'Normalize'].includes(kind))
  if (others[0]) throw new Fault('model-unsupported', `modules.json: the step ${others[0].kind} is not known.`)
  const pooling = steps.find(({ kind }) => kind === 'Pooling')
  return {
    embedder: true,
    settings: {
      pooling: pooling ? await readPooling(read, posix.join(pooling.path, 'config.json')) : 'mean',
      unit: steps.some(({ kind }) => kind === 'Normalize'),
      ...texts,
    },
  }
}

async function readPooling(read: ReadText, name: string): Promise<Pooling> {
  const file = await parsed(read, name, PoolingFile)
  if (file === null) throw new Fault('model-damaged', `${name} is missing, though modules.json names it.`)
  if (!file.include_prompt) throw new Fault('model-unsupported', `${name}: prompts that are not pooled are not known.`)
  const asked = file.pooling_mode
    ? [[file.pooling_mode, modes[file.pooling_mode] ?? null] as const]
    : Object.entries(flags).filter(([flag]) => file[flag] === true)
  const [first, ...more] = asked
  if (!first) throw new Fault('model-damaged', `${name} names no pooling.`)
  if (more.length > 0)
    throw new Fault(
      'model-unsupported',
      `${name}: several poolings beside each other (${asked.map(([flag]) => flag).join(', ')}) are not known.`,
    )
  if (first[1] === null) throw new Fault('model-unsupported', `${name}: ${first[0]} is not known.`)
  return first[1]
}

async function readPrompts(read: ReadText): Promise<TextSettings['prompts']> {
  const file = await parsed(read, 'config_sentence_transformers.json', Prompts)
  const named = file?.prompts ?? {}
  const byDefault = named[file?.default_prompt_name ?? ''] ?? ''
  const first = (names: readonly string[]): string =>
    names.map((name) => named[name]).find((each) => each !== undefined) ?? byDefault
  return { question: first(questionPrompts), passage: first(passagePrompts) }
}

async function parsed<Result>(read: ReadText, name: string, schema: z.ZodType<Result>): Promise<Result | null> {
  const text = await read(name)
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new Fault('model-damaged', `${name} cannot be read.`, { cause: error })
  }
}

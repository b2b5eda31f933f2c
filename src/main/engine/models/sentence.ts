/** Sentence embedders as sentence-transformers keeps them: what is done with an encoder's states, read from its small files. */
import { posix } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { bertWindow, type BertConfig, type Pooling, type TextSettings } from '../nets/config.ts'

const Modules = z.array(z.looseObject({ type: z.string(), path: z.string().default('') }))
const PoolingFile = z.looseObject({
  pooling_mode: z.string().nullish(),
  include_prompt: z.boolean().default(true),
})
const Limits = z.looseObject({
  max_seq_length: z.number().int().min(4).nullish(),
  do_lower_case: z.boolean().nullish(),
})
const Prompts = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
})
const TokenizerLimits = z.looseObject({ model_max_length: z.number().nullish().catch(null) })

/** The files, each null where the folder has none of it. */
export type SentenceFiles = {
  readonly modules: z.infer<typeof Modules> | null
  /** Of the step that pools; null where no step does. */
  readonly pooling: (z.infer<typeof PoolingFile> & { readonly file: string }) | null
  readonly limits: z.infer<typeof Limits> | null
  readonly tokenizer: z.infer<typeof TokenizerLimits> | null
  readonly prompts: z.infer<typeof Prompts> | null
}

/** The text of a file of the model's folder by its name; null where there is none. */
type ReadText = (name: string) => Promise<string | null>

/** Reads the files. Fault model-damaged for one that is not of its form, or that is named and missing. */
export async function readSentenceFiles(read: ReadText): Promise<SentenceFiles> {
  const modules = await parsed(read, 'modules.json', Modules)
  return {
    modules,
    pooling: await poolingOf(read, modules),
    limits: await parsed(read, 'sentence_bert_config.json', Limits),
    tokenizer: await parsed(read, 'tokenizer_config.json', TokenizerLimits),
    prompts: await parsed(read, 'config_sentence_transformers.json', Prompts),
  }
}

const stepOf = (type: string): string => type.split('.').at(-1) ?? type

async function poolingOf(read: ReadText, modules: SentenceFiles['modules']): Promise<SentenceFiles['pooling']> {
  const step = modules?.find(({ type }) => stepOf(type) === 'Pooling')
  if (!step) return null
  if (!/^[\w.-]+$/.test(step.path) || step.path.startsWith('.'))
    throw new Fault('model-damaged', `modules.json places its pooling in "${step.path.slice(0, 80)}".`, {
      remedy: 'Do not use this model: its steps lie in folders of its own.',
    })
  const file = posix.join(step.path, 'config.json')
  const found = await parsed(read, file, PoolingFile)
  if (found === null) throw new Fault('model-damaged', `${file} is missing, which modules.json names.`)
  return { ...found, file }
}

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
const questionPrompts = ['query', 'question', 'search_query', 's2p_query', 'web_search_query']
const passagePrompts = ['passage', 'document', 'search_document', 'corpus']
const steps = ['Transformer', 'Pooling', 'Normalize']

/**
 * What is done with the states of an encoder: by modules.json where there is one, an embedder then, else their mean, of unit length.
 * Fault model-unsupported for steps that are not known.
 */
export function textSettings(
  { modules, pooling, limits, tokenizer, prompts }: SentenceFiles,
  config: BertConfig,
): { readonly embedder: boolean; readonly settings: TextSettings } {
  const kinds = modules?.map(({ type }) => stepOf(type)) ?? null
  const strange = kinds?.find((kind) => !steps.includes(kind))
  if (strange !== undefined)
    throw new Fault('model-unsupported', `modules.json has a step ${strange}; ${steps.join(', ')} are known.`)
  return {
    embedder: kinds !== null,
    settings: {
      pooling: pooling ? pooled(pooling) : 'mean',
      unit: kinds === null || kinds.includes('Normalize'),
      maxTokens: Math.min(
        limits?.max_seq_length ?? Infinity,
        Math.max(4, tokenizer?.model_max_length ?? Infinity),
        bertWindow(config),
      ),
      ...(limits?.do_lower_case === true ? { lowercase: true } : {}),
      prompts: {
        question: promptOf(prompts, questionPrompts),
        passage: promptOf(prompts, passagePrompts),
      },
    },
  }
}

function pooled(file: NonNullable<SentenceFiles['pooling']>): Pooling {
  const refuse = (what: string): Fault => new Fault('model-unsupported', `${file.file}: ${what}.`)
  if (!file.include_prompt) throw refuse('prompts that are left out of the pooling are not known')
  const asked: readonly (readonly [string, Pooling | null])[] = file.pooling_mode
    ? [[file.pooling_mode, modes[file.pooling_mode] ?? null]]
    : Object.entries(flags).filter(([flag]) => file[flag] === true)
  const names = asked.map(([name]) => name).join(', ')
  const [first, ...more] = asked
  if (!first) throw refuse('no pooling is named')
  if (more.length > 0) throw refuse(`several poolings beside each other are not known (${names})`)
  if (first[1] === null) throw refuse(`${names} is not known`)
  return first[1]
}

/** The first of these prompts that the model has, else the one that it puts before every text. */
function promptOf(file: SentenceFiles['prompts'], names: readonly string[]): string {
  const kept = new Map(Object.entries(file?.prompts ?? {}))
  return (
    [...names, file?.default_prompt_name ?? ''].map((name) => kept.get(name)).find((each) => each !== undefined) ?? ''
  )
}

async function parsed<Result>(read: ReadText, name: string, schema: z.ZodType<Result>): Promise<Result | null> {
  const text = await read(name)
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new Fault('model-damaged', `${name} is not of the form that it has elsewhere.`, { cause: error })
  }
}

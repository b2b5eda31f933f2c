/** Encoders as Hugging Face keeps them: a row for each architecture, from its config and its weights' names to ours. */
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import type { BertConfig } from '../nets/config.ts'

/**
 * One of our weights and what it is made of: each part has the names that it may bear in a file, the first found is taken. Matrices
 * are stored [out, in] there and are `turned`; several parts lie beside each other in ours, along the last axis.
 */
export type WeightPlan = {
  readonly name: string
  readonly shape: readonly number[]
  readonly parts: readonly (readonly string[])[]
  readonly turned: boolean
}

export type EncoderArchitecture = {
  /** The network of a parsed config.json. Fault model-unsupported that names what of it is not known. */
  readonly read: (config: unknown) => BertConfig
  readonly weights: (config: BertConfig) => readonly WeightPlan[]
  /** Tensors that may lie in a file and are passed over: heads of other tasks, tables that can be counted. */
  readonly passedOver: RegExp
}

const size = z.number().int().min(1)
const common = {
  vocab_size: size,
  max_position_embeddings: size,
  pad_token_id: z.number().int().min(0).nullish(),
  position_embedding_type: z.string().nullish(),
  is_decoder: z.boolean().nullish(),
}
const Bert = z.looseObject({
  ...common,
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  intermediate_size: size,
  type_vocab_size: z.number().int().min(0).default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: z.string().default('gelu'),
})
const DistilBert = z.looseObject({
  ...common,
  dim: size,
  n_layers: size,
  n_heads: size,
  hidden_dim: size,
  activation: z.string().default('gelu'),
})

const activations: Readonly<Record<string, BertConfig['activation']>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_fast: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  relu: 'relu',
}

/** The names that weights of BERT bear, by our own; `N` stands for the layer. */
const bertNames = {
  words: 'embeddings.word_embeddings',
  positions: 'embeddings.position_embeddings',
  types: 'embeddings.token_type_embeddings',
  first: 'embeddings.LayerNorm',
  layers: 'encoder.layer',
  qkv: ['attention.self.query', 'attention.self.key', 'attention.self.value'],
  mixed: 'attention.output.dense',
  attention: 'attention.output.LayerNorm',
  up: 'intermediate.dense',
  down: 'output.dense',
  feedForward: 'output.LayerNorm',
} as const
type Names = { readonly [Key in keyof typeof bertNames]: Key extends 'qkv' ? readonly string[] : string }

const distilBertNames: Names = {
  ...bertNames,
  layers: 'transformer.layer',
  qkv: ['attention.q_lin', 'attention.k_lin', 'attention.v_lin'],
  mixed: 'attention.out_lin',
  attention: 'sa_layer_norm',
  up: 'ffn.lin1',
  down: 'ffn.lin2',
  feedForward: 'output_layer_norm',
}

/** Our name of the part: what imported encoders' weights begin with, the same as those of a bundle's chunk encoder. */
export const encoderPart = 'encoder'

/** Every weight of the network, in the order in which it asks for them. */
function plans(names: Names, prefix: string, config: BertConfig): readonly WeightPlan[] {
  const { hidden, feedForward } = config
  // A checkpoint of the bare network has no prefix; the oldest call the gain gamma and the shift beta.
  const called = (name: string): readonly string[] => {
    const old = name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta')
    return [name, `${prefix}.${name}`, ...(old === name ? [] : [old, `${prefix}.${old}`])]
  }
  const table = (own: string, name: string, rows: number): WeightPlan => ({
    name: `${encoderPart}.${own}`,
    shape: [rows, hidden],
    parts: [called(`${name}.weight`)],
    turned: false,
  })
  const normal = (own: string, name: string): readonly WeightPlan[] =>
    (['gain', 'shift'] as const).map((each) => ({
      name: `${encoderPart}.${own}.${each}`,
      shape: [hidden],
      parts: [called(`${name}.${each === 'gain' ? 'weight' : 'bias'}`)],
      turned: false,
    }))
  const dense = (own: string, from: readonly string[], rows: number, columns: number): readonly WeightPlan[] => [
    {
      name: `${encoderPart}.${own}.weight`,
      shape: [rows, columns],
      parts: from.map((name) => called(`${name}.weight`)),
      turned: true,
    },
    {
      name: `${encoderPart}.${own}.shift`,
      shape: [columns],
      parts: from.map((name) => called(`${name}.bias`)),
      turned: false,
    },
  ]
  const layer = (n: number): readonly WeightPlan[] => {
    const [own, at] = [`layers.${n}`, `${names.layers}.${n}`]
    const within = (name: string): string => `${at}.${name}`
    return [
      ...dense(`${own}.attention.qkv`, names.qkv.map(within), hidden, 3 * hidden),
      ...dense(`${own}.attention.out`, [within(names.mixed)], hidden, hidden),
      ...normal(`${own}.attention`, within(names.attention)),
      ...dense(`${own}.feedForward.in`, [within(names.up)], hidden, feedForward),
      ...dense(`${own}.feedForward.out`, [within(names.down)], feedForward, hidden),
      ...normal(`${own}.feedForward`, within(names.feedForward)),
    ]
  }
  return [
    table('embedding', names.words, config.vocabulary),
    table('positions', names.positions, config.positions),
    ...(config.types > 0 ? [table('types', names.types, config.types)] : []),
    ...normal('first', names.first),
    ...Array.from({ length: config.layers }, (_, n) => layer(n)).flat(),
  ]
}

/** Heads of other tasks, whatever the network is called in the file. */
const heads =
  /(^|\.)(pooler|cls|lm_head|classifier|pre_classifier|qa_outputs|vocab_transform|vocab_layer_norm|vocab_projector)\.|(^|\.)position_ids$/

function unsupported(message: string): Fault {
  return new Fault('model-unsupported', message)
}

function parse<Result>(schema: z.ZodType<Result>, config: unknown): Result {
  const parsed = schema.safeParse(config)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw unsupported(`config.json: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}.`)
}

function checked(config: BertConfig, from: z.infer<typeof Bert> | z.infer<typeof DistilBert>): BertConfig {
  const kind = from.position_embedding_type ?? 'absolute'
  if (kind !== 'absolute') throw unsupported(`config.json: positions of kind ${kind} are not known, absolute ones are.`)
  if (from.is_decoder === true) throw unsupported('config.json: an encoder that is set to decode cannot be used.')
  if (config.hidden % config.heads !== 0)
    throw unsupported(`config.json: ${config.heads} heads do not divide a width of ${config.hidden}.`)
  if (config.positions <= config.firstPosition)
    throw unsupported(`config.json: ${config.positions} positions leave none for a text.`)
  return config
}

function activation(name: string): BertConfig['activation'] {
  const known = activations[name]
  if (!known) throw unsupported(`config.json: the activation ${name} is not known.`)
  return known
}

/** RoBERTa counts positions from behind that of its padding. */
function readBert(config: unknown, behindPadding: boolean): BertConfig {
  const from = parse(Bert, config)
  return checked(
    {
      vocabulary: from.vocab_size,
      hidden: from.hidden_size,
      layers: from.num_hidden_layers,
      heads: from.num_attention_heads,
      feedForward: from.intermediate_size,
      positions: from.max_position_embeddings,
      firstPosition: behindPadding ? (from.pad_token_id ?? 1) + 1 : 0,
      types: from.type_vocab_size,
      epsilon: from.layer_norm_eps,
      activation: activation(from.hidden_act),
    },
    from,
  )
}

function readDistilBert(config: unknown): BertConfig {
  const from = parse(DistilBert, config)
  return checked(
    {
      vocabulary: from.vocab_size,
      hidden: from.dim,
      layers: from.n_layers,
      heads: from.n_heads,
      feedForward: from.hidden_dim,
      positions: from.max_position_embeddings,
      firstPosition: 0,
      types: 0,
      epsilon: 1e-12,
      activation: activation(from.activation),
    },
    from,
  )
}

const bert: EncoderArchitecture = {
  read: (config) => readBert(config, false),
  weights: (config) => plans(bertNames, 'bert', config),
  passedOver: heads,
}
const roberta: EncoderArchitecture = {
  read: (config) => readBert(config, true),
  weights: (config) => plans(bertNames, 'roberta', config),
  passedOver: heads,
}
const distilBert: EncoderArchitecture = {
  read: readDistilBert,
  weights: (config) => plans(distilBertNames, 'distilbert', config),
  passedOver: heads,
}

/** The rows, by what `architectures` in config.json names. */
export const encoderArchitectures: Readonly<Record<string, EncoderArchitecture>> = {
  BertModel: bert,
  BertForMaskedLM: bert,
  BertForPreTraining: bert,
  RobertaModel: roberta,
  RobertaForMaskedLM: roberta,
  XLMRobertaModel: roberta,
  XLMRobertaForMaskedLM: roberta,
  DistilBertModel: distilBert,
  DistilBertForMaskedLM: distilBert,
}

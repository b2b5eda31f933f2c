/** BERT's family: the encoder of chunks or of texts, from its config and its weights' names to ours. */
import { bertParams } from '../nets/bert.ts'
import type { BertConfig } from '../nets/config.ts'
import type { Value } from '../graph/value.ts'
import { activationOf } from './activation.ts'
import type { Architecture, Placement } from './architecture.ts'
import { fieldsOf, unsupported } from './field.ts'
import type { Json } from './folder.ts'
import { textSettings } from './sentence.ts'

/** Sizes of a config; `behindPadding`: RoBERTa counts positions from behind that of its padding. */
function sizesOf(config: Json, { behindPadding, types }: { behindPadding: boolean; types: number }): BertConfig {
  const fields = fieldsOf(config)
  const kind = fields.text('position_embedding_type', 'absolute')
  if (kind !== 'absolute') throw unsupported(`Its positions are of the kind ${kind}; absolute ones are known.`)
  if (fields.flag('is_decoder', false)) throw unsupported('Its config sets the encoder to decode (is_decoder).')
  const activation = activationOf(fields.text('hidden_act', fields.text('activation', 'gelu')))
  const [hidden, heads] = [fields.size('hidden_size', 768, 'dim'), fields.size('num_attention_heads', 12, 'n_heads')]
  if (hidden % heads !== 0) throw unsupported(`Its ${heads} heads do not divide its width of ${hidden}.`)
  const padding = config['pad_token_id']
  const firstPosition = behindPadding ? (typeof padding === 'number' && padding >= 0 ? padding : 1) + 1 : 0
  const positions = fields.size('max_position_embeddings', 512)
  if (positions <= firstPosition + 2) throw unsupported(`Its ${positions} positions leave no room for a text.`)
  return {
    vocabulary: fields.size('vocab_size', 30_522),
    hidden,
    layers: fields.size('num_hidden_layers', 12, 'n_layers'),
    heads,
    feedForward: fields.size('intermediate_size', 4 * hidden, 'hidden_dim'),
    positions,
    firstPosition,
    types: types === 0 ? 0 : fields.size('type_vocab_size', types),
    epsilon: fields.number('layer_norm_eps', 1e-12),
    activation,
  }
}

/** Names in the files, by ours: matrices and normalisations without what follows (`weight`, `bias`). */
type Names = {
  readonly layer: string
  readonly qkv: readonly string[]
  readonly within: Readonly<Record<string, string>>
}

const bertNames: Names = {
  layer: 'encoder.layer',
  qkv: ['attention.self.query', 'attention.self.key', 'attention.self.value'],
  within: {
    'attention.out': 'attention.output.dense',
    attention: 'attention.output.LayerNorm',
    'feedForward.in': 'intermediate.dense',
    'feedForward.out': 'output.dense',
    feedForward: 'output.LayerNorm',
  },
}
const distilNames: Names = {
  layer: 'transformer.layer',
  qkv: ['attention.q_lin', 'attention.k_lin', 'attention.v_lin'],
  within: {
    'attention.out': 'attention.out_lin',
    attention: 'sa_layer_norm',
    'feedForward.in': 'ffn.lin1',
    'feedForward.out': 'ffn.lin2',
    feedForward: 'output_layer_norm',
  },
}
const tables: Readonly<Record<string, string>> = {
  embedding: 'embeddings.word_embeddings',
  positions: 'embeddings.position_embeddings',
  types: 'embeddings.token_type_embeddings',
  first: 'embeddings.LayerNorm',
}

/** Where one of our weights, `encoder.layers.3.attention.qkv.weight`, comes from. */
function placement(names: Names, weight: Value): Placement {
  const name = weight.name.slice('encoder.'.length)
  const table = tables[name]
  if (table !== undefined) return { weight, tensors: [`${table}.weight`], as: 'rows' }
  const [, layer, part = '', kind = ''] = /^(?:layers\.(\d+)\.)?(.+)\.(weight|gain|shift)$/.exec(name) ?? []
  const stored = kind === 'shift' ? 'bias' : 'weight'
  const as = kind === 'weight' ? 'columns' : 'rows'
  if (layer === undefined) return { weight, tensors: [`${tables[part]}.${stored}`], as }
  const within = part === 'attention.qkv' ? names.qkv : [names.within[part] as string]
  return { weight, tensors: within.map((each) => `${names.layer}.${layer}.${each}.${stored}`), as }
}

/** Heads of other tasks, and the positions that older versions kept beside the weights. */
const idle =
  /(^|\.)(pooler|cls|lm_head|classifier|pre_classifier|qa_outputs|vocab_transform|vocab_layer_norm|vocab_projector)\.|(^|\.)position_ids$/

type Kind = { readonly prefix: string; readonly names: Names; readonly behindPadding: boolean; readonly types: number }

function kind({ prefix, names, behindPadding, types }: Kind): Architecture {
  return {
    role: 'encoder',
    network: (config, sentence) => {
      const encoder = sizesOf(config, { behindPadding, types })
      const { embedder, settings } = textSettings(sentence, encoder)
      return { role: embedder ? 'embedder' : 'encoder', encoder, text: settings }
    },
    anchor: 'embeddings.word_embeddings.weight',
    prefixes: [`${prefix}.`, ''],
    outside: [],
    placements: (network) =>
      network.role === 'decoder' ? [] : bertParams(network.encoder).map((weight) => placement(names, weight)),
    // The oldest checkpoints, bert-base-uncased among them, call the gain gamma and the shift beta.
    older: (tensor) =>
      tensor.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
    idle,
    twins: [],
  }
}

const bert = kind({ prefix: 'bert', names: bertNames, behindPadding: false, types: 2 })
const roberta = kind({ prefix: 'roberta', names: bertNames, behindPadding: true, types: 1 })
const distilBert = kind({ prefix: 'distilbert', names: distilNames, behindPadding: false, types: 0 })

/** What a family's network may end in: heads of other tasks are passed over. */
const ends = [
  'Model',
  'ForMaskedLM',
  'ForSequenceClassification',
  'ForTokenClassification',
  'ForQuestionAnswering',
  'ForMultipleChoice',
]
const named = (
  family: string,
  architecture: Architecture,
  more: readonly string[] = [],
): Record<string, Architecture> =>
  Object.fromEntries([...ends, ...more].map((end) => [`${family}${end}`, architecture]))

export const encoderKinds: Readonly<Record<string, Architecture>> = {
  ...named('Bert', bert, ['ForPreTraining', 'ForNextSentencePrediction']),
  ...named('Roberta', roberta),
  ...named('XLMRoberta', roberta),
  ...named('Camembert', roberta),
  ...named('DistilBert', distilBert),
}

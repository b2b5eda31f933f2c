/** Decoders of Llama's kind: Llama, Mistral, Qwen2 and Qwen3 differ in defaults, biases, head norms and windows. */
import type { DecoderConfig } from '../nets/config.ts'
import { decoderParams } from '../nets/decoder.ts'
import type { Value } from '../graph/value.ts'
import { activationOf } from './activation.ts'
import { decoderOf, type Architecture, type Placement } from './architecture.ts'
import { fieldsOf, unsupported, type Fields } from './field.ts'
import type { Json } from './folder.ts'
import { readRope } from './rope.ts'

/** What tells a family from the others: the defaults of its config in the library that wrote it, and what its layers have. */
type Family = {
  readonly vocabulary: number
  readonly feedForward: number
  /** Null: as many as there are heads. */
  readonly kvHeads: number | null
  /** Null: hidden / heads. */
  readonly headDim: number | null
  readonly window: number
  readonly qkNorm: boolean
  readonly biases: (fields: Fields) => DecoderConfig['biases']
  readonly sliding: (fields: Fields, layers: number) => DecoderConfig['sliding']
}

const attentionBias = (fields: Fields): ('qkv' | 'out')[] =>
  fields.flag('attention_bias', false) ? ['qkv', 'out'] : []

const llama: Family = {
  vocabulary: 32_000,
  feedForward: 11_008,
  kvHeads: null,
  headDim: null,
  window: 2048,
  qkNorm: false,
  biases: (fields) => [...attentionBias(fields), ...(fields.flag('mlp_bias', false) ? (['feedForward'] as const) : [])],
  sliding: () => undefined,
}
const mistral: Family = {
  ...llama,
  feedForward: 14_336,
  kvHeads: 8,
  window: 131_072,
  biases: () => [],
  // The library gives every layer of a Mistral its window, whatever layer_types may say.
  sliding: (fields, layers) => slidingOf(fields, layers, 4096, () => true),
}
const qwen2: Family = {
  ...llama,
  vocabulary: 151_936,
  feedForward: 22_016,
  kvHeads: 32,
  window: 32_768,
  biases: () => ['qkv'],
  sliding: (fields, layers) => {
    const listed = listedTypes(fields, layers)
    if (!fields.flag('use_sliding_window', false)) return undefined
    const first = fields.size('max_window_layers', 28)
    return slidingOf(fields, layers, 4096, (layer) => listed?.[layer] ?? layer >= first)
  },
}
const qwen3: Family = { ...qwen2, headDim: 128, qkNorm: true, biases: attentionBias }

/** The window of the layers that `slides` names; undefined where there is none. */
function slidingOf(
  fields: Fields,
  layers: number,
  preset: number,
  slides: (layer: number) => boolean,
): DecoderConfig['sliding'] {
  // Left out, the library's default stands; null says that there is none.
  if (fields.isNull('sliding_window')) return undefined
  const window = fields.size('sliding_window', preset)
  const own = Array.from({ length: layers }, (_, layer) => layer).filter(slides)
  if (own.length === 0) return undefined
  return own.length === layers ? { window } : { window, layers: own }
}

/** Which layers slide, as the config lists their types; null where it lists none. Fault model-unsupported for another type. */
function listedTypes(fields: Fields, layers: number): readonly boolean[] | null {
  const types = fields.list('layer_types')
  if (types === null) return null
  if (types.length !== layers)
    throw unsupported(`layer_types lists ${types.length} layers, num_hidden_layers says ${layers}.`)
  return types.map((type, layer) => {
    if (type === 'sliding_attention' || type === 'full_attention') return type === 'sliding_attention'
    const named = JSON.stringify(type)?.slice(0, 40)
    throw unsupported(`Layer ${layer} is of the type ${named}; full_attention and sliding_attention are known.`)
  })
}

function sizesOf(config: Json, family: Family): DecoderConfig {
  const fields = fieldsOf(config)
  const gate = activationOf(fields.text('hidden_act', 'silu'))
  const [hidden, heads] = [fields.size('hidden_size', 4096), fields.size('num_attention_heads', 32)]
  const headDim = fields.size('head_dim', family.headDim ?? Math.max(1, Math.floor(hidden / heads)))
  const kvHeads = fields.size('num_key_value_heads', family.kvHeads ?? heads)
  if (heads % kvHeads !== 0)
    throw unsupported(`${heads} heads cannot share ${kvHeads} heads of keys and values: the first is to be a multiple.`)
  if (headDim % 2 !== 0) throw unsupported(`Heads have ${headDim} numbers each, which do not turn in pairs.`)
  const layers = fields.size('num_hidden_layers', 32)
  const { theta, scaling, window } = readRope(fields, fields.size('max_position_embeddings', family.window))
  const biases = family.biases(fields)
  const sliding = family.sliding(fields, layers)
  return {
    vocabulary: fields.size('vocab_size', family.vocabulary),
    hidden,
    layers,
    heads,
    kvHeads,
    headDim,
    feedForward: fields.size('intermediate_size', family.feedForward),
    epsilon: fields.number('rms_norm_eps', 1e-6),
    ropeTheta: theta,
    window,
    ...(fields.flag('tie_word_embeddings', false) ? {} : { untied: true as const }),
    ...(biases === undefined || biases.length === 0 ? {} : { biases }),
    ...(gate === 'silu' ? {} : { gate }),
    ...(family.qkNorm ? { qkNorm: true as const } : {}),
    ...(scaling === undefined ? {} : { rope: scaling }),
    ...(sliding === undefined || sliding.window >= window ? {} : { sliding }),
  }
}

/** Our names within a layer, and theirs. */
const inLayer: Readonly<Record<string, readonly string[]>> = {
  'attention.gain': ['input_layernorm.weight'],
  'attention.qkv': ['self_attn.q_proj.weight', 'self_attn.k_proj.weight', 'self_attn.v_proj.weight'],
  'attention.qkv.shift': ['self_attn.q_proj.bias', 'self_attn.k_proj.bias', 'self_attn.v_proj.bias'],
  'attention.q.gain': ['self_attn.q_norm.weight'],
  'attention.k.gain': ['self_attn.k_norm.weight'],
  'attention.out': ['self_attn.o_proj.weight'],
  'attention.out.shift': ['self_attn.o_proj.bias'],
  'feedForward.gain': ['post_attention_layernorm.weight'],
  'feedForward.gate': ['mlp.gate_proj.weight'],
  'feedForward.gate.shift': ['mlp.gate_proj.bias'],
  'feedForward.up': ['mlp.up_proj.weight'],
  'feedForward.up.shift': ['mlp.up_proj.bias'],
  'feedForward.down': ['mlp.down_proj.weight'],
  'feedForward.down.shift': ['mlp.down_proj.bias'],
}
const besides: Readonly<Record<string, string>> = {
  'decoder.embedding': 'embed_tokens.weight',
  'decoder.head': 'lm_head.weight',
  'decoder.gain': 'norm.weight',
}

function placement(weight: Value): Placement {
  const layer = /^decoder\.layers\.(\d+)\.(.+)$/.exec(weight.name)
  if (layer === null) return { weight, tensors: [besides[weight.name] as string], as: 'rows' }
  const tensors = inLayer[layer[2] as string] as readonly string[]
  return {
    weight,
    tensors: tensors.map((name) => `layers.${layer[1]}.${name}`),
    as: weight.shape.length === 2 ? 'columns' : 'rows',
  }
}

function architecture(family: Family): Architecture {
  return {
    role: 'decoder',
    network: (config) => ({ role: 'decoder', decoder: sizesOf(config, family) }),
    anchor: 'embed_tokens.weight',
    prefixes: ['model.', ''],
    outside: ['lm_head.weight'],
    placements: (network) => decoderParams(decoderOf(network)).map(placement),
    idle: /rotary_emb\.(inv_freq|cos_cached|sin_cached)$/,
    twins: [['embed_tokens.weight', 'lm_head.weight']],
  }
}

export const llamaKinds: Readonly<Record<string, Architecture>> = {
  LlamaForCausalLM: architecture(llama),
  MistralForCausalLM: architecture(mistral),
  Qwen2ForCausalLM: architecture(qwen2),
  Qwen3ForCausalLM: architecture(qwen3),
}

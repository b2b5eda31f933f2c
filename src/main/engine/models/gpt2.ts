/** GPT-2: learned positions, layer norms with shifts, biases everywhere, matrices stored [in, out] as we keep them. */
import type { Value } from '../graph/value.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { decoderParams } from '../nets/decoder.ts'
import { activationOf } from './activation.ts'
import { decoderOf, type Architecture, type Placement } from './architecture.ts'
import { fieldsOf, unsupported } from './field.ts'
import type { Json } from './folder.ts'

function sizesOf(config: Json): DecoderConfig {
  const fields = fieldsOf(config)
  if (fields.flag('add_cross_attention', false))
    throw unsupported('Its layers attend to those of another network besides (add_cross_attention).')
  const [hidden, heads] = [fields.size('hidden_size', 768, 'n_embd'), fields.size('num_attention_heads', 12, 'n_head')]
  if (hidden % heads !== 0) throw unsupported(`Its ${heads} heads do not divide its width of ${hidden}.`)
  return {
    vocabulary: fields.size('vocab_size', 50_257),
    hidden,
    layers: fields.size('num_hidden_layers', 12, 'n_layer'),
    heads,
    kvHeads: heads,
    headDim: hidden / heads,
    feedForward: fields.size('intermediate_size', 4 * hidden, 'n_inner'),
    epsilon: fields.number('layer_norm_epsilon', 1e-5),
    ropeTheta: 10_000,
    window: fields.size('max_position_embeddings', 1024, 'n_positions'),
    ...(fields.flag('tie_word_embeddings', true) ? {} : { untied: true as const }),
    biases: ['qkv', 'out', 'feedForward'],
    norm: 'layer',
    positions: 'learned',
    activation: activationOf(fields.text('activation_function', 'gelu_new')),
    ...(fields.flag('scale_attn_weights', true) ? {} : { unscaled: true as const }),
    ...(fields.flag('scale_attn_by_inverse_layer_idx', false) ? { scaledByLayer: true as const } : {}),
  }
}

const inLayer: Readonly<Record<string, string>> = {
  'attention.gain': 'ln_1.weight',
  'attention.shift': 'ln_1.bias',
  'attention.qkv': 'attn.c_attn.weight',
  'attention.qkv.shift': 'attn.c_attn.bias',
  'attention.out': 'attn.c_proj.weight',
  'attention.out.shift': 'attn.c_proj.bias',
  'feedForward.gain': 'ln_2.weight',
  'feedForward.shift': 'ln_2.bias',
  'feedForward.up': 'mlp.c_fc.weight',
  'feedForward.up.shift': 'mlp.c_fc.bias',
  'feedForward.down': 'mlp.c_proj.weight',
  'feedForward.down.shift': 'mlp.c_proj.bias',
}
const besides: Readonly<Record<string, string>> = {
  'decoder.embedding': 'wte.weight',
  'decoder.positions': 'wpe.weight',
  'decoder.head': 'lm_head.weight',
  'decoder.gain': 'ln_f.weight',
  'decoder.shift': 'ln_f.bias',
}

function placement(weight: Value): Placement {
  const layer = /^decoder\.layers\.(\d+)\.(.+)$/.exec(weight.name)
  const name = layer ? `h.${layer[1]}.${inLayer[layer[2] as string]}` : (besides[weight.name] as string)
  return { weight, tensors: [name], as: 'rows' }
}

export const gpt2Kinds: Readonly<Record<string, Architecture>> = {
  GPT2LMHeadModel: {
    role: 'decoder',
    network: (config) => ({ role: 'decoder', decoder: sizesOf(config) }),
    anchor: 'wte.weight',
    prefixes: ['transformer.', ''],
    outside: ['lm_head.weight'],
    placements: (network) => decoderParams(decoderOf(network)).map(placement),
    // The causal mask that older versions kept beside the weights.
    idle: /\.attn\.(bias|masked_bias)$/,
    twins: [['wte.weight', 'lm_head.weight']],
  },
}

/** The architectures that are known, by the name that a config gives them. To add one: a row here. */
import { Fault } from '../../../shared/fault.ts'
import type { Architecture } from './architecture.ts'
import { encoderKinds } from './encoders.ts'
import type { Json } from './folder.ts'
import { gpt2Kinds } from './gpt2.ts'
import { llamaKinds } from './llama.ts'

export const architectures: Readonly<Record<string, Architecture>> = { ...llamaKinds, ...gpt2Kinds, ...encoderKinds }

/** What configs without `architectures` are taken for, by their model_type. */
const byType: Readonly<Record<string, string>> = {
  llama: 'LlamaForCausalLM',
  mistral: 'MistralForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
  gpt2: 'GPT2LMHeadModel',
  bert: 'BertModel',
  roberta: 'RobertaModel',
  'xlm-roberta': 'XLMRobertaModel',
  camembert: 'CamembertModel',
  distilbert: 'DistilBertModel',
}

/** The architecture of a config. Fault model-unsupported names the one that is not known. */
export function architectureOf(config: Json): { readonly name: string; readonly architecture: Architecture } {
  const { architectures: listed, model_type: type, quantization_config: quantized } = config
  const name =
    (Array.isArray(listed) ? listed.find((each) => typeof each === 'string') : undefined) ?? byType[String(type)]
  const architecture = name !== undefined && Object.hasOwn(architectures, name) ? architectures[name] : undefined
  if (name === undefined || architecture === undefined)
    throw new Fault(
      'model-unsupported',
      name === undefined
        ? 'config.json names no architecture.'
        : `The architecture ${String(name).slice(0, 80)} is not known here.`,
      { remedy: `Known are ${Object.keys(architectures).join(', ')}.` },
    )
  if (quantized !== undefined && quantized !== null)
    throw new Fault('model-unsupported', 'Its weights are quantized (quantization_config).', {
      remedy: 'Use the checkpoint that it was made of, in f32, f16 or bf16.',
    })
  return { name, architecture }
}

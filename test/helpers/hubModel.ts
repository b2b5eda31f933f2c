/** A small repository for the loopback Hub: weights of the bytes that a seed draws, so that a test knows each of them. */
import { random } from '../../src/shared/random.ts'
import type { Repository } from './hubServer.ts'

/** Bytes that a seed draws. */
export function drawnBytes(length: number, seed: number): Uint8Array {
  const draws = random(seed)
  return Uint8Array.from({ length }, () => draws.int(0, 255))
}

export const config = JSON.stringify({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 64,
  num_hidden_layers: 2,
  torch_dtype: 'float32',
})

/** A model whose weights have so many bytes, beside what no import reads. */
export function smallModel(bytes: number, more: Partial<Repository> = {}): Repository {
  return {
    id: 'lab/small',
    licence: 'apache-2.0',
    downloads: 7,
    ...more,
    files: {
      'config.json': config,
      'tokenizer.json': '{"model":{}}',
      'model.safetensors': drawnBytes(bytes, 5),
      'pytorch_model.bin': 'a pickle',
      'README.md': '# Small',
      ...more.files,
    },
  }
}

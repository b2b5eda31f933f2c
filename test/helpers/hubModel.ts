/** A small repository for the loopback Hub: weights of the bytes that a seed draws, so that a test knows each of them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
      'train.log': 'step 1',
      ...more.files,
    },
  }
}

/** Folder of the small models that are kept with the tests. */
export const fixtures = join(import.meta.dirname, '../fixtures/models')

/** One of these as a repository; its card names the licence, as cards of the Hub do. */
export function fixtureModel(name: string, licence: string, more: Partial<Repository> = {}): Repository {
  const names = readdirSync(join(fixtures, name)).filter((file) => file !== 'reference.json')
  const files = Object.fromEntries(names.map((file) => [file, readFileSync(join(fixtures, name, file))]))
  return {
    id: `lab/${name}`,
    licence,
    ...more,
    files: { ...files, 'README.md': `---\nlicense: ${licence}\n---\n# ${name}\n`, ...more.files },
  }
}

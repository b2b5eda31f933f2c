/** An imported decoder or encoder read whole into memory, as a pairing needs it. */
import { Fault } from '../../../shared/fault.ts'
import type { ModelSource } from '../../../shared/models.ts'
import type { BoundWeights, Weights } from '../graph/value.ts'
import { readWhole } from '../store/rows.ts'
import { openEncoder, openModel } from './library.ts'
import { keptFormat } from './manifest.ts'
import type { ImportedDecoder, ImportedEncoder } from './pair.ts'

/** Reads a decoder by its name. Faults model-missing, model-damaged, and model-unsupported for a model that no text can be made of. */
export async function readDecoder(home: string, name: string): Promise<ImportedDecoder> {
  const { manifest, weights, tokenizer } = await openModel(home, name)
  if (keptFormat(manifest) !== 'f32')
    throw new Fault('model-unsupported', `${name} keeps ${manifest.dtype} weights, which cannot be trained further.`, {
      remedy: 'Name the model that it was made of; the bundle can be held smaller: --weights int8',
    })
  if (tokenizer === null) throw wordless(name)
  return {
    name,
    from: sourceText(manifest.source),
    config: manifest.decoder,
    weights: allInMemory(weights),
    tokenizer,
    ends: manifest.special.eos,
    chat: manifest.chatTemplate,
  }
}

/** Reads an encoder or embedder by its name. Faults as `readDecoder`, and bad-input for a decoder. */
export async function readEncoder(home: string, name: string): Promise<ImportedEncoder> {
  const { manifest, weights, tokenizer } = await openEncoder(home, name)
  if (tokenizer === null) throw wordless(name)
  const { source, encoder: network, text } = manifest
  return { name, from: sourceText(source), network, text, weights: allInMemory(weights), tokenizer }
}

function wordless(name: string): Fault {
  return new Fault('model-unsupported', `${name} came without a tokenizer.json.`, {
    remedy: 'Put the tokenizer.json of the same revision beside its config.json and import it again.',
  })
}

function sourceText(source: ModelSource): string {
  return source.kind === 'hub' ? `${source.id} at ${source.revision}` : 'a folder'
}

function allInMemory(weights: BoundWeights): Weights {
  return new Map([...weights].map(([name, tensor]) => [name, readWhole(tensor)]))
}

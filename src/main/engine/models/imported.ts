/** An imported decoder read whole into memory, as a pairing needs it. */
import { Fault } from '../../../shared/fault.ts'
import type { ModelSource } from '../../../shared/models.ts'
import { readWhole } from '../store/rows.ts'
import { openModel } from './library.ts'
import { keptFormat } from './manifest.ts'
import type { ImportedDecoder } from './pair.ts'

/** Reads a decoder by its name. Faults model-missing, model-damaged, and model-unsupported for a model that no text can be made of. */
export async function readDecoder(home: string, name: string): Promise<ImportedDecoder> {
  const { manifest, weights, tokenizer } = await openModel(home, name)
  if (manifest.role !== 'decoder')
    throw new Fault('model-unsupported', `${name} is not a decoder.`, {
      remedy: 'Name an imported decoder.',
    })
  if (keptFormat(manifest) !== 'f32')
    throw new Fault('model-unsupported', `${name} keeps ${manifest.dtype} weights, which cannot be trained further.`, {
      remedy: 'Name the model that it was made of; the bundle can be held smaller: --weights int8',
    })
  if (tokenizer === null)
    throw new Fault('model-unsupported', `${name} came without a tokenizer.json.`, {
      remedy: 'Put the tokenizer.json of the same revision beside its config.json and import it again.',
    })
  return {
    name,
    from: sourceText(manifest.source),
    config: manifest.decoder,
    weights: new Map([...weights].map(([each, tensor]) => [each, readWhole(tensor)])),
    tokenizer,
    ends: manifest.special.eos,
    chat: manifest.chatTemplate,
  }
}

function sourceText(source: ModelSource): string {
  return source.kind === 'hub' ? `${source.id} at ${source.revision}` : 'a folder'
}

/** The tiny bundle with the BERT fixture as its chunk encoder, which reads chunks in word pieces of its own. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { importModel } from '../../src/main/engine/models/import.ts'
import { readModelFolder } from '../../src/main/engine/models/folder.ts'
import { matchModel } from '../../src/main/engine/models/match.ts'
import { importedEncoder, type EncoderConfig, type Pooling } from '../../src/main/engine/nets/config.ts'
import { projector } from '../../src/main/engine/nets/encoder.ts'
import { initialWeights } from '../../src/main/engine/nets/initial.ts'
import { openBundle, writeBundle, type Bundle } from '../../src/main/engine/store/bundle.ts'
import { readSafetensors } from '../../src/main/engine/store/safetensors.ts'
import { tinyBundle, tinyConfig } from './tinyBundle.ts'

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789', (letter) => [letter, `##${letter}`]).flat()
const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'the', 'of', 'is', 'mayor', 'who', '.', ',', '?', ...letters]

export const wordPieces = {
  version: '1.0',
  added_tokens: pieces.slice(0, 4).map((content, id) => ({ id, content, special: true })),
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])) },
}

/** The bundle, by way of a folder that is gone again. */
export async function bundleWithBert(pooling: Pooling = 'cls'): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'bert-bundle-'))
  try {
    const model = matchModel(await readModelFolder(join(import.meta.dirname, '../fixtures/models/bert')))
    if (model.network.role === 'decoder') throw new Error('the fixture is no encoder')
    await importModel(model, {
      folder: join(folder, 'model'),
      dtype: 'f32',
      source: { kind: 'folder', folder: model.folder.path },
      signal: new AbortController().signal,
      tell: () => {},
    })
    const imported = readSafetensors(readFileSync(join(folder, 'model/weights.safetensors')), 'weights')
    const base = await tinyBundle()
    const encoder = importedEncoder(model.network.encoder, { pooling }, 16)
    const kept = [...base.weights].filter(([name]) => !/^(encoder|projector|policy|policyQuery)\./.test(name))
    await writeBundle(join(folder, 'bundle'), {
      config: { ...tinyConfig, name: 'tiny with BERT', encoder },
      weights: new Map([...kept, ...imported, ...initialWeights(projectorParams(encoder), 7)]),
      tokenizer: base.tokenizer,
      encoderTokenizer: wordPieces,
    })
    return await openBundle(join(folder, 'bundle'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

function projectorParams(encoder: EncoderConfig) {
  const g = startGraph('projector')
  projector(g, encoder, tinyConfig.decoder, g.input('encoded', 'float32', ['rows', encoder.hidden]))
  return g.finish().params
}

/** The BERT fixture as an embedder with a tokenizer of a few words, imported into a home. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importFolder } from '../../src/main/engine/serve/importing.ts'
import { resultOf } from './jobResult.ts'

const fixture = join(import.meta.dirname, '../fixtures/models/bert')

/** Imports it as `name`, with `files` beside its weights: a name and what its JSON says. */
export async function importEmbedder(
  home: string,
  name: string,
  files: Readonly<Record<string, unknown>>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'refrag-embedder-'))
  try {
    for (const file of ['config.json', 'model.safetensors']) await cp(join(fixture, file), join(folder, file))
    for (const [file, value] of Object.entries(files)) await writeFile(join(folder, file), JSON.stringify(value))
    await resultOf(importFolder({ path: folder, name, dtype: 'f32' }, home))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Weights of a folder that is only looked at: converted beside each other in a temporary file, mapped from there, and gone again. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importModel, type ImportStep } from './import.ts'
import { openModel, type StoredModel } from './library.ts'
import type { MatchedModel } from './match.ts'

/** Opens a matched model without installing it, for as long as `work` runs. */
export async function withTemporary<Result>(
  model: MatchedModel,
  options: { readonly signal: AbortSignal; readonly tell: (step: ImportStep) => void },
  work: (model: StoredModel) => Promise<Result>,
): Promise<Result> {
  const home = await mkdtemp(join(tmpdir(), 'refrag-check-'))
  try {
    const source = { kind: 'folder', folder: model.folder.path } as const
    await importModel(model, { ...options, folder: join(home, 'models', 'checked'), dtype: 'f32', source })
    return await work(await openModel(home, 'checked'))
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

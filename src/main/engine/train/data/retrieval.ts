/** Passages for questions that come without any: from an index, or from documents that are indexed for the run first. */
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { Fault } from '../../../../shared/fault.ts'
import type { TrainInput } from '../../../../shared/train.ts'
import { bundleEmbedder } from '../../parts.ts'
import { buildIndex } from '../../retrieve/build.ts'
import type { Embedder } from '../../retrieve/embedder.ts'
import { closeIndex, openIndex, readIndexInfo } from '../../retrieve/load.ts'
import { searchIndex } from '../../retrieve/search.ts'
import type { Bundle } from '../../store/bundle.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { readRunConfig } from '../runFolder.ts'
import type { Retrieve } from './asked.ts'

type Retrieval = { readonly retrieve: Retrieve; readonly close: () => Promise<void> }

/**
 * Opens what `--corpus` names with the embedder of the bundle. Documents are indexed in the run's folder, where the index
 * stays as long as the run does: what is retrieved when it goes on is what was retrieved before.
 * Throws the faults of opening and of building an index.
 */
export async function openRetrieval(
  { corpus, out, passages }: Pick<TrainInput, 'out' | 'passages'> & { readonly corpus: string },
  at: {
    readonly bundle: Bundle
    readonly tokenizer: Tokenizer
    readonly threads: number
    readonly signal?: AbortSignal | undefined
  },
): Promise<Retrieval> {
  const embedder = bundleEmbedder(at.bundle, at.tokenizer, { threads: at.threads })
  try {
    const index = await openIndex(await indexOf(corpus, out, embedder, at.signal), embedder)
    return {
      async retrieve(question) {
        return (await searchIndex(index, question, passages, at.signal)).map(({ text }) => text)
      },
      async close() {
        closeIndex(index)
        await embedder.close()
      },
    }
  } catch (error) {
    await embedder.close()
    throw error
  }
}

/** The folder of the index: the one named, or the one made of the documents named. */
async function indexOf(corpus: string, out: string, embedder: Embedder, signal?: AbortSignal): Promise<string> {
  if (await holdsIndex(corpus)) return corpus
  const own = createHash('sha256').update(resolve(corpus)).digest('hex').slice(0, 8)
  const folder = join(out, `index-${own}`)
  // Before a run has begun its documents may have changed since an earlier try.
  if ((await readRunConfig(out)) && (await holdsIndex(folder))) return folder
  const building = buildIndex({ paths: [corpus], out: folder, embedder, ...(signal ? { signal } : {}) })
  for await (const event of building) if (event.type === 'done') return folder
  throw new Error('internal: an index ended without being built')
}

/** Whether an index stands in `folder`, damaged ones included: opening it says what is wrong. */
async function holdsIndex(folder: string): Promise<boolean> {
  try {
    await readIndexInfo(folder)
    return true
  } catch (error) {
    return error instanceof Fault && error.code === 'index-damaged'
  }
}

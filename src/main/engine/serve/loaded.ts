/** What is loaded: one bundle with its tokenizer and embedder, opened on first use, whole or not at all. */
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import { openEmbedder } from '../retrieve/model.ts'
import { openBundle, partHash, type Bundle } from '../store/bundle.ts'
import { openTokenizer, type Tokenizer } from '../tokens/tokenizer.ts'

export type Loaded = {
  readonly bundle: Bundle
  readonly tokenizer: Tokenizer
  readonly embedder: ReturnType<typeof openEmbedder>
}

export type Loader = {
  /** Throws Fault bundle-missing or bundle-damaged, and tries again at the next call. */
  readonly get: () => Promise<Loaded>
  readonly close: () => Promise<void>
}

/** Loads the bundle in `models`: the folder itself, or the first one in it that holds a bundle. */
export function openLoader(models: string): Loader {
  let loading: Promise<Loaded> | null = null
  return {
    get: () => {
      loading ??= load(models).catch((error: unknown) => {
        loading = null
        throw error
      })
      return loading
    },
    close: async () => {
      const loaded = await loading?.catch(() => null)
      await loaded?.embedder.close()
      loading = null
    },
  }
}

async function load(models: string): Promise<Loaded> {
  const bundle = await openBundle(await findBundle(models))
  const tokenizer = openTokenizer(bundle.tokenizer)
  const { config, weights } = bundle
  // Vectors depend on how text is cut as much as on the weights.
  const hash = `${partHash(bundle, 'embedder.')}-${tokenizer.hash.slice(0, 8)}`
  return { bundle, tokenizer, embedder: openEmbedder(config.embedder, weights, tokenizer, { hash }) }
}

async function findBundle(models: string): Promise<string> {
  const names = await readdir(models).catch(() => [])
  for (const folder of [models, ...names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => join(models, name))]) {
    const holds = await access(join(folder, 'bundle.json')).then(
      () => true,
      () => false,
    )
    if (holds) return folder
  }
  throw new Fault('bundle-missing', `No bundle in ${models}.`)
}

/** The embedders of indexes: the loaded bundle's own, and imported ones, opened on first use. */
import { createHash } from 'node:crypto'
import { Fault } from '../../../shared/fault.ts'
import { openEncoder } from '../models/library.ts'
import { modelFiles, modelFolder, readManifest, type EncoderManifest } from '../models/manifest.ts'
import type { Embedder } from '../retrieve/embedder.ts'
import { openTextEncoder } from '../retrieve/model.ts'
import { openTokenizer } from '../tokens/tokenizer.ts'
import { threads } from './health.ts'
import type { Loader } from './loaded.ts'

export type Embedders = {
  /**
   * The imported embedder of that name, or the bundle's own where none is named. Faults model-missing, model-damaged, bad-input for a
   * decoder or for an encoder without a tokenizer.
   */
  readonly get: (model?: string) => Promise<Embedder>
  /** The imported ones that are open, by name. */
  readonly held: () => string[]
  /** Closes an imported one, or all where none is named; the next `get` opens it again. */
  readonly release: (model?: string) => Promise<void>
  readonly close: () => Promise<void>
}

type Opened = Embedder & { readonly close: () => Promise<void> }

/** Raised when the same weights and settings make other vectors: indexes made before are then told apart. */
const vectorsVersion = 1

/** What the vectors of an imported encoder depend on: sizes, settings, weights and tokenizer. */
function hashOf({ encoder, text, files }: EncoderManifest): string {
  const kept = [modelFiles.weights, modelFiles.tokenizer].map((name) => files[name]?.sha256)
  return createHash('sha256')
    .update(JSON.stringify([vectorsVersion, encoder, text, kept]))
    .digest('hex')
    .slice(0, 24)
}

/** The model of a key, which names its hash behind it; a name has no spaces. */
const modelOf = (key: string): string => key.split(' ', 1)[0] ?? key

/** Embedders of a home; what was opened stays open until `close`. */
export function openEmbedders(home: string, loader: Pick<Loader, 'light'>): Embedders {
  const open = new Map<string, Promise<Opened>>()

  async function openImported(model: string, hash: string): Promise<Opened> {
    const { manifest, weights, tokenizer: json } = await openEncoder(home, model)
    if (json === null)
      throw new Fault('bad-input', `${model} came without a tokenizer.json, so that it cannot read texts.`, {
        remedy: 'Add its tokenizer.json to the folder and import it again.',
      })
    const tokenizer = openTokenizer(json)
    const { encoder: network, text: settings } = manifest
    return openTextEncoder({ network, settings, weights, tokenizer }, { hash, model, threads })
  }

  async function release(model?: string): Promise<void> {
    const taken = [...open].filter(([key]) => model === undefined || modelOf(key) === model)
    for (const [key] of taken) open.delete(key)
    const all = await Promise.allSettled(taken.map(([, opening]) => opening))
    for (const each of all) if (each.status === 'fulfilled') await each.value.close()
  }

  return {
    get: async (model) => {
      if (model === undefined) return (await loader.light()).embedder
      const manifest = await readManifest(modelFolder(home, model))
      // A decoder is refused where it is opened.
      const hash = manifest.role === 'decoder' ? '' : hashOf(manifest)
      // By what it is and not by its name alone: another model may have been imported under it since.
      const key = `${model} ${hash}`
      const known = open.get(key)
      if (known) return known
      const opening = openImported(model, hash)
      open.set(key, opening)
      opening.catch(() => open.delete(key))
      return opening
    },
    held: () => [...new Set([...open.keys()].map(modelOf))],
    release,
    close: () => release(),
  }
}

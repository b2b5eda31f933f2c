/** Opening an index from disk, checked whole before it is used; and listing the indexes of a folder. */
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { IndexInfo, Passage } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import { readDatabase, type Database } from '../store/database.ts'
import { recoverFolder } from '../store/files.ts'
import { loadDense, type Dense } from './dense.ts'
import type { Embedder } from './embedder.ts'
import { checkFiles, damaged, indexFiles, infoOf, readManifest, type Manifest } from './manifest.ts'
import { countRows, labelOf, passageIds, passagePage, passagesAt, type PassageName } from './schema.ts'

/** An open index; close it with `closeIndex`. */
export type Index = {
  readonly info: IndexInfo
  readonly embedder: Embedder
  readonly dense: Dense
  readonly database: Database
}

/** The embedder that an index names: an imported one, or the bundle's own where none is named. */
export type EmbedderOf = (model: string | undefined) => Promise<Embedder>

/** Throws Fault index-missing, index-damaged (naming the file) or index-other-weights. */
export async function openIndex(path: string, own: Embedder | EmbedderOf): Promise<Index> {
  const folder = resolve(path)
  await recoverFolder(folder)
  const manifest = await readManifest(folder)
  const embedder = typeof own === 'function' ? await named(own, folder, manifest) : own
  if (manifest.embedder !== embedder.hash || manifest.dimension !== embedder.dimension)
    throw otherWeights(folder, manifest, embedder)
  await checkFiles(folder, manifest)
  const database = readDatabase(join(folder, indexFiles.passages))
  try {
    const dense = loadDense(join(folder, indexFiles.vectors), manifest.dense)
    const counts = [dense.count(), countRows(database, 'passages'), countRows(database, 'words')]
    if (counts.some((count) => count !== manifest.passages)) throw new Error(`internal: counts ${counts.join(', ')}`)
    return { info: infoOf(folder, manifest), embedder, dense, database }
  } catch (error) {
    database.close()
    throw damaged(folder, Object.values(indexFiles).join(', '), error)
  }
}

/** The embedder that a manifest names. Fault model-missing says which index needs it. */
async function named(of: EmbedderOf, folder: string, { model }: Manifest): Promise<Embedder> {
  try {
    return await of(model)
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'model-missing') throw error
    throw new Fault('model-missing', `The index in ${folder} needs the embedder ${model}, which is not imported.`, {
      remedy: `Import it under that name: refrag models import DIR --name ${model}. Or build the index again with another one.`,
      cause: error,
    })
  }
}

function otherWeights(folder: string, manifest: Manifest, embedder: Embedder): Fault {
  if (manifest.model === undefined)
    return new Fault(
      'index-other-weights',
      `The index in ${folder} was made with embedder ${manifest.embedder}, but ${embedder.hash} is loaded.`,
    )
  return new Fault(
    'index-other-weights',
    `The index in ${folder} was made with the embedder ${manifest.model} as it was then, ${manifest.embedder}; this one is ${embedder.hash}.`,
    { remedy: `Build it again: refrag index FILE --embedder ${manifest.model} --out DIR` },
  )
}

/** Frees what the index holds. */
export function closeIndex(index: Index): void {
  index.database.close()
}

/** What an index says of itself, without opening it. Throws Fault index-missing or index-damaged. */
export async function readIndexInfo(path: string): Promise<IndexInfo> {
  return infoOf(path, await readManifest(path))
}

/** The indexes that stand directly in `folder`, latest first; what cannot be read is left out. */
export async function listIndexes(folder: string): Promise<readonly IndexInfo[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const found = await Promise.all(folders.map(({ name }) => readIndexInfo(join(folder, name)).catch(() => undefined)))
  return found.filter((info) => info !== undefined).sort((a, b) => (a.made < b.made ? 1 : -1))
}

/** A page of passages in corpus order. */
export function listPassages(index: Index, from: number, count: number): readonly Passage[] {
  return passagePage(index.database, from, count)
}

/** The passages with these ids, in their order. Throws Fault bad-input for an id that the index does not have. */
export function passagesById(index: Index, ids: readonly string[]): readonly Passage[] {
  return passagesAt(
    index.database,
    ids.map((id) => labelIn(index, id)),
  )
}

/** The stored vectors of passages, each of length 1. Throws Fault bad-input for an id that the index does not have. */
export function vectorsById(index: Index, ids: readonly string[]): readonly Float32Array[] {
  return ids.map((id) => index.dense.vectorOf(labelIn(index, id)))
}

/** For every label the id of its passage and that of its document, null where the source names none. */
export function passageNames(index: Index): readonly PassageName[] {
  return passageIds(index.database)
}

function labelIn(index: Index, id: string): number {
  const label = labelOf(index.database, id)
  if (label === undefined) throw new Fault('bad-input', `The index has no passage ${id}.`)
  return label
}

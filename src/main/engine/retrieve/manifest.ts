/** The manifest of an index on disk: what is in the folder, made by which weights, with a hash of every file. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod'
import { IndexInfo } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import { writeAtomic } from '../store/files.ts'

export const indexFiles = { passages: 'passages.sqlite', vectors: 'vectors.hnsw' } as const
/** The question set that mapped columns made, where they made one. */
export const questionsFile = 'questions.jsonl'
const manifestName = 'manifest.json'

const Body = IndexInfo.omit({ path: true }).extend({
  version: z.literal(1),
  dense: z.object({
    dimension: z.number().int(),
    m: z.number().int(),
    efConstruction: z.number().int(),
    ef: z.number().int(),
    seed: z.number().int(),
  }),
  files: z.record(z.string(), z.string()).describe('SHA-256 of each file'),
})
export type Manifest = z.infer<typeof Body>

/** Writes the manifest, sealed with a hash of itself, into the folder. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const seal = sealOf(manifest)
  await writeAtomic(join(folder, manifestName), `${JSON.stringify({ ...manifest, seal }, null, 2)}\n`)
}

/** Reads it back. Throws Fault index-missing or index-damaged. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => undefined)
  if (text === undefined) throw new Fault('index-missing', `${folder} holds no index.`)
  const { seal, ...rest } = Body.extend({ seal: z.string() }).safeParse(parse(text)).data ?? {}
  const manifest = Body.safeParse(rest).data
  if (!manifest || sealOf(manifest) !== seal) throw damaged(folder, manifestName)
  return manifest
}

/** Compares every file of the index with its hash. Throws Fault index-damaged naming the file. */
export async function checkFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const name of Object.values(indexFiles)) {
    const hash = await hashFile(join(folder, name)).catch(() => undefined)
    if (hash === undefined || hash !== manifest.files[name]) throw damaged(folder, name)
  }
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** The index as it is listed. */
export function infoOf(folder: string, manifest: Manifest): IndexInfo {
  return IndexInfo.parse({ ...manifest, path: resolve(folder) })
}

/** The name an index bears when none is given. */
export function nameOf(folder: string): string {
  return basename(resolve(folder))
}

export function damaged(folder: string, name: string, cause?: unknown): Fault {
  return new Fault('index-damaged', `The index in ${folder} is damaged: ${name} is not what was written.`, { cause })
}

function sealOf(manifest: Manifest): string {
  return createHash('sha256')
    .update(JSON.stringify(Body.parse(manifest)))
    .digest('hex')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

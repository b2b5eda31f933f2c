/** The index calls: build, list, and the open indexes, kept so that a question does not load one anew. */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import type { IndexInfo } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import type { ReadFailure } from '../corpus/read.ts'
import { buildIndex } from '../retrieve/build.ts'
import { closeIndex, listIndexes, openIndex, type Index } from '../retrieve/load.ts'
import type { Loader } from './loaded.ts'

export type Indexes = {
  /** The open index at `path`; opened on first use, and again after it was rebuilt. */
  readonly get: (path: string) => Promise<Index>
  readonly build: (input: BuildInput, signal?: AbortSignal) => AsyncGenerator<JobEvent<ReadFailure, IndexInfo>>
  readonly list: () => Promise<IndexInfo[]>
  readonly upload: (name: string, base64: string) => Promise<string>
  readonly close: () => Promise<void>
}

type BuildInput = {
  readonly paths: readonly string[]
  readonly out?: string | undefined
  readonly name?: string | undefined
}

/** Indexes stay open up to this many; the one unused for longest is closed. */
const openAtMost = 4

/** Indexes without a folder of their own, and uploaded texts, are kept under `home`. */
export function openIndexes(home: string, loader: Loader): Indexes {
  const folder = join(home, 'indexes')
  const open = new Map<string, Promise<Index>>()

  async function drop(path: string): Promise<void> {
    const index = await open.get(path)?.catch(() => null)
    open.delete(path)
    if (index) closeIndex(index)
  }

  return {
    get: async (path) => {
      const key = resolve(path)
      const known = open.get(key) ?? loader.get().then(({ embedder }) => openIndex(key, embedder))
      open.delete(key)
      open.set(key, known)
      const oldest = open.keys().next().value
      if (open.size > openAtMost && oldest !== undefined) await drop(oldest)
      return known.catch((error: unknown) => {
        open.delete(key)
        throw error
      })
    },
    build: async function* ({ paths, out, name }, signal) {
      const { embedder } = await loader.get()
      const title = name ?? titleOf(paths)
      const target = resolve(out ?? join(folder, fileName(title)))
      const options = { paths, out: target, name: title, embedder, ...(signal === undefined ? {} : { signal }) }
      for await (const event of buildIndex(options)) {
        if (event.type === 'done') await drop(target)
        yield event
      }
    },
    list: async () => [...(await listIndexes(folder))],
    upload: async (name, base64) => {
      const place = join(home, 'uploads')
      await mkdir(place, { recursive: true })
      const path = join(place, `${fileName(basename(name, extname(name)))}${extname(name).replaceAll(/[^.\w]/g, '')}`)
      const bytes = Buffer.from(base64, 'base64')
      if (bytes.length === 0 && base64 !== '') throw new Fault('bad-input', `${name} did not arrive whole.`)
      await writeFile(path, bytes)
      return path
    },
    close: async () => {
      for (const path of open.keys()) await drop(path)
    },
  }
}

function titleOf(paths: readonly string[]): string {
  const [first = 'index', ...more] = paths
  const name = basename(first, extname(first))
  return more.length === 0 ? name : `${name} and ${more.length} more`
}

/** A name that every file system takes. */
function fileName(title: string): string {
  const safe = title.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '')
  return safe === '' ? 'index' : safe.slice(0, 80)
}

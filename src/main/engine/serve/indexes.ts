/** The index calls: build, list, and the open indexes, kept so that a question does not load one anew. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import type { BuildInput, FileFailure, IndexInfo, Question } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { readQuestions } from '../corpus/questions.ts'
import { buildIndex } from '../retrieve/build.ts'
import { closeIndex, listIndexes, openIndex, readIndexInfo, type Index } from '../retrieve/load.ts'
import { questionsFile } from '../retrieve/manifest.ts'
import { fileName } from './fileName.ts'
import type { Embedders } from './embedders.ts'

export type Indexes = {
  /**
   * Does `work` with the index at `path`, which is opened on first use and again after it was rebuilt.
   * It stays open until the work is over, whatever is opened or rebuilt meanwhile.
   */
  readonly use: <Result>(path: string, work: (index: Index) => Promise<Result> | Result) => Promise<Result>
  readonly build: (input: BuildInput, signal?: AbortSignal) => AsyncGenerator<JobEvent<FileFailure, IndexInfo>>
  readonly list: () => Promise<IndexInfo[]>
  /** The questions that the records of an index asked; none where they asked none. */
  readonly questions: (path: string) => Promise<Question[]>
  readonly upload: (name: string, base64: string) => Promise<string>
  readonly close: () => Promise<void>
}

type Entry = { readonly index: Promise<Index>; users: number; dropped: boolean }

/** Indexes stay open up to this many; the one unused for longest is closed. */
const openAtMost = 4

/** Indexes without a folder of their own, and uploaded texts, are kept under `home`. */
export function openIndexes(home: string, embedders: Pick<Embedders, 'get'>): Indexes {
  const folder = join(home, 'indexes')
  const open = new Map<string, Entry>()

  async function closeUnused(entry: Entry): Promise<void> {
    if (entry.dropped && entry.users === 0) await entry.index.then(closeIndex, () => {})
  }

  async function drop(path: string, entry: Entry | undefined): Promise<void> {
    if (!entry || open.get(path) !== entry) return
    open.delete(path)
    entry.dropped = true
    await closeUnused(entry)
  }

  return {
    use: async (path, work) => {
      const key = resolve(path)
      const entry = open.get(key) ?? {
        index: openIndex(key, embedders.get),
        users: 0,
        dropped: false,
      }
      // The map's order is that of use: the entry goes to its end.
      open.delete(key)
      open.set(key, entry)
      entry.users++
      try {
        const index = await entry.index.catch(async (error: unknown) => {
          // A failure is not kept: the next use tries again.
          await drop(key, entry)
          throw error
        })
        const [oldest] = open
        if (open.size > openAtMost && oldest) await drop(...oldest)
        return await work(index)
      } finally {
        entry.users--
        await closeUnused(entry)
      }
    },
    build: async function* ({ paths, out, name, embedder: model, ...how }, signal) {
      const embedder = await embedders.get(model)
      const title = name ?? titleOf(paths)
      // Two corpora of one file name are two indexes; the same one built again takes its old place.
      const own = createHash('sha256')
        .update(
          [...paths.map((path) => resolve(path)), ...(model === undefined ? [] : [`embedder ${model}`])].join('\n'),
        )
        .digest('hex')
        .slice(0, 8)
      const target = resolve(out ?? join(folder, `${fileName(title, 'index')}-${own}`))
      const options = { ...how, paths, out: target, name: title, embedder, ...(signal === undefined ? {} : { signal }) }
      for await (const event of buildIndex(options)) {
        if (event.type === 'done') await drop(target, open.get(target))
        yield event
      }
    },
    questions: async (path) => {
      const { questions = 0 } = await readIndexInfo(path)
      return questions === 0 ? [] : [...(await readQuestions(join(path, questionsFile)))]
    },
    list: async () => [...(await listIndexes(folder))],
    upload: async (name, base64) => {
      const bytes = Buffer.from(base64, 'base64')
      if (bytes.length === 0 && base64 !== '') throw new Fault('bad-input', `${name} did not arrive whole.`)
      // By content, so that another file of the same name does not take the place of one that an index was made from.
      const place = join(home, 'uploads', createHash('sha256').update(bytes).digest('hex').slice(0, 12))
      await mkdir(place, { recursive: true })
      const path = join(
        place,
        `${fileName(basename(name, extname(name)), 'text')}${extname(name).replaceAll(/[^.\w]/g, '')}`,
      )
      await writeFile(path, bytes)
      return path
    },
    close: async () => {
      for (const [path, entry] of open) await drop(path, entry)
    },
  }
}

/** What an index of these files is called. */
export function titleOf(paths: readonly string[]): string {
  const [first = 'index', ...more] = paths
  const name = basename(first, extname(first))
  return more.length === 0 ? name : `${name} and ${more.length} more`
}

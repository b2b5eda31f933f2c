/** The sessions of this workbench: kept at each change, what they name found here, and packed into files. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { Comparison } from '../../../shared/comparison.ts'
import { Fault } from '../../../shared/fault.ts'
import { sessionEnding } from '../../../shared/handed.ts'
import type { ReportFile } from '../../../shared/report.ts'
import type { KeptRun } from '../../../shared/runs.ts'
import type {
  ChangeSession,
  Imported,
  MissingIndex,
  SaveSession,
  Session,
  SessionBody,
  SessionCorpus,
  SessionInfo,
  SessionTold,
  SessionWindow,
} from '../../../shared/session.ts'
import { exists, writeAtomic } from '../store/files.ts'
import { openSessionStore } from '../store/sessions.ts'
import { readIndexInfo } from '../retrieve/load.ts'
import type { Asking } from './asking.ts'
import type { Comparisons } from './comparisons.ts'
import { fileName } from './fileName.ts'
import { version } from './health.ts'
import { allText, corpusHash, indexesOf, isHere, relocate } from './sessionPlaces.ts'
import { openSessionWindows } from './sessionWindows.ts'

export type Sessions = {
  readonly list: () => SessionInfo[]
  readonly make: (name: string, body: SessionBody) => Session
  /** Fault session-missing. */
  readonly open: (id: string) => Session
  /** Faults session-missing, session-read-only. */
  readonly save: (parts: SaveSession) => { revision: number; changed: string }
  readonly change: (change: ChangeSession) => SessionInfo
  readonly remove: (ids: readonly string[]) => void
  readonly restore: (ids: readonly string[]) => void
  /** The session now and at each change that another window makes, and whether this window may write. Fault session-missing. */
  readonly follow: (shown: SessionWindow, signal?: AbortSignal) => AsyncGenerator<SessionTold>
  /** A window's answer to a beat: it is still there. */
  readonly hold: (shown: SessionWindow) => { writer: boolean }
  /** The indexes that a session refers to and that are not here. */
  readonly missing: (id: string) => Promise<MissingIndex[]>
  readonly pack: (id: string, corpus: boolean) => Promise<ReportFile>
  /** Opens a session's file; where anything of it does not fit, nothing is changed. Faults of `readSession`, session-other-run. */
  readonly take: (path: string) => Promise<Imported>
  readonly close: () => void
}

/** Sessions are kept in `home`. */
export function openSessions(home: string, at: Asking & { readonly comparisons: Comparisons }): Sessions {
  const store = openSessionStore(home, at.log)
  const windows = openSessionWindows(store)

  function corpusAt(
    path: string,
  ): Promise<{ readonly name: string; readonly passages: number; readonly hash: string | null }> {
    return readIndexInfo(path).then(async ({ name, passages }) => {
      const hash = await at.indexes.use(path, ({ database }) => corpusHash(database)).catch(() => null)
      return { name, passages, hash }
    })
  }

  async function describe(path: string, known: SessionCorpus | undefined): Promise<SessionCorpus> {
    const found = await corpusAt(path).catch(() => null)
    if (found !== null) return { path, ...found, embedded: 0 }
    return known ?? { path, name: basename(path), hash: null, passages: null, embedded: 0 }
  }

  async function missing(id: string): Promise<MissingIndex[]> {
    const session = store.open(id)
    const known = store.corpora(id)
    const found: MissingIndex[] = []
    for (const path of indexesOf(session)) {
      if (await isHere(path)) continue
      const place = known.findIndex((corpus) => corpus.path === path)
      const corpus = known[place] ?? (await describe(path, undefined))
      const text = join(folderOf(id), `${place}-${fileName(corpus.name, 'corpus')}.jsonl`)
      found.push({ ...corpus, rebuild: (await exists(text)) ? text : null })
    }
    return found
  }

  const folderOf = (id: string): string => join(home, 'sessions', id)

  /** The index here that was made of the same documents; the path itself where it stands, or where there is none. */
  async function locate({ path, hash }: SessionCorpus): Promise<string> {
    if (await isHere(path)) return path
    if (hash === null) return path
    for (const { path: other } of await at.indexes.list()) {
      const found = await corpusAt(other).catch(() => null)
      if (found?.hash === hash) return other
    }
    return path
  }

  async function take(path: string): Promise<Imported> {
    const file = basename(path)
    const bytes = await readFile(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Fault('file-missing', `${path} is not there.`)
      throw error
    })
    const { readSession } = await import('./sessionFile.ts')
    const { head, runs, comparisons, texts } = readSession(bytes, file)
    const places = new Map<string, string>()
    for (const corpus of head.corpora) places.set(corpus.path, await locate(corpus))
    const taken = store.has(head.session.id)
    const id = taken ? randomUUID() : head.session.id
    const name = taken ? `${head.session.name} (copy)`.slice(-120) : head.session.name
    // Runs are all or none. A kill after them leaves runs that no session names, and loses nothing.
    const added = at.runs.takeIn(runs)
    for (const [place, text] of texts) {
      await mkdir(folderOf(id), { recursive: true })
      const title = fileName(head.corpora[place]?.name ?? '', 'corpus')
      await writeAtomic(join(folderOf(id), `${place}-${title}.jsonl`), text)
    }
    const kept = comparisons.map((each) => ({ from: each.id, ...at.comparisons.takeIn(each) }))
    const named = new Map(kept.map(({ from, id: to }) => [from, to]))
    const session = relocate(head.session, places)
    const ids = session.comparisons.map((each) => named.get(each) ?? each)
    const moved = head.corpora.map((corpus) => ({ ...corpus, path: places.get(corpus.path) ?? corpus.path }))
    store.add({ ...session, comparisons: ids, id, name, pinned: false }, moved)
    windows.wake()
    const info = store.list().find((each) => each.id === id)
    if (info === undefined) throw new Error('internal: a session that was taken in is not listed')
    return {
      session: info,
      runs: added,
      comparisons: kept.filter(({ isNew }) => isNew).length,
      missing: await missing(id),
    }
  }

  async function pack(id: string, corpus: boolean): Promise<ReportFile> {
    const { revision: _revision, pinned: _pinned, ...session } = store.open(id)
    const runs = session.runs.flatMap((run) => keptRun(at, run) ?? [])
    const comparisons = session.comparisons.flatMap((each): Comparison[] => {
      const kept = at.comparisons.kept(each)
      return kept === null ? [] : [kept]
    })
    const known = store.corpora(id)
    const corpora: SessionCorpus[] = []
    const texts = new Map<number, string>()
    for (const path of indexesOf(session)) {
      const found = await describe(
        path,
        known.find((each) => each.path === path),
      )
      const text = corpus && (await isHere(path)) ? await at.indexes.use(path, allText) : null
      if (text !== null) texts.set(corpora.length, text.lines)
      corpora.push({ ...found, embedded: text?.embedded ?? 0 })
    }
    const head = {
      format: 'refrag-session',
      version: 1,
      by: version,
      session: {
        ...session,
        // What was deleted since is gone from the file too.
        runs: runs.map(({ run }) => run.id),
        comparisons: comparisons.map((each) => each.id),
      },
      corpora,
    } as const
    // The zip library is loaded when there is a file to write or read.
    const { packSession } = await import('./sessionFile.ts')
    const bytes = packSession({ head, runs, comparisons, texts })
    const name = `${fileName(session.name, 'session')}${sessionEnding}`
    return { name, content: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
  }

  return {
    list: () => store.list(),
    make: (name, body) => {
      const now = new Date().toISOString()
      return store.add({ ...body, id: randomUUID(), name, made: now, changed: now, pinned: false })
    },
    open: (id) => store.open(id),
    save: ({ id, window, ...parts }) => {
      const saved = store.save(id, window, parts as Partial<SessionBody>)
      windows.saved({ id, window }, saved.revision)
      return saved
    },
    change: (change) => {
      const info = store.change(change)
      windows.wake()
      return info
    },
    remove: (ids) => {
      store.remove(ids)
      windows.wake()
    },
    restore: (ids) => store.restore(ids),
    follow: windows.follow,
    hold: windows.hold,
    missing,
    pack,
    take: (path) => {
      if (extname(path).toLowerCase() !== sessionEnding)
        throw new Fault('bad-input', `${basename(path)} does not end in ${sessionEnding}.`)
      return take(path)
    },
    close: () => {
      store.close()
      windows.close()
    },
  }
}

function keptRun(at: Asking, id: string): KeptRun | null {
  try {
    return at.runs.openAll([id])[0] ?? null
  } catch (error) {
    // A run that was deleted leaves a gap; the others stand.
    if (error instanceof Fault && error.code === 'run-missing') return null
    throw error
  }
}

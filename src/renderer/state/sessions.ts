/** The sessions that are kept, as listed, and sessions as files: copies saved, files opened. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import { sessionEnding } from '../../shared/handed.ts'
import type { SessionInfo } from '../../shared/session.ts'
import { faultOf, link } from '../link.ts'
import { plural } from '../parts/format.ts'
import { buildIndex, corpus } from './corpus.ts'
import { downloadReport } from './download.ts'
import { noteFault } from './engine.ts'
import { pathsOf } from './files.ts'
import { setCase } from './plan.ts'
import { reviewFiles } from './review.ts'
import { openSession } from './session.ts'
import { flush, leaveSession } from './sessionKeep.ts'
import { session } from './sessionNow.ts'
import { say, showScreen } from './view.ts'

export type SessionsState = {
  /** Null until the engine has told. */
  readonly list: readonly SessionInfo[] | null
  readonly listFault: FaultData | null
  /** What was removed last, for as long as it can come back. */
  readonly removed: SessionInfo | null
}

export const sessions = createStore<SessionsState>()(() => ({ list: null, listFault: null, removed: null }))

export async function listSessions(): Promise<void> {
  try {
    sessions.setState({ list: await link().session.list(), listFault: null })
  } catch (error) {
    // The frame says that the engine stopped; the list is asked for again when it is back.
    if (faultOf(error).code === 'engine-gone') return
    sessions.setState({ listFault: noteFault('list the sessions', error) })
  }
}

export async function pinSession({ id, pinned }: SessionInfo): Promise<void> {
  await attempt('pin the session', 'The session was not pinned.', async () => {
    await link().session.change({ id, pinned: !pinned })
  })
  await listSessions()
}

/** Takes a session out of the list; its runs and comparisons stay. */
export async function removeSession(info: SessionInfo): Promise<void> {
  const done = await attempt('remove the session', 'The session was not removed.', async () => {
    if (session.getState().id === info.id) {
      await flush()
      leaveSession()
    }
    await link().session.remove({ ids: [info.id] })
  })
  if (!done) return
  sessions.setState({ removed: info })
  say(`${info.name} is removed. It can be undone.`)
  await listSessions()
}

export async function restoreSession(): Promise<void> {
  const { removed } = sessions.getState()
  if (removed === null) return
  await attempt('restore the session', 'The session was not restored.', async () => {
    await link().session.restore({ ids: [removed.id] })
    sessions.setState({ removed: null })
  })
  await listSessions()
}

export function forgetRemovedSession(): void {
  sessions.setState({ removed: null })
}

/** Opens a session on the screen where it was left. */
export async function goOn(id: string): Promise<void> {
  if (session.getState().id === id) showScreen('bench')
  else await openSession(id)
}

/** Saves a copy as one file, with the text of its corpora where that is asked for. */
export async function saveCopy(corpus: boolean): Promise<void> {
  const { id } = session.getState()
  if (id === null) return
  await attempt('save a copy', 'The copy was not saved.', async () => {
    await flush()
    const file = await link().session.export({ id, corpus })
    downloadReport(file)
    say(`${file.name} is downloaded.`)
  })
}

/** Opens what was dropped or chosen: a session's file as a session, everything else as documents to look over. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const isSession = (file: File): boolean => file.name.toLowerCase().endsWith(sessionEnding)
  const documents = files.filter((file) => !isSession(file))
  for (const file of files.filter(isSession)) {
    await attempt('open the session', `${file.name} could not be opened.`, async () => {
      const [path = ''] = await pathsOf([file], new AbortController().signal)
      await takeFile(path)
    })
  }
  if (documents.length > 0) await reviewFiles(documents)
}

/** Opens a session's file that the system handed over. */
export async function openSessionPath(path: string): Promise<void> {
  await attempt('open the session', 'The session could not be opened.', () => takeFile(path))
}

async function takeFile(path: string): Promise<void> {
  const { session: info, runs } = await link().session.import({ path })
  await openSession(info.id)
  say(`${info.name} is open. ${plural(runs, 'run')} came with it.`)
  await listSessions()
}

/** Takes another index in place of one that is missing; what was noted on its text goes along. */
export function locateIndex(path: string, name: string): void {
  setCase(`Take the index ${name}`, { index: path })
  session.setState(({ missing: [gone], notes }) => ({
    missing: [],
    notes: notes.map((note) => (note.index === gone?.path ? { ...note, index: path } : note)),
  }))
}

/** Builds a missing index from the text that came with the session, and takes it. */
export async function rebuildIndex(name: string, rebuild: string): Promise<void> {
  showScreen('start')
  await buildIndex({ paths: [rebuild], name })
  const { phase, made } = corpus.getState().build
  if (phase === 'done' && made !== null) locateIndex(made.path, made.name)
}

async function attempt(work: string, what: string, act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    session.setState({ fault: { what, fault: noteFault(work, error) } })
    say(what)
    return false
  }
}

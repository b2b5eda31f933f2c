/** The session on this page: opened, begun, named, kept and followed for as long as the page stands. */
import { faultOf, link } from '../link.ts'
import { arrived } from './arriving.ts'
import { ask, closeRun } from './ask.ts'
import { colourBy } from './colourBy.ts'
import { comparisons } from './comparisons.ts'
import { noteFault } from './engine.ts'
import { begin } from './history.ts'
import { keep, leaveWindow, recall, takeWindow } from './memory.ts'
import { firstDraft, plan, replacePlan } from './plan.ts'
import { follow, startFollowing, stopFollowing } from './sessionFollow.ts'
import { flush, forgetSession, makeSession, noteChange, settle, watchChanges, windowId } from './sessionKeep.ts'
import { noSession, session } from './sessionNow.ts'
import { arrival, take } from './sessionTake.ts'
import { say, showScreen, view } from './view.ts'

/** Keeps what changes from now on; returns the way to stop. */
export function startSession(): () => void {
  watchChanges(true)
  const stops = [
    startFollowing(),
    ...[plan, view, ask, colourBy, comparisons, session].map((store) => store.subscribe(noteChange)),
  ]
  // A page that goes lets another window write at once, and does not wait to be missed.
  const leave = (): void => {
    void flush()
    stopFollowing()
    leaveWindow(windowId)
  }
  const comeBack = (event: PageTransitionEvent): void => {
    if (!event.persisted) return
    takeWindow()
    void resumeSession()
  }
  const hide = (): void => void (document.visibilityState === 'hidden' && flush())
  addEventListener('pagehide', leave)
  addEventListener('pageshow', comeBack)
  document.addEventListener('visibilitychange', hide)
  return () => {
    watchChanges(false)
    stops.forEach((stop) => stop())
    removeEventListener('pagehide', leave)
    removeEventListener('pageshow', comeBack)
    document.removeEventListener('visibilitychange', hide)
  }
}

/** Takes up the session of this page's last visit, or follows the open one again: called each time the engine arrives. */
export async function resumeSession(): Promise<void> {
  const { id } = session.getState()
  if (id !== null) {
    void follow(id)
    void seeMissing(id)
    return noteChange()
  }
  const last = recall<string | null>('session', null)
  // A link that was followed here shows what it names.
  const linked = arrival.named && !arrival.again
  if (last !== null && !linked) await openSession(last, { looks: !arrival.named, quietly: true })
  if (session.getState().id === null && !linked) arrived()
}

/** Opens a session; `looks` takes its view too, `quietly` says nothing where it is gone. */
export async function openSession(
  id: string,
  { looks = true, quietly = false }: { readonly looks?: boolean; readonly quietly?: boolean } = {},
): Promise<void> {
  if (session.getState().id === id) return
  await flush()
  try {
    const found = await link().session.open({ id })
    take(found, looks)
    if (!quietly) say(`${found.name} is open.`)
    await seeMissing(id)
  } catch (error) {
    if (quietly && faultOf(error).code === 'session-missing') return keep('session', null)
    session.setState({
      fault: { what: 'The session could not be opened.', fault: noteFault('open the session', error) },
    })
  }
}

/** Says which indexes of a session are not here; asked again each time the engine arrives. */
async function seeMissing(id: string): Promise<void> {
  try {
    const missing = await link().session.missing({ id })
    if (session.getState().id === id) session.setState({ missing })
  } catch (error) {
    if (faultOf(error).code !== 'engine-gone') noteFault('look for the indexes of the session', error)
  }
}

/** Begins an empty session; the one before is kept as it is. */
export async function newSession(): Promise<void> {
  await flush()
  settle(() => {
    closeRun()
    replacePlan(begin(firstDraft))
    session.setState(noSession, true)
  })
  forgetSession()
  showScreen('start')
  await makeSession('New session')
  say('A new session.')
}

export async function renameSession(name: string): Promise<void> {
  const { id, name: before } = session.getState()
  const trimmed = name.trim().slice(0, 120)
  if (id === null || trimmed === '' || trimmed === before) return
  session.setState({ name: trimmed })
  try {
    await link().session.change({ id, name: trimmed })
  } catch (error) {
    session.setState({ name: before })
    session.setState({ fault: { what: 'The name was not kept.', fault: noteFault('rename the session', error) } })
  }
}

export function dismissSessionFault(): void {
  session.setState({ fault: null })
}

export function dismissMissing(): void {
  session.setState({ missing: [] })
}

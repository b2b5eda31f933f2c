/** The session on this page: opened, kept at each change, followed where another window writes it. */
import { faultOf, link } from '../link.ts'
import type { Session, SessionBody, SessionView } from '../../shared/session.ts'
import { arrived } from './arriving.ts'
import { ask, closeRun, openRun } from './ask.ts'
import { colourBy, colourings, setColourBy, type ColourBy } from './colourBy.ts'
import { comparisons } from './comparisons.ts'
import { noteFault } from './engine.ts'
import { begin } from './history.ts'
import { keep, leaveWindow, recall, takeWindow } from './memory.ts'
import { firstDraft, plan, replacePlan } from './plan.ts'
import { bodyOf, changed, firstName, standing, viewNow, type Kept } from './sessionBody.ts'
import { noSession, onlyLooks, session } from './sessionNow.ts'
import { say, screenNames, showScreen, stages, view } from './view.ts'

/** This window. A page that is loaded again is the same one; a copy of its tab is another, since the name is left only on the way. */
const windowId = takeWindow() ?? `w${crypto.getRandomValues(new Uint32Array(3)).join('-')}`
/** How the page was come to: by an address that names something, and whether for the first time. */
const arrival = { named: location.hash.length > 1, again: history.state !== null }
/** Changes that follow each other sooner are kept together. */
const restMs = 300

/** What the engine has of the session that is open. */
let kept: Kept | null = null
let revision = 0
let following: AbortController | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let flushing: Promise<void> | null = null
/** What is taken from the engine is no change of this window. */
let settling = false
let watched = false
/** What stood on the page when its session was left: that alone makes no other. */
let left: { readonly past: unknown; readonly run: string | null } = { past: null, run: null }

/** Keeps what changes from now on; returns the way to stop. */
export function startSession(): () => void {
  watched = true
  const stops = [plan, view, ask, colourBy, comparisons, session].map((store) => store.subscribe(noteChange))
  // A page that goes lets another window write at once, and does not wait to be missed.
  const leave = (): void => {
    void flush()
    following?.abort()
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
    watched = false
    clearTimeout(timer)
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
    following?.abort()
    take(found, looks)
    void follow(id)
    if (!quietly) say(`${found.name} is open.`)
    session.setState({ missing: await link().session.missing({ id }) })
  } catch (error) {
    if (quietly && faultOf(error).code === 'session-missing') return keep('session', null)
    session.setState({
      fault: { what: 'The session could not be opened.', fault: noteFault('open the session', error) },
    })
  }
}

/** Begins an empty session; the one before is kept as it is. */
export async function newSession(): Promise<void> {
  await flush()
  following?.abort()
  settling = true
  closeRun()
  replacePlan(begin(firstDraft))
  session.setState(noSession, true)
  settling = false
  keep('session', null)
  kept = null
  showScreen('start')
  await make('New session')
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

/** Leaves a session that was removed: what is on the page stays, and is kept as another from the next step on. */
export function leaveSession(): void {
  following?.abort()
  kept = null
  keep('session', null)
  left = { past: plan.getState().past, run: ask.getState().shown?.run?.id ?? null }
  const { snapshots, notes } = session.getState()
  session.setState({ ...noSession, snapshots, notes })
}

/** Waits until the engine has what changed so far. */
export async function flush(): Promise<void> {
  clearTimeout(timer)
  timer = undefined
  if (flushing !== null) await flushing
  const { id, writer } = session.getState()
  const now = standing()
  if (id === null || writer === false || kept === null || !watched) return
  const before = kept
  const parts = changed(before, now)
  if (parts === null) {
    if (session.getState().saving === 'saving') session.setState({ saving: 'saved' })
    return
  }
  flushing = send(id, parts, now).finally(() => (flushing = null))
  await flushing
}

async function send(id: string, parts: Partial<SessionBody>, now: Kept): Promise<void> {
  session.setState({ saving: 'saving' })
  try {
    const saved = await link().session.save({ id, window: windowId, ...parts })
    if (session.getState().id !== id) return
    kept = now
    revision = saved.revision
    session.setState({ saving: 'saved', savedAt: saved.changed })
  } catch (error) {
    if (session.getState().id !== id) return
    if (faultOf(error).code === 'session-read-only') return lease(false)
    session.setState({ saving: 'failed' })
    noteFault('keep the session', error)
  }
}

function noteChange(): void {
  if (settling) return
  note()
  const { id } = session.getState()
  if (id === null) {
    // A plan that was changed, or a run, is worth keeping.
    const { past } = plan.getState()
    const run = ask.getState().shown?.run?.id ?? null
    if ((past.length > 0 && past !== left.past) || (run !== null && run !== left.run)) void make(firstName())
    return
  }
  // A run that streams changes something all the time: what is kept is kept in time, not once all rests.
  timer ??= setTimeout(() => void flush(), restMs)
  // What waits to be kept is not called kept: a kill in this moment would lose it.
  const waits = watched && kept !== null && changed(kept, standing()) !== null
  if (waits && session.getState().saving === 'saved') session.setState({ saving: 'saving' })
}

/** Enters the run and the comparison that are shown into the session. */
function note(): void {
  if (session.getState().writer === false) return
  const run = ask.getState().phase === 'done' ? ask.getState().shown?.run?.id : undefined
  const comparison = comparisons.getState().shown?.comparison.id
  const { runs, comparisons: known } = session.getState()
  const more = {
    ...(run !== undefined && !runs.includes(run) ? { runs: [...runs, run] } : {}),
    ...(comparison !== undefined && !known.includes(comparison) ? { comparisons: [...known, comparison] } : {}),
  }
  if (Object.keys(more).length > 0) session.setState(more)
}

let making = false

async function make(name: string): Promise<void> {
  if (making) return
  making = true
  try {
    const now = standing()
    const made = await link().session.make({ name, body: bodyOf() })
    kept = now
    revision = made.revision
    keep('session', made.id)
    session.setState({ id: made.id, name: made.name, saving: 'saved', savedAt: made.changed })
    void follow(made.id)
  } catch (error) {
    session.setState({ fault: { what: 'The session could not be kept.', fault: noteFault('make a session', error) } })
  } finally {
    making = false
    if (session.getState().id !== null) noteChange()
  }
}

/** Puts a session on the page as the engine has it. */
function take(found: Session, looks: boolean): void {
  const other = session.getState().id !== found.id
  // A page that was loaded again shows the run that its address names.
  const linked = other && !looks && arrival.named && /[#&]run=/.test(location.hash)
  settling = true
  if (other && !linked) closeRun()
  replacePlan(found.history)
  const { id, name, changed: savedAt, snapshots, runs, comparisons: compared, notes } = found
  const own = { id, name, savedAt, snapshots, runs, comparisons: compared, notes, saving: 'saved' } as const
  session.setState(other ? { ...noSession, ...own } : own)
  if (looks) look(found.view)
  revision = found.revision
  keep('session', id)
  kept = standing()
  settling = false
  if (!linked && found.view.run !== null && ask.getState().shown?.run?.id !== found.view.run)
    void showRun(id, found.view.run).finally(arrived)
  else if (!linked) arrived()
}

function look({ screen, stage, colorBy }: SessionView): void {
  const known = screenNames.find((each) => each === screen)
  const at = stages.find((each) => each === stage)
  view.setState({ ...(known === undefined ? {} : { screen: known }), ...(at === undefined ? {} : { stage: at }) })
  if (Object.hasOwn(colourings, colorBy)) setColourBy(colorBy as ColourBy)
}

/** Shows the session's run, unless something was run meanwhile; one that was deleted leaves the bench empty. */
async function showRun(id: string, run: string): Promise<void> {
  const stood = ask.getState().shown
  try {
    const found = await link().runs.open({ id: run })
    if (session.getState().id !== id || ask.getState().shown !== stood) return
    settling = true
    openRun(found, false)
    settling = false
    kept = kept === null ? null : { ...kept, view: JSON.stringify(viewNow()) }
  } catch (error) {
    if (faultOf(error).code !== 'run-missing') noteFault('open the run of the session', error)
  }
}

async function follow(id: string): Promise<void> {
  following?.abort()
  const mine = new AbortController()
  following = mine
  const shown = { id, window: windowId }
  try {
    for await (const told of await link().session.follow(shown, { signal: mine.signal })) {
      if (following !== mine) return
      if (told.type === 'beat')
        void link()
          .session.hold(shown)
          .then(({ writer }) => following === mine && lease(writer))
          .catch(() => {})
      else if (told.type === 'lease') lease(told.writer)
      else if (told.session.revision !== revision) hear(told.session)
    }
  } catch (error) {
    if (mine.signal.aborted || following !== mine) return
    const { code } = faultOf(error)
    if (code === 'session-missing') {
      session.setState({ fault: { what: 'The session was removed.', fault: noteFault('follow the session', error) } })
      following = null
      leaveSession()
    } else if (code !== 'engine-gone') noteFault('follow the session', error)
  }
}

/** A change that was made elsewhere. A window that writes has it right itself, but for the name. */
function hear(found: Session): void {
  if (session.getState().writer === true) {
    revision = found.revision
    session.setState({ name: found.name })
  } else take(found, false)
}

function lease(writer: boolean): void {
  const { writer: before } = session.getState()
  if (before === writer) return
  session.setState({ writer })
  if (!writer) {
    say(onlyLooks)
    // What another window made of it meanwhile stands; what was typed here and never kept gives way.
    if (before === true) void reread()
  } else if (before === false) say('The other window is gone: this one writes the session now.')
  if (writer) noteChange()
}

async function reread(): Promise<void> {
  const { id } = session.getState()
  if (id === null) return
  try {
    take(await link().session.open({ id }), false)
  } catch (error) {
    noteFault('read the session again', error)
  }
}

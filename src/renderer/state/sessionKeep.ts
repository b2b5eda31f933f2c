/** Keeping the session of this page: what the engine has of it, what changed since, and a session begun where there is none. */
import { faultOf, link } from '../link.ts'
import type { Session, SessionBody } from '../../shared/session.ts'
import { ask } from './ask.ts'
import { comparisons } from './comparisons.ts'
import { noteFault } from './engine.ts'
import { keep, takeWindow } from './memory.ts'
import { plan } from './plan.ts'
import { bodyOf, changed, firstName, standing, viewNow, type Kept } from './sessionBody.ts'
import { noSession, session } from './sessionNow.ts'

/** This window. A page that is loaded again is the same one; a copy of its tab is another, since the name is left only on the way. */
export const windowId = takeWindow() ?? `w${crypto.getRandomValues(new Uint32Array(3)).join('-')}`
/** Changes that follow each other sooner are kept together. */
const restMs = 300

/** What the engine has of the session that is open. */
let kept: Kept | null = null
let revision = 0
let timer: ReturnType<typeof setTimeout> | undefined
let flushing: Promise<void> | null = null
let settling = false
let watched = false
let making = false
/** What stood on the page when its session was left: that alone makes no other. */
let left: { readonly past: unknown; readonly run: string | null } = { past: null, run: null }

/** Whether changes are kept from now on. */
export function watchChanges(on: boolean): void {
  watched = on
  if (!on) clearTimeout(timer)
}

/** Puts on the page what comes from the engine, which is no change of this window. */
export function settle(put: () => void): void {
  settling = true
  try {
    put()
  } finally {
    settling = false
  }
}

/** What stands on the page now is what the engine has. */
export function engineHas({ revision: its }: Pick<Session, 'revision'>): void {
  revision = its
  kept = standing()
}

/** The engine's session is that of another revision; what stands here is still to be kept. */
export function engineIsAt({ revision: its }: Pick<Session, 'revision'>): void {
  revision = its
}

/** Whether the engine's session is another than the one that was kept or taken last. */
export function isNews({ revision: its }: Pick<Session, 'revision'>): boolean {
  return its !== revision
}

/** The view is what the engine has: a run was shown that is the session's own. */
export function viewIsKept(): void {
  kept = kept === null ? null : { ...kept, view: JSON.stringify(viewNow()) }
}

/** No session is open; what stands on the page is nobody's. */
export function forgetSession(): void {
  keep('session', null)
  kept = null
}

/** Leaves a session that was removed: what is on the page stays, and is kept as another from the next step on. */
export function leaveSession(): void {
  forgetSession()
  left = { past: plan.getState().past, run: shownRun() }
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
    if (faultOf(error).code === 'session-read-only') return session.setState({ writer: false })
    session.setState({ saving: 'failed' })
    noteFault('keep the session', error)
  }
}

/** Sees to it that what changed is kept, in a session of its own where none is open. */
export function noteChange(): void {
  if (settling) return
  note()
  const { id } = session.getState()
  if (id === null) {
    // A plan that was changed, or a run, is worth keeping.
    const { past } = plan.getState()
    const run = shownRun()
    if ((past.length > 0 && past !== left.past) || (run !== null && run !== left.run)) void makeSession(firstName())
    return
  }
  // A run that streams changes something all the time: what is kept is kept in time, not once all rests.
  timer ??= setTimeout(() => void flush(), restMs)
  // What waits to be kept is not called kept: a kill in this moment would lose it.
  const waits = watched && kept !== null && changed(kept, standing()) !== null
  if (waits && session.getState().saving === 'saved') session.setState({ saving: 'saving' })
}

function shownRun(): string | null {
  return ask.getState().shown?.run?.id ?? null
}

/** Enters the run and the comparison that are shown into the session. */
function note(): void {
  if (session.getState().writer === false) return
  const run = ask.getState().phase === 'done' ? shownRun() : null
  const comparison = comparisons.getState().shown?.comparison.id
  const { runs, comparisons: known } = session.getState()
  const more = {
    ...(run !== null && !runs.includes(run) ? { runs: [...runs, run] } : {}),
    ...(comparison !== undefined && !known.includes(comparison) ? { comparisons: [...known, comparison] } : {}),
  }
  if (Object.keys(more).length > 0) session.setState(more)
}

/** Makes a session of what stands on the page. */
export async function makeSession(name: string): Promise<void> {
  if (making) return
  making = true
  try {
    const now = standing()
    const made = await link().session.make({ name, body: bodyOf() })
    kept = now
    revision = made.revision
    keep('session', made.id)
    session.setState({ id: made.id, name: made.name, saving: 'saved', savedAt: made.changed })
  } catch (error) {
    session.setState({ fault: { what: 'The session could not be kept.', fault: noteFault('make a session', error) } })
  } finally {
    making = false
    if (session.getState().id !== null) noteChange()
  }
}

/** Following the session that is open: what other windows make of it, and which window writes it. */
import { faultOf, link } from '../link.ts'
import type { Session } from '../../shared/session.ts'
import { noteFault } from './engine.ts'
import { engineIsAt, isNews, leaveSession, noteChange, windowId } from './sessionKeep.ts'
import { onlyLooks, session, type SessionState } from './sessionNow.ts'
import { take } from './sessionTake.ts'
import { say } from './view.ts'

let following: AbortController | null = null

/** Follows whatever session is open from now on; returns the way to stop noticing which. */
export function startFollowing(): () => void {
  return session.subscribe((now, before) => {
    if (now.id !== before.id) {
      stopFollowing()
      if (now.id !== null) void follow(now.id)
    }
    if (now.writer !== before.writer) leaseChanged(now, before)
  })
}

export function stopFollowing(): void {
  following?.abort()
  following = null
}

/** Follows a session until another is, or it is removed. */
export async function follow(id: string): Promise<void> {
  stopFollowing()
  const mine = new AbortController()
  following = mine
  const shown = { id, window: windowId }
  try {
    for await (const told of await link().session.follow(shown, { signal: mine.signal })) {
      if (following !== mine) return
      if (told.type === 'beat')
        void link()
          .session.hold(shown)
          .then(({ writer }) => following === mine && session.setState({ writer }))
          .catch(() => {})
      else if (told.type === 'lease') session.setState({ writer: told.writer })
      else if (isNews(told.session)) hear(told.session)
    }
  } catch (error) {
    if (mine.signal.aborted || following !== mine) return
    const { code } = faultOf(error)
    if (code === 'session-missing') {
      session.setState({ fault: { what: 'The session was removed.', fault: noteFault('follow the session', error) } })
      leaveSession()
    } else if (code !== 'engine-gone') noteFault('follow the session', error)
  }
}

/** A change that was made elsewhere. A window that writes has it right itself, but for the name. */
function hear(found: Session): void {
  if (session.getState().writer === true) {
    engineIsAt(found)
    session.setState({ name: found.name })
  } else take(found, false)
}

/** Another window writes it now, or this one does again. */
function leaseChanged({ writer }: SessionState, { writer: before }: SessionState): void {
  if (writer === null) return
  if (!writer) {
    say(onlyLooks)
    // What another window made of it meanwhile stands; what was typed here and never kept gives way.
    if (before === true) void reread()
    return
  }
  if (before === false) say('The other window is gone: this one writes the session now.')
  noteChange()
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

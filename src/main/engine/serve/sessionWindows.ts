/** The windows that show sessions: one writes at a time, all are told of each change, and one that falls silent lets go. */
import type { SessionTold, SessionWindow } from '../../../shared/session.ts'
import type { SessionStore } from '../store/sessions.ts'

export type SessionWindows = {
  /** The session now and at each change that another window makes, and whether this window may write. Fault session-missing. */
  readonly follow: (shown: SessionWindow, signal?: AbortSignal) => AsyncGenerator<SessionTold>
  /** A window's answer to a beat: it is still there. */
  readonly hold: (shown: SessionWindow) => { writer: boolean }
  /** A window made a change: it is not told of it, and the others are. */
  readonly saved: (shown: SessionWindow, revision: number) => void
  /** Has every window look anew. */
  readonly wake: () => void
  /** Ends what is followed. */
  readonly close: () => void
}

/** Between two beats; a window that answers none for the length of a lease is gone. */
const beatMs = 2000
const heardMs = 3 * beatMs

/** Opens the windows of the sessions in `store`. */
export function openSessionWindows(store: SessionStore): SessionWindows {
  const wakes = new Set<() => void>()
  /** When a window was last heard of, and how many streams it follows by. */
  const windows = new Map<string, { heard: number; streams: number }>()
  /** Who made the latest change of a session. */
  const savers = new Map<string, { readonly window: string; readonly revision: number }>()
  let closed = false
  const wake = (): void => wakes.forEach((each) => each())

  async function* follow({ id, window }: SessionWindow, signal?: AbortSignal): AsyncGenerator<SessionTold> {
    store.open(id)
    const own = windows.get(window) ?? { heard: 0, streams: 0 }
    own.heard = Date.now()
    own.streams += 1
    windows.set(window, own)
    let changed = Promise.withResolvers<void>()
    const onChange = (): void => changed.resolve()
    wakes.add(onChange)
    signal?.addEventListener('abort', onChange)
    const isLeft = (): boolean => closed || signal?.aborted === true
    try {
      let seen: number | null = null
      let writer: boolean | null = null
      let beat = Date.now()
      while (!isLeft()) {
        const holder = store.holder(id)
        const heard = Date.now() - own.heard < heardMs
        const writes = holder === window || (holder === null && heard && store.hold(id, window))
        const revision = store.revision(id)
        const saver = savers.get(id)
        const isOwn = saver?.window === window && saver.revision === revision
        if (revision !== seen && !(seen !== null && isOwn)) yield { type: 'session', session: store.open(id) }
        seen = revision
        if (writes !== writer) yield { type: 'lease', writer: writes }
        writer = writes
        if (Date.now() - beat >= beatMs) {
          beat = Date.now()
          yield { type: 'beat' }
        }
        await Promise.race([changed.promise, pause(beatMs)])
        changed = Promise.withResolvers<void>()
      }
    } finally {
      wakes.delete(onChange)
      signal?.removeEventListener('abort', onChange)
      own.streams -= 1
      if (own.streams === 0 && !closed) {
        windows.delete(window)
        store.release(id, window)
        wake()
      }
    }
  }

  return {
    follow,
    hold: ({ id, window }) => {
      const own = windows.get(window)
      if (own) own.heard = Date.now()
      const holder = store.holder(id)
      return { writer: (holder === null || holder === window) && store.hold(id, window) }
    },
    saved: ({ id, window }, revision) => {
      savers.set(id, { window, revision })
      wake()
    },
    wake,
    close: () => {
      closed = true
      wake()
    },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

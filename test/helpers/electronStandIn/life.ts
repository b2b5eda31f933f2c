/** What the parts of the stand-in share: whether the app is ready, and what may be called before and after. */

export const life: { ready: boolean; sandboxed: boolean; schemes: ReadonlySet<string> | null } = {
  ready: false,
  sandboxed: false,
  schemes: null,
}

/** Throws where Electron does: calls that must come before the app is ready. */
export function mustPrecedeReady(call: string): void {
  if (life.ready) throw new Error(`${call} can only be called before app is ready`)
}

/** Throws where Electron does: calls that need a ready app. */
export function mustFollowReady(call: string): void {
  if (!life.ready) throw new Error(`${call} cannot be used before the app is ready`)
}

/** An event that a listener may refuse. */
export function refusable(): { readonly preventDefault: () => void; readonly defaultPrevented: boolean } {
  let refused = false
  return {
    preventDefault: () => {
      refused = true
    },
    get defaultPrevented() {
      return refused
    },
  }
}

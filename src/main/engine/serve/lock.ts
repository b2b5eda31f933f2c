/** One at a time: what holds the decoder's cache serves one request while the others wait their turn. */

export type Lock = {
  /** Resolves at this caller's turn with the way to end it. Throws an AbortError when `signal` aborts first. */
  readonly take: (signal?: AbortSignal) => Promise<() => void>
}

/** A lock whose turns come in the order of asking. */
export function makeLock(): Lock {
  let last: Promise<void> = Promise.resolve()
  return {
    take: async (signal) => {
      const turn = Promise.withResolvers<void>()
      const before = last
      last = before.then(() => turn.promise)
      const aborted = Promise.withResolvers<never>()
      const onAbort = (): void => aborted.reject(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      try {
        signal?.throwIfAborted()
        await Promise.race([before, aborted.promise])
      } catch (error) {
        turn.resolve()
        throw error
      } finally {
        signal?.removeEventListener('abort', onAbort)
      }
      return () => turn.resolve()
    },
  }
}

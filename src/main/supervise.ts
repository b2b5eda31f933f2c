/** Keeps one engine process alive: starts it, notices its end, starts it again (later each time it dies young). */

/** A started engine process, whatever it runs as. */
export type EngineProcess = {
  readonly send: (message: unknown, ports?: readonly unknown[]) => void
  readonly onMessage: (callback: (message: unknown) => void) => void
  readonly onExit: (callback: (reason: string) => void) => void
  readonly kill: () => void
}

export type EngineState =
  | { readonly type: 'ready' }
  | { readonly type: 'gone'; readonly reason: string; readonly restartMs: number }

export type Supervisor = {
  /** The process now, or null between its end and its next start. */
  readonly current: () => EngineProcess | null
  /** Ends it for good. */
  readonly stop: () => void
  /** Lets it put its work away and end for good; what takes longer than `limitMs` is killed. Resolves once it is gone. */
  readonly end: (limitMs: number) => Promise<void>
}

export type SuperviseOptions = {
  readonly start: () => EngineProcess
  readonly onState: (state: EngineState, engine: EngineProcess) => void
  readonly onMessage?: (message: unknown) => void
  readonly now?: () => number
}

/** Waits before the next start, by how many times in a row it died within `youngMs` of its start. */
export const restartMs: readonly number[] = [50, 250, 1000, 5000]
const youngMs = 10_000

/** Starts the engine and keeps it started until `stop`. */
export function supervise({ start, onState, onMessage, now = Date.now }: SuperviseOptions): Supervisor {
  let current: EngineProcess | null = null
  let stopped = false
  let youngDeaths = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const gone = Promise.withResolvers<void>()

  function launch(): void {
    const engine = start()
    const started = now()
    current = engine
    engine.onMessage((message) => {
      if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready') {
        onState({ type: 'ready' }, engine)
      } else onMessage?.(message)
    })
    engine.onExit((reason) => {
      current = null
      if (stopped) return gone.resolve()
      youngDeaths = now() - started < youngMs ? youngDeaths + 1 : 0
      const wait = restartMs[Math.min(youngDeaths, restartMs.length - 1)] ?? 0
      onState({ type: 'gone', reason, restartMs: wait }, engine)
      timer = setTimeout(launch, wait)
    })
  }

  launch()
  return {
    current: () => current,
    stop: () => {
      stopped = true
      clearTimeout(timer)
      current?.kill()
    },
    end: async (limitMs) => {
      stopped = true
      clearTimeout(timer)
      const ending = current
      if (ending === null) return
      ending.send({ type: 'end' })
      const late = setTimeout(() => ending.kill(), limitMs)
      await gone.promise
      clearTimeout(late)
    },
  }
}

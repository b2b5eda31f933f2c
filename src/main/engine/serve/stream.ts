/** Work that emits, as a stream: events come out while it runs, and a reader that leaves ends the work. */

/** Runs `work` and yields what it emits; its result is yielded last, through `last`. */
export async function* streamOf<Event, Result>(
  work: (emit: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
  last: (result: Result) => Event,
  signal?: AbortSignal,
): AsyncGenerator<Event, void, undefined> {
  const stop = new AbortController()
  const all = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const waiting: Event[] = []
  let wake = Promise.withResolvers<void>()
  const emit = (event: Event): void => {
    waiting.push(event)
    wake.resolve()
  }
  let over = false
  const running = work(emit, all).finally(() => {
    over = true
    wake.resolve()
  })
  // Its failure is thrown below, at the await; until then it must not count as unhandled.
  running.catch(() => {})
  try {
    while (true) {
      while (waiting.length > 0) yield waiting.shift() as Event
      if (over) break
      await wake.promise
      wake = Promise.withResolvers<void>()
    }
    yield last(await running)
  } finally {
    stop.abort()
    await running.catch(() => {})
  }
}

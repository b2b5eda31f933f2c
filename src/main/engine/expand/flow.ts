/** Streams made bearable: many small things gathered into few messages, and long work that lets others be heard. */

/** Collects items into at most about thirty batches a second. */
export function coalesce<Item>(send: (items: Item[]) => void): {
  readonly push: (item: Item) => void
  readonly flush: () => void
} {
  let waiting: Item[] = []
  let last = -Infinity
  function flush(): void {
    if (waiting.length > 0) send(waiting)
    waiting = []
    last = performance.now()
  }
  return {
    push(item) {
      waiting.push(item)
      if (performance.now() - last > 33) flush()
    },
    flush,
  }
}

/** Hands the event loop a turn, so that aborts and other calls are heard. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

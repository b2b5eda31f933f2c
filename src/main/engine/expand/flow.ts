/** Streams made bearable: many small things gathered into few messages. */

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

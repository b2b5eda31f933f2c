/** What the processes that are compared are asked over IPC, one order at a time. */

export type Timed = {
  /** Milliseconds from some tokens to the logits behind the last of them, the cache empty before. */
  readonly prefill: (tokens: readonly number[]) => Promise<number>
  /** Milliseconds for so many further tokens, each drawn greedily and fed. */
  readonly decode: (count: number) => Promise<number>
}

export type Order =
  | { readonly what: 'prefill'; readonly tokens: readonly number[] }
  | { readonly what: 'decode'; readonly count: number }

/** Answers orders until the parent goes; says that it is ready. */
export function answerOrders(timed: Timed): void {
  process.on('message', (order: Order) => {
    const doing = order.what === 'prefill' ? timed.prefill(order.tokens) : timed.decode(order.count)
    doing.then(
      (ms) => process.send?.({ ms }),
      (error: unknown) => process.send?.({ error: String(error) }),
    )
  })
  process.on('disconnect', () => process.exit())
  process.send?.({ ready: process.memoryUsage().rss })
}

/** Whether the machine slept while something was timed: the monotonic clock stands still then, the clock on the wall does not. */

export type Clock = { readonly monotonic: () => number; readonly wall: () => number }

export const systemClock: Clock = { monotonic: () => performance.now(), wall: () => Date.now() }

/** Corrections of the wall clock are smaller, a suspended machine is away for longer. */
const tolerated = 2000

/** Starts watching; what is returned gives the milliseconds slept since, 0 where the clocks agree. */
export function watchSleep(clock: Clock): () => number {
  const from = clock.wall() - clock.monotonic()
  return () => {
    const away = clock.wall() - clock.monotonic() - from
    return away > tolerated ? away : 0
  }
}

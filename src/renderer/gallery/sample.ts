/** What the page of parts holds: for every file of `parts/`, and for what is drawn by styles alone, each state that it can be in. */
import type { ReactNode } from 'react'

export type Sample = {
  /** The state, in words. */
  readonly state: string
  readonly show: () => ReactNode
}
/** By the name of its file in `parts/`, or by what it is. */
export type Samples = Readonly<Record<string, readonly Sample[]>>

/** For handlers of parts that are looked at, not worked with. */
export function idle(): void {}

/** What of this page belongs to its session: the body that is kept, and which of its parts are no longer what was kept. */
import type { SessionBody, SessionView } from '../../shared/session.ts'
import { ask } from './ask.ts'
import { colourBy } from './colourBy.ts'
import { corpus } from './corpus.ts'
import { plan } from './plan.ts'
import { session } from './sessionNow.ts'
import { view } from './view.ts'

/** What was kept, by identity: every change makes another value. */
export type Kept = Readonly<
  Record<'past' | 'present' | 'future' | 'snapshots' | 'runs' | 'comparisons' | 'notes', unknown>
> & {
  readonly view: string
}

/** Named by its index and the time. */
export function firstName(): string {
  const { index } = plan.getState().present
  const name = corpus.getState().indexes?.find(({ path }) => path === index)?.name ?? 'Session'
  const time = new Date().toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  return `${name}, ${time}`.slice(0, 120)
}

export function viewNow(): SessionView {
  const { screen, stage } = view.getState()
  const { shown, before } = ask.getState()
  // While a run goes, the one before it is what would be shown again.
  return { screen, stage, colorBy: colourBy.getState().by, run: (shown?.run ?? before)?.id ?? null }
}

export function standing(): Kept {
  const { past, present, future } = plan.getState()
  const { snapshots, runs, comparisons: compared, notes } = session.getState()
  return { past, present, future, view: JSON.stringify(viewNow()), snapshots, runs, comparisons: compared, notes }
}

export function bodyOf(): SessionBody {
  const { past, present, future } = plan.getState()
  const { snapshots, runs, comparisons: compared, notes } = session.getState()
  const plain = structuredClone({ history: { past, present, future }, snapshots, runs, comparisons: compared, notes })
  return { ...(plain as unknown as Omit<SessionBody, 'view'>), view: viewNow() }
}

/** The parts that are no longer what the engine has; null where all are. */
export function changed(before: Kept, now: Kept): Partial<SessionBody> | null {
  const names = (Object.keys(now) as (keyof Kept)[]).filter((name) => before[name] !== now[name])
  if (names.length === 0) return null
  const { history, ...rest } = bodyOf()
  const step = names.some((name) => name === 'past' || name === 'present' || name === 'future')
  const parts = Object.entries(rest).filter(([name]) => names.some((each) => each === name))
  return { ...(step ? { history } : {}), ...Object.fromEntries(parts) }
}

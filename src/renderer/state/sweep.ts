/** The small sweep behind the chart: TTFT over k and p, measured on this machine, rows drawn as they come. */
import { createStore } from 'zustand/vanilla'
import type { TtftRow } from '../../shared/bench.ts'
import { link, type Client } from '../link.ts'
import { engine } from './engine.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { settings } from './settings.ts'
import { say } from './view.ts'

export const sweepPs = [0, 0.25, 0.5, 0.75, 1]
export const sweepContexts = [256, 512, 1024, 2048, 4096]
const arch = 'refrag-mini'

export type SweepState = JobState & {
  readonly context: number
  readonly cached: boolean
  readonly ks: readonly number[]
  readonly rows: readonly TtftRow[]
}

export const sweep = createStore<SweepState>()(() => ({ ...idleJob, context: 512, cached: true, ks: [], rows: [] }))

let controller: AbortController | null = null

export function setSweep(change: Partial<Pick<SweepState, 'context' | 'cached'>>): void {
  sweep.setState(change)
}

/** Measures every k of the bundle at every p of the list. */
export async function runSweep(): Promise<void> {
  const ks = engine.getState().health?.bundle.ks
  if (ks === undefined || sweep.getState().phase === 'running') return
  const mine = new AbortController()
  controller = mine
  const { context, cached } = sweep.getState()
  sweep.setState({ ks, rows: [] })
  const input: Parameters<Client['bench']['ttft']>[0] = {
    arch,
    contexts: [context],
    ks: [...ks],
    ps: [...sweepPs],
    cached: cached ? 'cached' : 'uncached',
    repeats: settings.getState().now.chartRepeats,
  }
  const end = await follow<TtftRow, { rows: TtftRow[] }>(
    'measure the sweep',
    mine.signal,
    () => link().bench.ttft(input, { signal: mine.signal }),
    (job) => sweep.setState(job),
    (row) => sweep.setState((state) => ({ rows: [...state.rows, row] })),
  )
  if (end.phase === 'done') sweep.setState({ rows: end.result.rows })
  say(end.phase === 'done' ? `Sweep measured: ${end.result.rows.length} cells.` : `Sweep ${end.phase}.`)
}

/** Stops the sweep at the next cell; rows measured so far stay. */
export function cancelSweep(): void {
  if (sweep.getState().phase !== 'running') return
  sweep.setState({ phase: 'cancelling' })
  controller?.abort()
}

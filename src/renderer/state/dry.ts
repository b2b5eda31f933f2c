/** The dry run of the training that is set up: what its data holds, what its steps take, what the whole will. */
import { createStore } from 'zustand/vanilla'
import type { DataReport, DryRun } from '../../shared/train.ts'
import { link } from '../link.ts'
import { engine } from './engine.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { inputOf, setUp, type TrainSettings } from './setUp.ts'
import { say } from './view.ts'

export type DryState = JobState & {
  /** The settings that were tried; null before the first dry run. */
  readonly settings: TrainSettings | null
  readonly report: DataReport | null
  readonly result: DryRun | null
}

export const dry = createStore<DryState>()(() => ({ ...idleJob, settings: null, report: null, result: null }))

let controller: AbortController | null = null

/** Tries the settings that stand. */
export async function runDry(): Promise<void> {
  const { phase } = dry.getState()
  if (phase === 'running' || phase === 'cancelling' || engine.getState().status.state !== 'ready') return
  const mine = new AbortController()
  controller = mine
  const settings = setUp.getState()
  dry.setState({ settings, report: null, result: null })
  const end = await follow<DataReport, DryRun>(
    'try the training',
    mine.signal,
    async () => link().train.dry(await inputOf(settings, mine.signal), { signal: mine.signal }),
    (job) => dry.setState(job),
    (report) => dry.setState({ report }),
  )
  if (end.phase === 'done') dry.setState({ result: end.result })
  say(
    end.phase === 'done'
      ? 'The dry run is done.'
      : `The dry run ${end.phase === 'failed' ? 'failed' : 'was cancelled'}.`,
  )
}

/** Ends the dry run after the step in hand. */
export function cancelDry(): void {
  if (dry.getState().phase !== 'running') return
  dry.setState({ phase: 'cancelling' })
  controller?.abort()
}

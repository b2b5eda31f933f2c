/** What each chunk gives to each token of the shown run's answer: left out, and by attention. Results belong to one run. */
import { createStore } from 'zustand/vanilla'
import type {
  AttentionMass,
  ContributionBase,
  ContributionResult,
  ContributionTold,
  LeftOutChunk,
} from '../../shared/whatif.ts'
import { link } from '../link.ts'
import { ask } from './ask.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { say } from './view.ts'

export type ContributionState = {
  readonly run: string | null
  readonly base: ContributionBase | null
  readonly attention: AttentionMass | null
  readonly leftOut: ReadonlyMap<number, LeftOutChunk>
  /** The layer whose attention is shown; null is the mean of all. */
  readonly layer: number | null
  /** How many layers the decoder has; 0 until the mean of all has been seen. */
  readonly deepest: number
  readonly job: JobState
}

const nothing = { run: null, base: null, attention: null, leftOut: new Map<number, LeftOutChunk>() }

export const contribution = createStore<ContributionState>()(() => ({
  ...nothing,
  layer: null,
  deepest: 0,
  job: idleJob,
}))

let controller: AbortController | null = null

/** Looks at the run's attention and leaves out each chunk that has not been left out yet. */
export async function computeContribution(): Promise<void> {
  const run = ask.getState().shown?.run ?? null
  if (run === null) {
    say('Run the plan first: contribution belongs to one whole run.')
    return
  }
  controller?.abort()
  const mine = new AbortController()
  controller = mine
  if (contribution.getState().run !== run.id) contribution.setState({ ...nothing, run: run.id })
  const { leftOut, layer } = contribution.getState()
  const missing = run.chunks.map((chunk) => chunk.index).filter((index) => !leftOut.has(index))
  // With every chunk left out once, one more brings the attention of another layer.
  const chunks = missing.length > 0 ? missing : [0]
  const stands = (): boolean => controller === mine
  const end = await follow<ContributionTold, ContributionResult>(
    `work out the contribution of chunks in run ${run.id}`,
    mine.signal,
    () =>
      link().whatIf.contribution(
        { run: run.id, ...(run.chunks.length === 0 ? {} : { chunks }), ...(layer === null ? {} : { layers: [layer] }) },
        { signal: mine.signal },
      ),
    (job) => stands() && contribution.setState({ job }),
    (told) => stands() && take(told),
  )
  if (stands()) say(`Contribution ${end.phase}.`)
}

/** Shows the attention of one layer, or the mean of all. */
export function setLayer(layer: number | null): void {
  contribution.setState({ layer })
  if (contribution.getState().attention !== null) void computeContribution()
}

/** Stops after the chunk in hand; what has come stays. */
export function cancelContribution(): void {
  const { job } = contribution.getState()
  if (job.phase !== 'running') return
  contribution.setState({ job: { ...job, phase: 'cancelling' } })
  controller?.abort()
}

function take(told: ContributionTold): void {
  if (told.type === 'base') contribution.setState({ base: told.base })
  else if (told.type === 'attention')
    contribution.setState(({ deepest }) => ({
      attention: told.attention,
      deepest: Math.max(deepest, told.attention.layers.length),
    }))
  else contribution.setState(({ leftOut }) => ({ leftOut: new Map(leftOut).set(told.leftOut.index, told.leftOut) }))
}

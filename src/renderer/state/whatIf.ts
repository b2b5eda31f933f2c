/** What-if on the shown run: flips as they come, the best set, Shapley values. Results belong to one run and one target. */
import { createStore } from 'zustand/vanilla'
import type { JobEvent } from '../../shared/job.ts'
import type { Run } from '../../shared/run.ts'
import type {
  BestResult,
  BestStep,
  BestTold,
  Flip,
  FlipsResult,
  FlipTold,
  ShapleyResult,
  ShapleyRound,
  ShapleyTold,
  Target,
  WhatIfBase,
} from '../../shared/whatif.ts'
import { formatScore, plural } from '../parts/format.ts'
import { link } from '../link.ts'
import { ask } from './ask.ts'
import { commit } from './history.ts'
import { follow, idleJob, type JobEnd, type JobState } from './job.ts'
import { edit, force } from './plan.ts'
import { say } from './view.ts'

/** Work of one kind runs once at a time; kinds run beside each other. `chunk` is one flip with its TTFT measured. */
export type WhatIfWork = 'chunk' | 'all' | 'best' | 'shapley'

/** What has come of one run and one target so far. */
export type WhatIfResults = {
  readonly run: string | null
  readonly base: WhatIfBase | null
  readonly flips: ReadonlyMap<number, Flip>
  /** Chunks that could not be flipped, with the reason. */
  readonly left: ReadonlyMap<number, string>
  readonly steps: readonly BestStep[]
  readonly ended: BestResult['ended'] | null
  readonly round: ShapleyRound | null
}
export type WhatIfState = WhatIfResults & {
  /** What is measured; null leaves it to the run: its gold answer, else its own. */
  readonly target: Target | null
  /** The chunks that `chunk` works on. */
  readonly asked: readonly number[]
  readonly jobs: Readonly<Record<WhatIfWork, JobState>>
  readonly most: number
  readonly permutations: number
}

/** Pairs that are timed for a single flip. */
const repeats = 5

const nothing: WhatIfResults = {
  run: null,
  base: null,
  flips: new Map(),
  left: new Map(),
  steps: [],
  ended: null,
  round: null,
}
const idle: WhatIfState['jobs'] = { chunk: idleJob, all: idleJob, best: idleJob, shapley: idleJob }

export const whatIf = createStore<WhatIfState>()(() => ({
  ...nothing,
  target: null,
  asked: [],
  jobs: idle,
  most: 5,
  permutations: 100,
}))

const controllers = new Map<WhatIfWork, AbortController>()

/** True while a job runs or is being stopped. */
export function isBusy({ phase }: JobState): boolean {
  return phase === 'running' || phase === 'cancelling'
}

/** Measures another target; what came of the one before is let go. */
export function setTarget(target: Target): void {
  if (whatIf.getState().target === target) return
  letGo()
  whatIf.setState({ ...nothing, target })
}

export function setWhatIf(change: Partial<Pick<WhatIfState, 'most' | 'permutations'>>): void {
  whatIf.setState(change)
}

/** Flips chunks one at a time, TTFT measured in pairs. */
export async function flipChunks(indexes: readonly number[]): Promise<void> {
  const run = wholeRun()
  if (run === null || indexes.length === 0) return
  whatIf.setState({ asked: indexes })
  const end = await work('chunk', run, (signal) => flipsOf(run, indexes, repeats, signal), takeFlip)
  const flip = whatIf.getState().flips.get(indexes[0] ?? -1)
  if (end.phase === 'done' && flip !== undefined)
    say(`Chunk ${flip.index} flipped: delta NLL ${formatScore(flip.deltaNll)} nats a token.`)
}

/** Flips every chunk that has not been flipped yet, TTFT estimated; goes on where it was cancelled. */
export async function flipAll(): Promise<void> {
  const run = wholeRun()
  if (run === null || isBusy(whatIf.getState().jobs.all)) return
  const { flips, left } = whatIf.getState()
  const missing = run.chunks.map((chunk) => chunk.index).filter((index) => !flips.has(index) && !left.has(index))
  if (missing.length === 0) {
    say('Every chunk has been flipped.')
    return
  }
  const end = await work('all', run, (signal) => flipsOf(run, missing, 0, signal), takeFlip)
  say(`What-if ${end.phase}: ${plural(whatIf.getState().flips.size, 'chunk')} flipped.`)
}

/** Searches greedily for the flips that help most together. */
export async function searchBest(): Promise<void> {
  const run = wholeRun()
  const { most, target } = whatIf.getState()
  if (run === null || isBusy(whatIf.getState().jobs.best)) return
  whatIf.setState({ steps: [], ended: null })
  const end = await work<BestTold, BestResult>(
    'best',
    run,
    (signal) => link().whatIf.best({ run: run.id, ...aimed(target), most }, { signal }),
    (told) => {
      if (told.type === 'base') whatIf.setState({ base: told.base })
      else whatIf.setState((state) => ({ steps: [...state.steps, told.step] }))
    },
  )
  if (end.phase === 'done') whatIf.setState({ ended: end.result.ended })
  say(`Best-set search ${end.phase}: ${plural(whatIf.getState().steps.length, 'flip')}.`)
}

/** Samples Shapley values, from the run's own seed. */
export async function sampleShapley(): Promise<void> {
  const run = wholeRun()
  const { permutations, target } = whatIf.getState()
  if (run === null || isBusy(whatIf.getState().jobs.shapley)) return
  whatIf.setState({ round: null })
  const end = await work<ShapleyTold, ShapleyResult>(
    'shapley',
    run,
    (signal) => link().whatIf.shapley({ run: run.id, ...aimed(target), permutations, seed: run.plan.seed }, { signal }),
    (told) => whatIf.setState(told.type === 'base' ? { base: told.base } : { round: told.round }),
  )
  if (end.phase === 'done') whatIf.setState({ round: end.result.round })
  say(`Shapley sampling ${end.phase}: ${plural(whatIf.getState().round?.permutations ?? 0, 'permutation')}.`)
}

/** Stops work after the flip in hand; what has come stays. */
export function cancelWhatIf(...names: readonly WhatIfWork[]): void {
  for (const name of names.length === 0 ? (Object.keys(idle) as WhatIfWork[]) : names) {
    const job = whatIf.getState().jobs[name]
    if (job.phase !== 'running') continue
    setJob(name, { ...job, phase: 'cancelling' })
    controllers.get(name)?.abort()
  }
}

/** Takes the flips of the first `count` steps into the plan, as one step that can be undone. */
export function takeBest(count: number): void {
  const steps = whatIf.getState().steps.slice(0, count)
  edit((history) => {
    const forced = steps.reduce((lists, { index, to }) => force(lists, index, to), history.present.forced)
    return commit(history, `Take the best set of ${plural(steps.length, 'flip')}`, { ...history.present, forced })
  })
}

/** The whole run that is shown, with room made for its results; null, and says so, where there is none. */
function wholeRun(): Run | null {
  const run = ask.getState().shown?.run ?? null
  if (run === null) say('Run the plan first: what-if belongs to one whole run.')
  else if (whatIf.getState().run !== run.id) {
    letGo()
    // A gold answer that the new run has not cannot be measured.
    const target = run.plan.target === undefined ? null : whatIf.getState().target
    whatIf.setState({ ...nothing, run: run.id, target })
  }
  return run
}

/** Ends all work and forgets that it ran. */
function letGo(): void {
  for (const controller of controllers.values()) controller.abort()
  controllers.clear()
  whatIf.setState({ jobs: idle, asked: [] })
}

function flipsOf(run: Run, chunks: readonly number[], pairs: number, signal: AbortSignal) {
  const { target } = whatIf.getState()
  return link().whatIf.flips({ run: run.id, ...aimed(target), chunks: [...chunks], repeats: pairs }, { signal })
}

function aimed(target: Target | null): { target?: Target } {
  return target === null ? {} : { target }
}

function takeFlip(told: FlipTold): void {
  if (told.type === 'base') whatIf.setState({ base: told.base })
  else if (told.type === 'left')
    whatIf.setState(({ left }) => ({ left: new Map(left).set(told.left.index, told.left.reason) }))
  else
    whatIf.setState(({ flips }) => {
      const next = new Map(flips)
      for (const flip of told.flips) {
        const before = flips.get(flip.index)
        // A measured TTFT is worth more than an estimate that comes later.
        const measured = before?.deltaTtft.kind === 'measured' && flip.deltaTtft.kind === 'estimate'
        next.set(flip.index, measured ? { ...flip, deltaTtft: before.deltaTtft } : flip)
      }
      return { flips: next }
    })
}

/** Follows work of one kind; what comes of work that has been let go is not taken. */
async function work<Partial = FlipTold, Result = FlipsResult>(
  name: WhatIfWork,
  run: Run,
  start: (signal: AbortSignal) => Promise<AsyncIterable<JobEvent<Partial, Result>>>,
  take: (partial: Partial) => void,
): Promise<JobEnd<Result>> {
  controllers.get(name)?.abort()
  const mine = new AbortController()
  controllers.set(name, mine)
  const stands = (): boolean => controllers.get(name) === mine && whatIf.getState().run === run.id
  return follow<Partial, Result>(
    `work out what-if of run ${run.id}`,
    mine.signal,
    () => start(mine.signal),
    (job) => {
      if (stands()) setJob(name, job)
    },
    (partial) => {
      if (stands()) take(partial)
    },
  )
}

function setJob(name: WhatIfWork, job: JobState): void {
  whatIf.setState(({ jobs }) => ({ jobs: { ...jobs, [name]: job } }))
}

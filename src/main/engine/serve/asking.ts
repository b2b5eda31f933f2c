/** The ask call: a plan's events as they come, then the run, kept. */
import { randomUUID } from 'node:crypto'
import { cpus, platform, release, totalmem } from 'node:os'
import type { Plan } from '../../../shared/plan.ts'
import type { Progress } from '../../../shared/job.ts'
import type { Manifest, Run, RunEvent, StageName } from '../../../shared/run.ts'
import { ask } from '../ask.ts'
import { runtimeInfo } from '../graph/run.ts'
import type { Parts } from '../parts.ts'
import { policies } from '../sense/policies.ts'
import { untrainedOf } from '../store/bundle.ts'
import type { Index } from '../retrieve/load.ts'
import { searchIndex } from '../retrieve/search.ts'
import type { Runs } from '../store/runs.ts'
import type { KeptDevices } from './devices.ts'
import { threads, version } from './health.ts'
import type { Indexes } from './indexes.ts'
import type { Loader } from './loaded.ts'
import type { Lock } from './lock.ts'
import type { Remotes } from './remote.ts'
import { streamOf } from './stream.ts'

export type Asking = {
  readonly loader: Loader
  readonly indexes: Indexes
  readonly runs: Runs
  readonly remotes: Remotes
  readonly lock: Lock
  readonly devices: KeptDevices
  readonly log: (line: string) => void
}

/** Answers `plan`; the run is kept when it is whole. Runs wait for each other. */
export function answer(plan: Plan, at: Asking, signal?: AbortSignal): AsyncGenerator<RunEvent> {
  // What the question waits for before its turn, an index to open or a run before it, is part of its TTFT.
  const arrived = performance.now()
  return streamOf<RunEvent, Run>(
    async (emit, stop) => {
      // A decoder elsewhere may be the reason why the bundle's own has no room here.
      const parts = await (decodesHere(plan) ? at.loader.get() : at.loader.light())
      const elsewhere = plan.decoder === undefined ? null : await at.remotes.open(plan.decoder, stop)
      const answerFrom = async (index: Index | null): Promise<Run> => {
        const release = await at.lock.take(stop)
        try {
          const retrieve = async (question: string, count: number) =>
            index === null ? [] : searchIndex(index, question, count, stop)
          const { away, ...found } = await ask(parts, plan, retrieve, { emit, signal: stop, arrived, elsewhere })
          const manifest = { ...makeManifest(parts), ...(away && { decoder: away }) }
          const run = { id: randomUUID(), plan, ...found, manifest } as Run
          keep(run, at)
          return run
        } finally {
          release()
          parts.flush()
        }
      }
      return plan.passages === 0 ? answerFrom(null) : at.indexes.use(plan.index, answerFrom)
    },
    (run) => ({ type: 'done', run }),
    signal,
  )
}

/** Whether answering a plan runs the bundle's own decoder: to decode, or to choose what is expanded. */
export function decodesHere({ decoder, policy }: Pick<Plan, 'decoder' | 'policy'>): boolean {
  return decoder === undefined || policies[policy].decodes === true
}

const stages: readonly StageName[] = ['retrieve', 'compress', 'sense', 'expand', 'decode', 'measure']

/** How far a question is with an event: the stage in hand, and those behind it. */
export function stageProgress(event: RunEvent): Progress | null {
  if (event.type !== 'stage' || event.state !== 'start') return null
  const done = stages.indexOf(event.stage)
  const { stage } = event
  return { type: 'progress', stage, done, total: stages.length, unit: 'stages', perSecond: null, secondsLeft: null }
}

/** An answer is worth more than its record: a full disk is logged, not thrown. */
function keep(run: Run, { runs, log }: Asking): void {
  try {
    runs.save(run)
  } catch (error) {
    log(`run ${run.id} was not kept: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function makeManifest({ bundle, use, format }: Parts): Manifest {
  return {
    version,
    time: new Date().toISOString(),
    bundle: { name: bundle.config.name, hash: bundle.hash, ...untrainedOf(bundle.config) },
    device: use.label,
    weights: format,
    ...(use.fellBack === null ? {} : { fellBack: use.fellBack }),
    threads,
    onnxruntime: runtimeInfo().version,
    node: process.versions.node,
    platform: `${platform()} ${release()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
  }
}

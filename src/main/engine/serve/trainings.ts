/** The trainings of this workbench: begun, followed, stopped; each goes on when the page that began it is gone. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, toFault, type FaultData } from '../../../shared/fault.ts'
import type { JobEvent, Progress } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { TrainEvent, TrainingInfo, TrainInput, TrainResult } from '../../../shared/train.ts'
import { checkpointStep } from '../train/loop/checkpoint.ts'
import { prepareRun } from '../train/run.ts'
import { readEvents, readRunConfig, type RunConfig } from '../train/runFolder.ts'
import { threads } from './health.ts'
import type { Loader } from './loaded.ts'
import { streamOf } from './stream.ts'

type Told = JobEvent<TrainEvent, TrainResult>
export type Trainings = {
  /** Begins or goes on with a training. Faults training-busy while another runs, and all that its data is refused for. */
  readonly begin: (input: Omit<TrainInput, 'out'> & { readonly out?: string | undefined }) => Promise<TrainingInfo>
  /** The latest first. */
  readonly list: () => Promise<TrainingInfo[]>
  /** What a training has told and tells, to its end or where it stops. Fault run-missing. */
  readonly follow: (id: string, signal?: AbortSignal) => AsyncGenerator<Told>
  /** Stops a training after the step in hand, which is kept. */
  readonly stop: (id: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** The one that runs. */
type Active = {
  readonly id: string
  readonly stop: AbortController
  readonly listeners: Set<(event: TrainEvent) => void>
  readonly ended: Promise<TrainResult>
}

const progressOf = (
  event: TrainEvent,
  total: number,
  secondsLeft: number | null,
  perSecond: number | null,
): Progress => ({
  type: 'progress',
  stage: event.type === 'step' ? event.stage : 'validated',
  done: event.step,
  total,
  unit: 'steps',
  perSecond,
  secondsLeft,
})

/** Trainings without a folder of their own are kept under `home`. */
export function openTrainings(home: string, loader: Loader): Trainings {
  const root = join(home, 'trainings')
  const faults = new Map<string, FaultData>()
  let active: Active | null = null
  let preparing = false

  async function infoOf(id: string): Promise<TrainingInfo | null> {
    const config = await readRunConfig(join(root, id)).catch(() => null)
    if (!config) return null
    const step = checkpointStep(join(root, id))
    const fault = faults.get(id) ?? null
    const { input, bundle, data, began } = config
    const resting = step >= input.steps ? 'finished' : fault ? 'failed' : 'stopped'
    return { id, input, bundle: bundle.name, data, began, step, state: active?.id === id ? 'running' : resting, fault }
  }

  async function configOf(id: string): Promise<RunConfig> {
    // The name comes from a page: it must not lead out of the folder.
    const config = /^[\w.-]+$/.test(id) ? await readRunConfig(join(root, id)) : null
    if (!config) throw new Fault('run-missing', `There is no training ${id} here.`)
    return config
  }

  async function begin(given: Parameters<Trainings['begin']>[0]): Promise<TrainingInfo> {
    if (active || preparing) throw new Fault('training-busy', `${active?.id ?? 'Another'} is being trained.`)
    const id = given.out ?? `${given.trainer}-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`
    const input: TrainInput = { ...given, out: join(root, id) }
    const stop = new AbortController()
    preparing = true
    let running: Awaited<ReturnType<typeof prepareRun>>
    try {
      running = await prepareRun(input, (await loader.get()).bundle, { threads, signal: stop.signal })
    } finally {
      preparing = false
    }
    const listeners: Active['listeners'] = new Set()
    faults.delete(id)
    const ended = drive(id, running, listeners)
    // Its failure is kept with the training; nobody may be following it.
    ended.catch(() => {})
    active = { id, stop, listeners, ended }
    const info = await infoOf(id)
    if (!info) throw new Error(`internal: training ${id} left no folder`)
    return info
  }

  /** Runs a training to its end, telling those who listen. */
  async function drive(
    id: string,
    running: AsyncGenerator<TrainEvent, TrainResult>,
    listeners: Active['listeners'],
  ): Promise<TrainResult> {
    try {
      for (;;) {
        const next = await running.next()
        if (next.done) return next.value
        for (const listen of listeners) listen(next.value)
      }
    } catch (error) {
      const { code, message, remedy } = toFault(error)
      faults.set(id, { code, message, remedy })
      throw error
    } finally {
      active = null
    }
  }

  async function stopTraining(id: string): Promise<void> {
    await configOf(id)
    if (active?.id !== id) return
    active.stop.abort()
    await active.ended.catch(() => {})
  }

  return {
    begin,
    list: async () => {
      const names = await readdir(root).catch(() => [])
      const infos = await Promise.all(names.map(infoOf))
      return infos.filter((info) => info !== null).toSorted((a, b) => (a.began < b.began ? 1 : -1))
    },
    follow: async function* (id, signal) {
      const { input } = await configOf(id)
      const now = active?.id === id ? active : null
      const rate = meter('train', 'steps', null)
      let from = -1
      yield* streamOf<Told, TrainResult>(
        async (emit, stopped) => {
          const tell = (event: TrainEvent): void => {
            if (from < 0) from = event.step
            const { perSecond } = rate.at(event.step - from)
            emit(progressOf(event, input.steps, perSecond ? (input.steps - event.step) / perSecond : null, perSecond))
            emit({ type: 'partial', partial: event })
          }
          // Listening begins before the kept events are read, so that none is missed; none is told twice.
          const early: TrainEvent[] = []
          let listen = (event: TrainEvent): void => void early.push(event)
          const relay = (event: TrainEvent): void => listen(event)
          now?.listeners.add(relay)
          try {
            const kept = await readEvents(join(root, id))
            for (const event of kept) emit({ type: 'partial', partial: event })
            const seen = new Set(kept.map((event) => `${event.type} ${event.step}`))
            for (const event of early) if (!seen.has(`${event.type} ${event.step}`)) tell(event)
            listen = tell
            const left = new Promise<null>((resolve) => stopped.addEventListener('abort', () => resolve(null)))
            const result = now ? await Promise.race([now.ended, left]) : null
            if (result) return result
            const step = checkpointStep(join(root, id))
            return { out: input.out, steps: step, finished: step >= input.steps, scores: [] }
          } finally {
            now?.listeners.delete(relay)
          }
        },
        (result) => ({ type: 'done', result }),
        signal,
      )
    },
    stop: stopTraining,
    close: async () => {
      if (active) await stopTraining(active.id)
    },
  }
}

/** The trainings of this workbench: begun, followed, paused; each goes on when the page that began it is gone. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type {
  DataReport,
  DryRun,
  MadeBundle,
  TrainEvent,
  TrainingInfo,
  TrainInput,
  TrainResult,
} from '../../../shared/train.ts'
import { dryRun, spreadSteps } from '../train/dry.ts'
import { checkpointStep } from '../train/loop/checkpoint.ts'
import { prepareRun } from '../train/run.ts'
import { keepFault, readBundles, readFault, readRunConfig, removeRun, type RunConfig } from '../train/runFolder.ts'
import { openBackground, type Machine } from './background.ts'
import { followTraining, progressOf, type Told } from './following.ts'
import { threads } from './health.ts'
import type { Jobs } from './jobs.ts'
import type { Loader } from './loaded.ts'
import { openRegister, type Registering } from './registering.ts'

type Given = Omit<TrainInput, 'out'> & { readonly out?: string | undefined }
export type Trainings = {
  /** Begins or goes on with a training. Faults training-busy while another runs, and all that its data is refused for. */
  readonly begin: (input: Given) => Promise<TrainingInfo>
  /** Times steps of a training that is not begun. Faults as `begin`. */
  readonly dry: (input: Given, signal?: AbortSignal) => AsyncGenerator<JobEvent<DataReport, DryRun>>
  /** The latest first. */
  readonly list: () => Promise<TrainingInfo[]>
  /** What a training has told and tells, to its end or where it stops. Fault run-missing. */
  readonly follow: (id: string, signal?: AbortSignal) => AsyncGenerator<Told>
  /** Stops a training after the step in hand, which is kept. */
  readonly stop: (id: string) => Promise<void>
  /** Keeps a checkpoint after the step in hand and gives its step; of a training that rests, the step that it kept. */
  readonly checkpoint: (id: string) => Promise<{ step: number }>
  /** Stops a training and deletes its folder. Fault run-missing. */
  readonly discard: (id: string) => Promise<void>
  /** Makes a bundle of a checkpoint. Faults run-missing, run-other-settings, and bad-input where the name is taken. */
  readonly register: (what: Registering) => Promise<MadeBundle>
  readonly close: () => Promise<void>
}

/** Trainings without a folder of their own, and the bundles made of them, are kept under `home`. */
export function openTrainings(home: string, loader: Loader, machine: Machine, jobs: Jobs): Trainings {
  const root = join(home, 'trainings')
  const kind = { root, noun: 'training', busy: 'training-busy', missing: 'run-missing', keepFault } as const
  const listed = { jobs, jobKind: 'training', isWhole: ({ finished }: TrainResult) => finished } as const
  const background = openBackground<TrainEvent, TrainResult>(machine, { ...kind, ...listed })
  const { folderOf } = background
  /** Asks the training that runs for a checkpoint after the step in hand. */
  let saveNow = (): void => {}

  async function infoOf(id: string): Promise<TrainingInfo | null> {
    const config = await readRunConfig(join(root, id)).catch(() => null)
    if (!config) return null
    const step = checkpointStep(join(root, id))
    const { input, bundle, data, report, began } = config
    const running = background.running(id) !== null
    const fault = running ? null : await readFault(join(root, id))
    const resting = step >= input.steps ? 'finished' : fault ? 'failed' : 'stopped'
    const state = running ? 'running' : resting
    const bundles = await readBundles(join(root, id))
    return { id, input, bundle: bundle.name, data, report, began, step, state, fault, bundles }
  }

  async function configOf(id: string): Promise<RunConfig> {
    const config = await readRunConfig(folderOf(id))
    if (!config) throw new Fault('run-missing', `There is no training ${id} here.`)
    return config
  }

  async function begin(given: Given): Promise<TrainingInfo> {
    const id = given.out ?? (await background.freeId(given.trainer))
    const input: TrainInput = { ...given, out: folderOf(id) }
    const prepare = async (signal: AbortSignal): ReturnType<typeof prepareRun> => {
      let wanted = false
      const wantedNow = (): boolean => {
        const now = wanted
        wanted = false
        return now
      }
      const running = await prepareRun(input, (await loader.light()).bundle, { threads, signal, saveNow: wantedNow })
      saveNow = () => void (wanted = true)
      return running
    }
    const rate = meter('train', 'steps', null)
    let from = -1
    await background.begin(id, prepare, {
      title: `Training ${input.trainer}`,
      progressOf: (event) => {
        if (from < 0) from = event.step
        return progressOf(event, input.steps, rate.at(event.step - from).perSecond)
      },
    })
    const info = await infoOf(id)
    if (!info) throw new Error(`internal: training ${id} left no folder`)
    return info
  }

  async function* dry(given: Given, signal?: AbortSignal): AsyncGenerator<JobEvent<DataReport, DryRun>> {
    const release = machine.hold('training-busy', 'A dry run')
    try {
      const progress = meter('time', 'steps', spreadSteps(given.steps).length)
      const { bundle } = await loader.light()
      for await (const event of dryRun({ ...given, out: '' }, bundle, { threads, signal })) {
        if (event.type === 'data') yield { type: 'partial', partial: event.report }
        else if (event.type === 'step') yield progress.at(event.done, event.stage)
        else yield { type: 'done', result: event.result }
      }
    } finally {
      release()
    }
  }

  async function stopTraining(id: string): Promise<void> {
    await configOf(id)
    await background.stop(id)
  }

  return {
    begin,
    dry,
    register: openRegister(home, loader, async (id) => (await configOf(id), folderOf(id))),
    list: async () => {
      const names = await readdir(root).catch(() => [])
      const infos = await Promise.all(names.map(infoOf))
      return infos.filter((info) => info !== null).toSorted((a, b) => (a.began < b.began ? 1 : -1))
    },
    follow: async function* (id, signal) {
      const { input } = await configOf(id)
      yield* followTraining({ ...input, out: join(root, id) }, background.running(id), signal)
    },
    stop: stopTraining,
    checkpoint: async (id) => {
      await configOf(id)
      const running = background.running(id)
      if (running) {
        const { listeners, ended } = running
        const saved = Promise.withResolvers<void>()
        const listen = (event: TrainEvent): void => void (event.type === 'saved' && saved.resolve())
        listeners.add(listen)
        saveNow()
        await Promise.race([saved.promise, ended.catch(() => {})])
        listeners.delete(listen)
      }
      return { step: checkpointStep(join(root, id)) }
    },
    discard: async (id) => {
      await stopTraining(id)
      await removeRun(join(root, id))
    },
    close: () => background.close(),
  }
}

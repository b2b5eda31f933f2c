/** The trainings of this workbench: begun, followed, paused; each goes on when the page that began it is gone. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, toFault } from '../../../shared/fault.ts'
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
import { exists } from '../store/files.ts'
import { checkpointStep } from '../train/loop/checkpoint.ts'
import { prepareRun } from '../train/run.ts'
import { keepFault, readBundles, readFault, readRunConfig, removeRun, type RunConfig } from '../train/runFolder.ts'
import { followTraining, type Followed, type Told } from './following.ts'
import { threads } from './health.ts'
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

/** The one that runs. */
type Active = Followed & {
  readonly id: string
  readonly stop: AbortController
  /** Asks for a checkpoint after the step in hand. */
  readonly saveNow: () => void
}

/** Trainings without a folder of their own, and the bundles made of them, are kept under `home`. */
export function openTrainings(home: string, loader: Loader): Trainings {
  const root = join(home, 'trainings')
  let active: Active | null = null
  /** What holds the machine though no training runs yet. */
  let preparing: string | null = null

  async function infoOf(id: string): Promise<TrainingInfo | null> {
    const config = await readRunConfig(join(root, id)).catch(() => null)
    if (!config) return null
    const step = checkpointStep(join(root, id))
    const { input, bundle, data, report, began } = config
    const running = active?.id === id
    const fault = running ? null : await readFault(join(root, id))
    const resting = step >= input.steps ? 'finished' : fault ? 'failed' : 'stopped'
    const state = running ? 'running' : resting
    const bundles = await readBundles(join(root, id))
    return { id, input, bundle: bundle.name, data, report, began, step, state, fault, bundles }
  }

  /** The name comes from a page: it must not lead out of the folder. */
  function folderOf(id: string): string {
    if (!/^[\w-][\w.-]*$/.test(id)) throw new Fault('run-missing', `There is no training ${id} here.`)
    return join(root, id)
  }

  async function configOf(id: string): Promise<RunConfig> {
    const config = await readRunConfig(folderOf(id))
    if (!config) throw new Fault('run-missing', `There is no training ${id} here.`)
    return config
  }

  /** Keeps all else from beginning until what is returned is called. Fault training-busy. */
  function hold(what: string): () => void {
    if (active) throw new Fault('training-busy', `${active.id} is being trained.`)
    if (preparing !== null) throw new Fault('training-busy', `${preparing} is under way.`)
    preparing = what
    return () => {
      preparing = null
    }
  }

  /** A name of its own for a training begun now: two may begin within a second. */
  async function freeId(trainer: string): Promise<string> {
    const stem = `${trainer}-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`
    for (let more = 1; ; more++) {
      const id = more === 1 ? stem : `${stem}-${more}`
      if (!(await exists(join(root, id)))) return id
    }
  }

  async function begin(given: Given): Promise<TrainingInfo> {
    const release = hold('Another training')
    const stop = new AbortController()
    let wanted = false
    const saveNow = (): boolean => {
      const now = wanted
      wanted = false
      return now
    }
    let id = given.out
    try {
      id ??= await freeId(given.trainer)
      const input: TrainInput = { ...given, out: folderOf(id) }
      const options = { threads, signal: stop.signal, saveNow }
      const running = await prepareRun(input, (await loader.get()).bundle, options)
      await keepFault(input.out, null)
      const listeners: Active['listeners'] = new Set()
      const ended = drive(input.out, running, listeners)
      // Its failure is kept with the training; nobody may be following it.
      ended.catch(() => {})
      active = { id, stop, listeners, ended, saveNow: () => void (wanted = true) }
    } finally {
      release()
    }
    const info = await infoOf(id)
    if (!info) throw new Error(`internal: training ${id} left no folder`)
    return info
  }

  /** Runs a training to its end, telling those who listen. */
  async function drive(
    folder: string,
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
      // A full disk may be what ended it: then there is no room for this either.
      await keepFault(folder, { code, message, remedy }).catch(() => {})
      throw error
    } finally {
      active = null
    }
  }

  async function* dry(given: Given, signal?: AbortSignal): AsyncGenerator<JobEvent<DataReport, DryRun>> {
    const release = hold('A dry run')
    try {
      const progress = meter('time', 'steps', spreadSteps(given.steps).length)
      const { bundle } = await loader.get()
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
    if (active?.id !== id) return
    active.stop.abort()
    await active.ended.catch(() => {})
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
      yield* followTraining({ ...input, out: join(root, id) }, active?.id === id ? active : null, signal)
    },
    stop: stopTraining,
    checkpoint: async (id) => {
      await configOf(id)
      if (active?.id === id) {
        const { listeners, ended, saveNow } = active
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
    close: async () => {
      if (active) await stopTraining(active.id)
    },
  }
}

/** Trainings as the page sees them: the settings of the next one, those there are, and the one that is looked at. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { Progress } from '../../shared/job.ts'
import type { PolicyAlgorithm, TrainerName, TrainEvent, TrainingInfo } from '../../shared/train.ts'
import { link, type Client } from '../link.ts'
import { engine, noteFault } from './engine.ts'
import { pathsOf } from './files.ts'
import { say } from './view.ts'

/** The settings of the next training; what is null is left to the trainer. */
export type TrainSettings = {
  readonly trainer: TrainerName
  /** Files to train on; none means synthetic sheets. */
  readonly files: readonly File[]
  readonly steps: number
  readonly batch: number
  readonly ks: readonly number[] | null
  readonly p: number | null
  readonly longest: number
  readonly output: number
  readonly learningRate: number | null
  readonly lora: number | null
  readonly algorithm: PolicyAlgorithm
  readonly query: boolean
  readonly seed: number
}

export type TrainState = {
  readonly settings: TrainSettings
  /** Null until the engine has answered. */
  readonly list: readonly TrainingInfo[] | null
  readonly listFault: FaultData | null
  /** The training looked at, by id, with all that it has told. */
  readonly shown: string | null
  readonly events: readonly TrainEvent[]
  readonly progress: Progress | null
  /** What is being done about it; `following` is a training that runs. */
  readonly phase: 'idle' | 'beginning' | 'following' | 'stopping'
  readonly fault: FaultData | null
}

const first: TrainSettings = {
  trainer: 'mixed',
  files: [],
  steps: 200,
  batch: 16,
  ks: null,
  p: null,
  longest: 128,
  output: 32,
  learningRate: null,
  lora: null,
  algorithm: 'grpo',
  query: false,
  seed: 7,
}

export const train = createStore<TrainState>()(() => ({
  settings: first,
  list: null,
  listFault: null,
  shown: null,
  events: [],
  progress: null,
  phase: 'idle',
  fault: null,
}))

let following: AbortController | null = null

export function setSettings(change: Partial<TrainSettings>): void {
  train.setState(({ settings }) => ({ settings: { ...settings, ...change } }))
}

/** Asks which trainings there are, and follows the one that runs when none is looked at. */
export async function listTrainings(): Promise<void> {
  try {
    const list = await link().train.list()
    train.setState({ list, listFault: null })
    const { shown } = train.getState()
    const looked = shown ?? (list.find((info) => info.state === 'running') ?? list[0])?.id
    if (looked !== undefined && following === null) void show(looked)
  } catch (error) {
    train.setState({ listFault: noteFault('list the trainings', error) })
  }
}

/** Begins a training with the settings that stand. */
export async function begin(): Promise<void> {
  const { settings, phase } = train.getState()
  if (phase !== 'idle' || engine.getState().status.state !== 'ready') return
  const { files, ks, p, learningRate, lora, ...rest } = settings
  const ends = Math.max(1, Math.round(rest.steps / 100))
  await start('begin the training', async () => {
    const data = files.length === 0 ? ['synthetic'] : await pathsOf(files, new AbortController().signal)
    return {
      ...rest,
      data,
      every: { log: ends, valid: Math.max(5 * ends, Math.round(rest.steps / 8)), checkpoint: 50 },
      ...(ks === null ? {} : { ks: [...ks] }),
      ...(p === null ? {} : { p }),
      ...(learningRate === null ? {} : { learningRate }),
      ...(lora === null ? {} : { lora }),
    }
  })
}

/** Goes on with a training that was stopped, as it began. */
export async function goOn(info: TrainingInfo): Promise<void> {
  if (train.getState().phase !== 'idle') return
  await start(`go on with ${info.id}`, () => Promise.resolve({ ...info.input, out: info.id }))
}

type BeginInput = Parameters<Client['train']['begin']>[0]

async function start(work: string, make: () => Promise<BeginInput>): Promise<void> {
  train.setState({ phase: 'beginning', fault: null })
  try {
    const { id } = await link().train.begin(await make())
    say('The training has begun.')
    following?.abort()
    following = null
    train.setState({ phase: 'idle' })
    await listTrainings()
    void show(id)
  } catch (error) {
    train.setState({ phase: 'idle', fault: noteFault(work, error) })
  }
}

/** Looks at a training, and follows it while it runs. */
export async function show(id: string): Promise<void> {
  following?.abort()
  const mine = new AbortController()
  following = mine
  const running = train.getState().list?.find((info) => info.id === id)?.state === 'running'
  train.setState({ shown: id, events: [], progress: null, phase: running ? 'following' : 'idle', fault: null })
  // The events of the past come at once: they are drawn together, not one by one.
  let waiting: TrainEvent[] = []
  const flush = (): void => {
    if (waiting.length === 0) return
    const more = waiting
    waiting = []
    train.setState(({ events }) => ({ events: [...events, ...more] }))
  }
  const timer = setInterval(flush, 200)
  try {
    for await (const event of await link().train.follow({ id }, { signal: mine.signal })) {
      if (following !== mine) return
      if (event.type === 'partial') waiting.push(event.partial)
      else if (event.type === 'progress') train.setState({ progress: event })
      else say(`Training ${event.result.finished ? 'finished' : 'stopped'} at step ${event.result.steps}.`)
    }
  } catch (error) {
    if (!mine.signal.aborted) train.setState({ fault: noteFault(`follow ${id}`, error) })
  } finally {
    clearInterval(timer)
    if (following === mine) {
      flush()
      following = null
      train.setState({ phase: 'idle', progress: null })
      if (running) void refresh()
    }
  }
}

async function refresh(): Promise<void> {
  const list = await link()
    .train.list()
    .catch(() => null)
  if (list !== null) train.setState({ list })
}

/** Stops the training looked at; its last step is kept. */
export async function stop(): Promise<void> {
  const { shown, phase } = train.getState()
  if (shown === null || phase !== 'following') return
  train.setState({ phase: 'stopping' })
  try {
    await link().train.stop({ id: shown })
  } catch (error) {
    train.setState({ phase: 'following', fault: noteFault(`stop ${shown}`, error) })
  }
}

/** The chunk sizes of the next training: those chosen, or all of the bundle. */
export function chosenKs(): readonly number[] {
  return train.getState().settings.ks ?? engine.getState().health?.bundle.ks ?? []
}

/** Trainings as the page sees them: those there are, and the one that is looked at. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { Progress } from '../../shared/job.ts'
import type { TrainEvent, TrainingInfo } from '../../shared/train.ts'
import { link } from '../link.ts'
import { dropCompared } from './compare.ts'
import { dry, runDry } from './dry.ts'
import { engine, noteFault } from './engine.ts'
import { inputOf, setUp, type BeginInput } from './setUp.ts'
import { say } from './view.ts'

export type TrainState = {
  /** Null until the engine has answered. */
  readonly list: readonly TrainingInfo[] | null
  readonly listFault: FaultData | null
  /** The training looked at, by id, with all that it has told. */
  readonly shown: string | null
  readonly events: readonly TrainEvent[]
  readonly progress: Progress | null
  /** What is being done about it; `following` is a training that runs. */
  readonly phase: 'idle' | 'beginning' | 'following' | 'stopping'
  /** A checkpoint was asked for and is not kept yet. */
  readonly saving: boolean
  readonly fault: FaultData | null
}

export const train = createStore<TrainState>()(() => ({
  list: null,
  listFault: null,
  shown: null,
  events: [],
  progress: null,
  phase: 'idle',
  saving: false,
  fault: null,
}))

let following: AbortController | null = null

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
  if (train.getState().phase !== 'idle' || isTrying() || engine.getState().status.state !== 'ready') return
  await start('begin the training', () => inputOf(setUp.getState(), new AbortController().signal))
}

/** Tries the settings that stand; a training that runs would be slowed down by it. */
export async function tryOut(): Promise<void> {
  if (train.getState().phase === 'idle') await runDry()
}

/** Whether a dry run holds the engine: a training waits for its end. */
export function isTrying(): boolean {
  const { phase } = dry.getState()
  return phase === 'running' || phase === 'cancelling'
}

/** Goes on with a training that rests, as it began. */
export async function resume(info: TrainingInfo): Promise<void> {
  if (train.getState().phase !== 'idle' || isTrying()) return
  await start(`go on with ${info.id}`, () => Promise.resolve({ ...info.input, out: info.id }))
}

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
      else say(`Training ${event.result.finished ? 'finished' : 'paused'} at step ${event.result.steps}.`)
    }
  } catch (error) {
    // What ended the training itself is kept with it, and told there.
    const fault = mine.signal.aborted ? null : noteFault(`follow ${id}`, error)
    if (fault !== null && (await stateOf(id)) !== 'failed' && following === mine) train.setState({ fault })
  } finally {
    clearInterval(timer)
    if (following === mine) {
      flush()
      following = null
      train.setState({ phase: 'idle', progress: null })
      if (running) void stateOf(id)
    }
  }
}

/** Asks anew which trainings there are, and gives the state of one. */
async function stateOf(id: string): Promise<TrainingInfo['state'] | null> {
  await listAgain()
  return train.getState().list?.find((info) => info.id === id)?.state ?? null
}

/** Asks anew which trainings there are; the one looked at stays. */
export async function listAgain(): Promise<void> {
  const list = await link()
    .train.list()
    .catch(() => null)
  if (list !== null) train.setState({ list })
}

/** Pauses the training looked at; its last step is kept. */
export async function pause(): Promise<void> {
  const { shown, phase } = train.getState()
  if (shown === null || phase !== 'following') return
  train.setState({ phase: 'stopping' })
  try {
    await link().train.stop({ id: shown })
  } catch (error) {
    train.setState({ phase: 'following', fault: noteFault(`pause ${shown}`, error) })
  }
}

/** Has the training looked at keep a checkpoint after the step in hand. */
export async function checkpointNow(): Promise<void> {
  const { shown, saving } = train.getState()
  if (shown === null || saving) return
  train.setState({ saving: true })
  try {
    const { step } = await link().train.checkpoint({ id: shown })
    say(`Checkpoint kept at step ${step}.`)
    await stateOf(shown)
  } catch (error) {
    train.setState({ fault: noteFault(`keep a checkpoint of ${shown}`, error) })
  } finally {
    train.setState({ saving: false })
  }
}

/** Stops a training if it runs, and deletes all that it kept. */
export async function discard(id: string): Promise<void> {
  if (train.getState().shown === id && train.getState().phase === 'following') train.setState({ phase: 'stopping' })
  try {
    await link().train.discard({ id })
    dropCompared(id)
    say(`${id} is deleted.`)
    if (train.getState().shown === id) {
      following?.abort()
      following = null
      train.setState({ shown: null, events: [], progress: null, phase: 'idle' })
    }
  } catch (error) {
    train.setState(({ phase }) => ({
      phase: phase === 'stopping' ? 'following' : phase,
      fault: noteFault(`discard ${id}`, error),
    }))
  }
  await listTrainings()
}

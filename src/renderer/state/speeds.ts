/** Speeds of models and bundles on the page: how the next is taken, the one that is being taken, and those that were kept. */
import { createStore } from 'zustand/vanilla'
import type { DeviceName, WeightName } from '../../shared/deviceNames.ts'
import type { FaultData } from '../../shared/fault.ts'
import type { KeptSpeed, SpeedInput, SpeedTarget } from '../../shared/speed.ts'
import { faultOf, link } from '../link.ts'
import { noteFault } from './engine.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { say } from './view.ts'

/** How the next is taken; what is null is left as the engine has it. */
export type Pace = {
  readonly prompt: number
  readonly tokens: number
  readonly repeats: number
  readonly device: DeviceName | null
  readonly weights: WeightName | null
  readonly threads: number | null
}

export type SpeedsOf = JobState & {
  /** The latest first; null until the engine has told. */
  readonly kept: readonly KeptSpeed[] | null
  readonly keptFault: FaultData | null
}

export type SpeedsState = {
  readonly pace: Pace
  /** By `speedKey`. */
  readonly of: Readonly<Record<string, SpeedsOf>>
}

export const noSpeeds: SpeedsOf = { ...idleJob, kept: null, keptFault: null }

export const speeds = createStore<SpeedsState>()(() => ({
  pace: { prompt: 512, tokens: 16, repeats: 5, device: null, weights: null, threads: null },
  of: {},
}))

const stops = new Map<string, AbortController>()

export function speedKey(target: SpeedTarget): string {
  return target.kind === 'model' ? `model ${target.name}` : `bundle ${target.folder}`
}

export function setPace(change: Partial<Pace>): void {
  speeds.setState(({ pace }) => ({ pace: { ...pace, ...change } }))
}

/** The pace as the engine takes it. */
export function speedInput(target: SpeedTarget, pace: Pace): SpeedInput {
  const { prompt, tokens, repeats, device, weights, threads } = pace
  return {
    target,
    prompt,
    tokens,
    repeats,
    ...(device === null ? {} : { device }),
    ...(weights === null ? {} : { weights }),
    ...(threads === null ? {} : { threads }),
  }
}

/** Asks what was kept of a target. */
export async function listSpeeds(target: SpeedTarget): Promise<void> {
  const key = speedKey(target)
  try {
    change(key, { kept: await link().models.speeds(target), keptFault: null })
  } catch (error) {
    if (faultOf(error).code === 'engine-gone') return
    change(key, { keptFault: noteFault('list the speeds', error) })
  }
}

/** Times a target at the pace as it stands; `name` is what is said of it. */
export async function takeSpeed(target: SpeedTarget, name: string, pace: Pace): Promise<void> {
  const key = speedKey(target)
  if (isTaken(key)) return
  const own = new AbortController()
  stops.set(key, own)
  const end = await follow(
    `benchmark ${name}`,
    own.signal,
    () => link().models.bench(speedInput(target, pace), { signal: own.signal }),
    (state) => change(key, state),
    () => {},
  )
  if (end.phase !== 'done') return
  await listSpeeds(target)
  say(`${name} is timed.`)
}

export function cancelSpeed(target: SpeedTarget): void {
  const key = speedKey(target)
  if (!isTaken(key)) return
  change(key, { phase: 'cancelling' })
  stops.get(key)?.abort()
}

function isTaken(key: string): boolean {
  const { phase } = speeds.getState().of[key] ?? noSpeeds
  return phase === 'running' || phase === 'cancelling'
}

function change(key: string, to: Partial<SpeedsOf>): void {
  speeds.setState(({ of }) => ({ of: { ...of, [key]: { ...noSpeeds, ...of[key], ...to } } }))
}

/** The next pairing: an imported decoder, what is to be made of it, and what that takes. */
import { createStore } from 'zustand/vanilla'
import type { PairEstimate, PairInput, PairResult, PairTraining, TemplateKind } from '../../shared/pair.ts'
import { link } from '../link.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { say } from './view.ts'

/** What is null is left to the decoder's sizes, or to its chat template. */
export type PairSettings = {
  readonly decoder: string | null
  /** An imported encoder by its name; null for a small one of its own, which begins random. */
  readonly encoder: string | null
  readonly ks: readonly number[]
  readonly queries: number | null
  readonly template: TemplateKind | null
  readonly name: string
  readonly seed: number
}

export type Pairing = JobState & {
  readonly settings: PairSettings
  /** A hand has chosen: nothing is chosen for it any more. */
  readonly touched: boolean
  /** Ways to train it as they are timed, before the whole estimate is there. */
  readonly timed: readonly PairTraining[]
  readonly estimate: PairEstimate | null
  /** The settings that the estimate is of. */
  readonly estimated: PairSettings | null
  readonly made: PairResult['bundle']
}

/** Chunk sizes that can be chosen. */
export const chunkSizes = [4, 8, 16, 32, 64] as const

const begun: PairSettings = {
  decoder: null,
  encoder: null,
  ks: [8, 16],
  queries: null,
  template: null,
  name: '',
  seed: 7,
}

export const pairing = createStore<Pairing>()(() => ({
  ...idleJob,
  settings: begun,
  touched: false,
  timed: [],
  estimate: null,
  estimated: null,
  made: null,
}))

let stop: AbortController | null = null

export function setPair(change: Partial<PairSettings>): void {
  pairing.setState(({ settings }) => ({ touched: true, settings: { ...settings, ...change } }))
}

/** Takes a decoder and an encoder that are the only ones; a choice that was made by hand stands. */
export function preselect(decoder: string | null, encoder: string | null): void {
  const { settings, touched } = pairing.getState()
  if (touched) return
  pairing.setState({
    settings: { ...settings, decoder: decoder ?? settings.decoder, encoder: encoder ?? settings.encoder },
  })
}

/** Whether the estimate shown is of the settings as they stand; the name of the bundle changes nothing that it tells. */
export function isEstimated({ estimated, settings }: Pick<Pairing, 'estimated' | 'settings'>): boolean {
  return estimated !== null && JSON.stringify({ ...estimated, name: '' }) === JSON.stringify({ ...settings, name: '' })
}

function inputOf(settings: PairSettings, decoder: string, dry: boolean): PairInput {
  const { encoder, ks, queries, template, name, seed } = settings
  const called = name.trim()
  return {
    decoder,
    encoder: encoder ?? 'own',
    ks: [...ks],
    seed,
    dry,
    // An imported encoder pools as it was trained to.
    ...(queries === null || encoder !== null ? {} : { queries }),
    ...(template === null ? {} : { template }),
    ...(called === '' ? {} : { name: called }),
  }
}

/** Estimates, and unless `dry` makes the bundle. */
export async function pair(dry: boolean): Promise<void> {
  const { settings, phase } = pairing.getState()
  const { decoder } = settings
  if (decoder === null || phase === 'running' || phase === 'cancelling') return
  const own = new AbortController()
  stop = own
  pairing.setState({
    touched: true,
    timed: [],
    made: null,
    ...(isEstimated(pairing.getState()) ? {} : { estimate: null }),
  })
  const end = await follow(
    `pair ${decoder}`,
    own.signal,
    () => link().models.pair(inputOf(settings, decoder, dry), { signal: own.signal }),
    (state) => pairing.setState(state),
    (way) => pairing.setState(({ timed }) => ({ timed: [...timed, way] })),
  )
  if (end.phase !== 'done') return
  const { estimate, bundle } = end.result
  pairing.setState({ estimate, estimated: settings, made: bundle })
  say(bundle === null ? `What ${decoder} takes is estimated.` : `${bundle.name} is made.`)
}

export function cancelPair(): void {
  if (pairing.getState().phase !== 'running') return
  pairing.setState({ phase: 'cancelling' })
  stop?.abort()
}

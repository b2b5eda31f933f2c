/** The settings of the next training, and what the engine is asked for with them. */
import { createStore } from 'zustand/vanilla'
import type { PolicyAlgorithm, TrainerName, TrainingInfo } from '../../shared/train.ts'
import type { Client } from '../link.ts'
import { engine } from './engine.ts'
import { pathsOf } from './files.ts'

/** What is null is left to the trainer. */
export type TrainSettings = {
  readonly trainer: TrainerName
  /** Files to train on; without any, `paths` stand, and without those synthetic sheets. */
  readonly files: readonly File[]
  /** Data of an earlier training, by the paths that the engine knows it by. */
  readonly paths: readonly string[]
  readonly steps: number
  readonly batch: number
  readonly ks: readonly number[] | null
  readonly p: number | null
  readonly longest: number
  readonly output: number
  readonly learningRate: number | null
  readonly lora: number | null
  /** The decoder stays as it is while the rest learns. */
  readonly frozenDecoder: boolean
  readonly algorithm: PolicyAlgorithm
  readonly query: boolean
  readonly seed: number
}

/** What each trainer does, and its own learning rate and p. */
export const trainers: Readonly<
  Record<TrainerName, { readonly about: string; readonly rate: number; readonly p: number | null }>
> = {
  reconstruct: {
    about: 'Encoder and projector learn to have the decoder, frozen, tell a text again from its chunk embeddings.',
    rate: 2e-4,
    p: null,
  },
  continue: { about: 'All parts learn to go on after a compressed context.', rate: 5e-5, p: null },
  mixed: {
    about: 'All parts learn to go on after a context of which a fraction p stays tokens.',
    rate: 5e-5,
    p: 0.1,
  },
  lm: { about: 'The decoder alone on plain text: the baseline continued without compression.', rate: 5e-5, p: null },
  tune: { about: 'All parts learn to answer questions on compressed passages.', rate: 2e-5, p: 0.25 },
  policy: {
    about: 'A policy learns which chunks to expand, rewarded by the bundle itself; all else is frozen.',
    rate: 1e-3,
    p: 0.25,
  },
  embedder: { about: 'The embedder of retrieval learns to find the passage of a question.', rate: 1e-3, p: null },
}

export const setUp = createStore<TrainSettings>()(() => ({
  trainer: 'mixed',
  files: [],
  paths: [],
  steps: 200,
  batch: 16,
  ks: null,
  p: null,
  longest: 128,
  output: 32,
  learningRate: null,
  lora: null,
  frozenDecoder: false,
  algorithm: 'grpo',
  query: false,
  seed: 7,
}))

export function setSettings(change: Partial<TrainSettings>): void {
  setUp.setState(change)
}

/** Whether two settings ask for the same training. */
export function sameSettings({ files, ...rest }: TrainSettings, { files: others, ...other }: TrainSettings): boolean {
  const sameFiles = files.length === others.length && files.every((file, at) => file === others[at])
  return sameFiles && JSON.stringify(rest) === JSON.stringify(other)
}

export type BeginInput = Parameters<Client['train']['begin']>[0]

/** What the engine is asked for with `settings`; files that it cannot reach by path are sent first. */
export async function inputOf(settings: TrainSettings, signal: AbortSignal): Promise<BeginInput> {
  const { files, paths, ks, p, learningRate, lora, frozenDecoder, ...rest } = settings
  const known = paths.length > 0 ? [...paths] : ['synthetic']
  const data = files.length === 0 ? known : await pathsOf(files, signal)
  const often = Math.max(1, Math.round(rest.steps / 100))
  return {
    ...rest,
    data,
    every: { log: often, valid: Math.max(5 * often, Math.round(rest.steps / 8)), checkpoint: 50 },
    ...(ks === null ? {} : { ks: [...ks] }),
    ...(p === null ? {} : { p }),
    ...(learningRate === null ? {} : { learningRate }),
    ...(lora === null ? {} : { lora }),
    ...(frozenDecoder ? { frozen: ['decoder' as const] } : {}),
  }
}

/** Takes over the settings of an earlier training, at `rate` times its learning rate. */
export function setUpAs({ input }: TrainingInfo, rate = 1): void {
  const { trainer, data, steps, batch, ks, p, longest, output, learningRate, lora, algorithm, query, seed } = input
  const peak = learningRate ?? trainers[trainer].rate
  setSettings({
    trainer,
    steps,
    batch,
    longest,
    output,
    algorithm,
    query,
    seed,
    files: [],
    paths: data.includes('synthetic') ? [] : data,
    ks: ks ?? null,
    p: p ?? null,
    learningRate: learningRate === undefined && rate === 1 ? null : Number((rate * peak).toPrecision(6)),
    lora: lora ?? null,
    frozenDecoder: input.frozen?.includes('decoder') ?? false,
  })
}

/** The chunk sizes of the next training: those chosen, or all of the bundle. */
export function chosenKs(): readonly number[] {
  return setUp.getState().ks ?? engine.getState().health?.bundle.ks ?? []
}

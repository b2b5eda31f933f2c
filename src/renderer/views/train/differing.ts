/** Trainings side by side: whether their losses can share a figure, and which of their settings differ. */
import type { TrainEvent, TrainingInfo, TrainInput } from '../../../shared/train.ts'
import { baseName, formatCount, formatScore } from '../../parts/format.ts'
import { trainers } from '../../state/setUp.ts'
import { validsOf } from './series.ts'

/** One training with what it told. */
export type Side = { readonly info: TrainingInfo; readonly events: readonly TrainEvent[] }

/** What the trained loss of a training is, with its unit. Only losses of one name share a figure. */
export function lossOf({ trainer, algorithm }: TrainInput): string {
  if (trainer === 'embedder') return 'contrastive loss, nats'
  if (trainer !== 'policy') return 'loss, nats a token'
  return algorithm === 'imitate' || algorithm === 'locate'
    ? 'cross-entropy of the first pick, nats'
    : 'loss of the clipped objective'
}

const names: Readonly<Partial<Record<keyof TrainInput, string>>> = {
  trainer: 'trainer',
  data: 'data',
  steps: 'steps',
  batch: 'sequences a step',
  positions: 'positions of a micro-batch',
  ks: 'k',
  p: 'p',
  longest: 'longest context',
  output: 'predicted tokens',
  stages: 'stages',
  learningRate: 'peak learning rate',
  schedule: 'schedule',
  warmup: 'share of warm-up',
  lora: 'adapters of rank',
  algorithm: 'algorithm',
  query: 'reads the question',
  group: 'selections a context',
  patience: 'patience',
  seed: 'seed',
}

/** A number without an exponent down to a millionth: a rate as it stands in its field. */
function decimal(value: number | string): string {
  return typeof value === 'number' && Math.abs(value) >= 1e-6 && Math.abs(value) < 1
    ? value.toFixed(6).replace(/0+$/, '')
    : String(value)
}

/** A setting in words; what was left out is what the trainer or the bundle has of its own. */
function shownValue(input: TrainInput, key: keyof TrainInput): string {
  const own = { p: trainers[input.trainer].p, learningRate: trainers[input.trainer].rate, ks: 'all of the bundle' }
  const value = input[key]
  if (value === undefined) {
    const left = key in own ? own[key as keyof typeof own] : null
    return left === null ? 'none' : `${decimal(left)} (its own)`
  }
  if (typeof value === 'number') return decimal(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map((each) => (typeof each === 'string' ? baseName(each) : each)).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export type Row = { readonly name: string; readonly values: readonly string[] }

/** A row for each setting in which not all agree, the bundle they began from among them. */
export function differing(infos: readonly TrainingInfo[]): readonly Row[] {
  const keys = Object.keys(names) as (keyof TrainInput)[]
  const all: readonly (Row & { readonly same: boolean })[] = [
    row(
      'bundle',
      infos.map((info) => info.bundle),
      infos.map((info) => info.bundle),
    ),
    ...keys.map((key) =>
      row(
        names[key] ?? key,
        infos.map(({ input }) => JSON.stringify(input[key] ?? null)),
        infos.map(({ input }) => shownValue(input, key)),
      ),
    ),
  ]
  return all.filter(({ same }) => !same).map(({ name, values }) => ({ name, values }))
}

function row(name: string, compared: readonly string[], values: readonly string[]) {
  return { name, values, same: compared.every((value) => value === compared[0]) }
}

/** How far each is, and the loss that its validations watch: the last and the best. */
export function outcomes(sides: readonly Side[]): readonly Row[] {
  const losses = sides.map(({ events }) => validsOf(events).map(({ loss }) => loss))
  const of = (read: (all: readonly number[]) => number | undefined): string[] =>
    losses.map((all) => {
      const value = read(all)
      return value === undefined ? 'none yet' : formatScore(value)
    })
  return [
    {
      name: 'steps so far',
      values: sides.map(({ events }) => formatCount(events.reduce((most, { step }) => Math.max(most, step), 0))),
    },
    { name: 'held-out loss ↓, last', values: of((all) => all.at(-1)) },
    { name: 'held-out loss ↓, best', values: of((all) => (all.length === 0 ? undefined : Math.min(...all))) },
  ]
}

/** Settings that choose what is validated on: where they differ, held-out losses are of other texts or lengths. */
const choosing: ReadonlySet<string> = new Set(
  (['trainer', 'data', 'ks', 'p', 'longest', 'output', 'query'] as const).map((key) => names[key] ?? key),
)

/** Whether the held-out losses of trainings that differ in `rows` are of the same texts. */
export function sameHeldOut(rows: readonly Row[]): boolean {
  return !rows.some(({ name }) => choosing.has(name))
}

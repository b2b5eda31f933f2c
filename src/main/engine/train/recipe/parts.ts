/** The small parts of a recipe on its finished decoder: embedder and policies, each an ordinary training run. */
import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { TrainInput, type TrainEvent } from '../../../../shared/train.ts'
import type { Tensor } from '../../graph/value.ts'
import type { Bundle } from '../../store/bundle.ts'
import { checkpointStep, readCheckpoint } from '../loop/checkpoint.ts'
import { identityOf, trainRun } from '../run.ts'
import { readRunConfig, sameBasis } from '../runFolder.ts'
import type { Recipe } from './recipe.ts'

/** What the words of a part's data stand for. */
export type PartData = { readonly text: readonly string[]; readonly pairs: readonly string[] }
/** What a part tells: an event of its run, or that a run of before is of no use any more and where it was put. */
export type PartEvent =
  | { readonly type: 'part'; readonly part: string; readonly steps: number; readonly event: TrainEvent }
  | { readonly type: 'aside'; readonly part: string; readonly step: number; readonly folder: string }

/** The folder of a part's run within that of the recipe. */
export function partFolder(out: string, name: string): string {
  return join(out, 'parts', name)
}

/**
 * Trains one part of a recipe on `bundle`, or goes on with it; what is finished is not opened again. A run on other weights than
 * those of `bundle`, finished or not, is set aside and the part trained anew. Returns its weights.
 */
export async function* trainPart(
  part: Recipe['parts'][number],
  bundle: Bundle,
  options: {
    readonly out: string
    readonly data: PartData
    readonly threads: number
    readonly signal?: AbortSignal | undefined
  },
): AsyncGenerator<PartEvent, ReadonlyMap<string, Tensor> | null> {
  const { name, data, ...settings } = part
  const folder = partFolder(options.out, name)
  const files = { text: options.data.text, pairs: options.data.pairs, synthetic: ['synthetic'] } as const
  const input = TrainInput.parse({ ...settings, data: data.flatMap((word) => files[word]), out: folder })
  if (!(await standsOn(input, bundle))) {
    const step = checkpointStep(folder)
    yield { type: 'aside', part: name, step, folder: await setAside(folder) }
  }
  if (checkpointStep(folder) < part.steps) {
    const training = trainRun(input, bundle, options)
    for await (const event of training) yield { type: 'part', part: name, steps: part.steps, event }
  }
  const reached = readCheckpoint(folder)
  return reached && reached.step >= part.steps ? reached.weights : null
}

/** Whether what the part's folder holds, if anything, was trained on these very weights. */
async function standsOn(input: TrainInput, bundle: Bundle): Promise<boolean> {
  const begun = await readRunConfig(input.out)
  // What a carried bundle left there was trained before this recipe, and has no settings.
  if (!begun || sameBasis(begun.bundle, identityOf(input, bundle))) return true
  // One finished before its basis was kept: an embedder passes through no part that another training moves.
  const finished = checkpointStep(input.out) >= input.steps
  return finished && begun.bundle.basis === undefined && input.trainer === 'embedder'
}

/** Puts a run's folder beside itself, whole, under the first number that is free. Returns where it now is. */
async function setAside(folder: string): Promise<string> {
  let number = 1
  while (existsSync(`${folder}.${number}`)) number++
  await rename(folder, `${folder}.${number}`)
  return `${folder}.${number}`
}

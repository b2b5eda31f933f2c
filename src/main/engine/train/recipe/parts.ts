/** The small parts of a recipe on its finished decoder: embedder and policies, each an ordinary training run. */
import { join } from 'node:path'
import type { TrainEvent } from '../../../../shared/train.ts'
import type { Tensor } from '../../graph/value.ts'
import type { Bundle } from '../../store/bundle.ts'
import { checkpointStep, readCheckpoint } from '../loop/checkpoint.ts'
import { trainRun } from '../run.ts'
import type { Recipe } from './recipe.ts'

/** What the words of a part's data stand for. */
export type PartData = { readonly text: readonly string[]; readonly pairs: readonly string[] }
export type PartEvent = { readonly part: string; readonly steps: number; readonly event: TrainEvent }

/** The folder of a part's run within that of the recipe. */
export function partFolder(out: string, name: string): string {
  return join(out, 'parts', name)
}

/** Trains one part of a recipe on `bundle`, or goes on with it; what is finished is not opened again. Returns its weights. */
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
  if (checkpointStep(folder) < part.steps) {
    const input = { ...settings, data: data.flatMap((word) => files[word]), out: folder }
    const training = trainRun(input, bundle, options)
    for await (const event of training) yield { part: name, steps: part.steps, event }
  }
  const reached = readCheckpoint(folder)
  return reached && reached.step >= part.steps ? reached.weights : null
}

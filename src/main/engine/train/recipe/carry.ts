/** A recipe's run begun in the middle: a bundle's weights stand for the stages behind it. */
import { join } from 'node:path'
import { Fault } from '../../../../shared/fault.ts'
import type { Tensor } from '../../graph/value.ts'
import { openBundle } from '../../store/bundle.ts'
import { writeAtomic } from '../../store/files.ts'
import { begun, writeCheckpoint } from '../loop/checkpoint.ts'
import { partFolder } from './parts.ts'
import type { Recipe } from './recipe.ts'

/** Whose weights a run begins with, and the stage that they have behind them. */
export type Carried = { readonly load: string; readonly after: string }

/**
 * Writes into an empty run folder what the stages up to `after` would have left there: tokenizer, embedder and a
 * checkpoint, its weights rounded to f16 as the bundle keeps them and its moments zero. The policies are trained anew.
 * Faults bad-input where the recipe has no such stage, bundle-missing and bundle-damaged.
 */
export async function carryBundle(recipe: Recipe, folder: string, { load, after }: Carried): Promise<void> {
  const at = recipe.stages.findIndex((stage) => stage.name === after)
  if (at < 0) {
    const names = recipe.stages.map((stage) => `"${stage.name}"`).join(', ')
    throw new Fault('bad-input', `The recipe ${recipe.name} has no stage "${after}"; it has ${names}.`)
  }
  const bundle = await openBundle(load)
  const of = (...parts: readonly string[]): Map<string, Tensor> =>
    new Map([...bundle.weights].filter(([name]) => parts.some((part) => name.startsWith(`${part}.`))))
  await writeAtomic(join(folder, 'tokenizer.json'), JSON.stringify(bundle.tokenizer))
  const keep = (where: string, step: number, weights: Map<string, Tensor>): Promise<void> =>
    writeCheckpoint(where, { step, ...begun, weights, moments: new Map() })
  // The embedder reads no other part: what trained it is behind it whichever stages follow.
  for (const part of recipe.parts.filter(({ trainer }) => trainer === 'embedder'))
    await keep(partFolder(folder, part.name), part.steps, of('embedder'))
  const steps = recipe.stages.slice(0, at + 1).reduce((sum, stage) => sum + stage.steps, 0)
  await keep(folder, steps, of('decoder', 'encoder', 'projector'))
}

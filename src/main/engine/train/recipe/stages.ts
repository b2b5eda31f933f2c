/** A recipe's stages as a course: decoder, encoder and projector from nothing. */
import { initialWeight } from '../../nets/initial.ts'
import { runCourse, type Course, type LoopEvent, type LoopOptions } from '../loop/loop.ts'
import { mixedLoss } from '../loop/mixed.ts'
import { placeOf, type Part, type Recipe, type Stage } from './recipe.ts'
import { spreadPositions } from '../loop/positions.ts'
import { batchFeeds, packBatch, shapeKey, type Batch } from '../loop/rows.ts'
import { stepRandom, tasks, type TaskContext } from './tasks.ts'
import { validateSets } from '../loop/validate.ts'

/** Feeds of a batch, and what validation needs beside them. */
function drawBatch(recipe: Recipe, context: TaskContext, part: Part, seed: number, step: number): Batch {
  const random = stepRandom(seed, step)
  const { shape, task, ...options } = part
  const pad = 1
  const batch = packBatch(shape, recipe.decoder.vocabulary, pad, () =>
    tasks[task](random, context, { ...options, k: shape.k, room: shape.length }),
  )
  return shape.reach === undefined ? batch : spreadPositions(batch, shape, shape.reach, random)
}

/** A recipe's stages one after another. */
export function stagesCourse(
  recipe: Recipe,
  context: TaskContext,
  options: { readonly validation: readonly (Part & { readonly name: string })[]; readonly threads: number },
): Course {
  const steps = recipe.stages.reduce((sum, stage) => sum + stage.steps, 0)
  const place = (step: number): { readonly stage: Stage; readonly learningRate: number } => {
    const found = placeOf(recipe, step)
    if (!found) throw new Error(`internal: step ${step} is past the recipe's ${steps}`)
    return found
  }
  const held = { ...context, split: 'valid' as const }
  const sets = options.validation.map((part) => ({
    name: part.name,
    shape: part.shape,
    batches: [0, 1, 2, 3].map((round) => drawBatch(recipe, held, part, 977, round)),
  }))
  return {
    steps,
    stage: (step) => place(step).stage.name,
    rate: (step) => place(step).learningRate,
    draw(step) {
      const { parts, frozen } = place(step).stage
      const random = stepRandom(recipe.seed ^ 0x5bd1e995, step)
      let left = random.float() * parts.reduce((sum, part) => sum + part.share, 0)
      const part = parts.find((each) => (left -= each.share) < 0) ?? (parts[0] as Part)
      const batch = drawBatch(recipe, context, part, recipe.seed, step)
      const loss = (g: Parameters<typeof mixedLoss>[0]) => mixedLoss(g, recipe, part.shape)
      const trains = (name: string): boolean => !frozen.some((begin) => name.startsWith(begin))
      const key = [shapeKey(part.shape), ...frozen].join(' ')
      return [{ key, loss, trains, feeds: batchFeeds(batch), tokens: batch.tokens, share: 1 }]
    },
    validate: (weights) =>
      validateSets(
        (g, shape) => mixedLoss(g, recipe, shape),
        sets,
        weights,
        options.threads,
        (id) => context.tokenizer.piece(id),
      ),
  }
}

/** Runs a recipe's stages in a folder, from its checkpoint when it has one. */
export function runStages(
  recipe: Recipe,
  context: TaskContext,
  options: { readonly validation: readonly (Part & { readonly name: string })[] } & Omit<
    LoopOptions,
    'initial' | 'adam' | 'trains'
  >,
): AsyncGenerator<LoopEvent> {
  const { validation, ...loop } = options
  return runCourse(stagesCourse(recipe, context, { validation, threads: loop.threads }), {
    ...loop,
    initial: (param) => initialWeight(param, recipe.seed, recipe.decoder.layers),
    adam: recipe.adam,
  })
}

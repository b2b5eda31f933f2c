/** Recipes: a training run as committed data. */
import * as z from 'zod'
import { DecoderConfig, EmbedderConfig, EncoderConfig, PolicyConfig } from '../../nets/config.ts'
import { TrainInput } from '../../../../shared/train.ts'
import { tasks, type TaskName } from './tasks.ts'

const size = z.number().int().min(1)
const Shape = z.object({
  batch: size,
  length: size,
  k: size,
  chunks: size,
  targets: size,
  alone: z.boolean().optional(),
  reach: size.optional(),
})

/** One kind of batch of a stage, drawn with probability in proportion to `share`. */
const Part = z.object({
  task: z.enum(Object.keys(tasks) as [TaskName, ...TaskName[]]),
  share: z.number().positive(),
  shape: Shape,
  most: size,
  exactly: z.boolean().default(false),
  textShare: z.number().min(0).max(1).default(0),
  p: z.number().min(0).max(1).optional(),
  /** What a token of expanded context counts, an answer's counting 1. */
  contextWeight: z.number().min(0).optional(),
  /** Tokens of context and of what follows it, for the tasks on running text. */
  before: size.optional(),
  after: size.optional(),
})
export type Part = z.infer<typeof Part>

const Stage = z.object({
  name: z.string(),
  steps: size,
  /** Learning rates at its first and last step, as factors of the recipe's; a straight line between. */
  rate: z.tuple([z.number(), z.number()]).default([1, 1]),
  /** Beginnings of the names of weights that stay. */
  frozen: z.array(z.string()).default([]),
  parts: z.array(Part).min(1),
})
export type Stage = z.infer<typeof Stage>

/** A run on the finished decoder; its data in words that stand for the files given beside the recipe. */
const SmallPart = TrainInput.omit({ data: true, out: true }).extend({
  name: z.string().regex(/^[a-z ]+$/),
  data: z.array(z.enum(['synthetic', 'text', 'pairs'])).min(1),
})

export const Recipe = z.object({
  name: z.string(),
  seed: z.number().int(),
  tokenizer: z.object({ size, sheets: size, textBytes: z.number().int().min(0) }),
  decoder: DecoderConfig,
  encoder: EncoderConfig,
  policy: PolicyConfig,
  embedder: EmbedderConfig,
  ks: z.array(size).describe('k that are trained'),
  learningRate: z.number().positive(),
  warmup: size,
  adam: z.object({ beta1: z.number(), beta2: z.number(), epsilon: z.number(), clip: z.number(), decay: z.number() }),
  stages: z.array(Stage).min(1),
  parts: z.array(SmallPart).describe('runs on the finished decoder, each from the bundle that the ones before it left'),
})
export type Recipe = z.infer<typeof Recipe>

/** Where step `step` (from 1) of a recipe stands: its stage and its learning rate. */
export function placeOf(recipe: Recipe, step: number): { readonly stage: Stage; readonly learningRate: number } | null {
  let first = 1
  for (const stage of recipe.stages) {
    if (step < first + stage.steps) {
      const along = (step - first) / Math.max(1, stage.steps - 1)
      const factor = stage.rate[0] + (stage.rate[1] - stage.rate[0]) * along
      return { stage, learningRate: recipe.learningRate * factor * Math.min(1, step / recipe.warmup) }
    }
    first += stage.steps
  }
  return null
}

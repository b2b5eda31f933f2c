/** The training loop of decoder, encoder and projector: stages of a recipe, checkpointed, resumed where they stopped. */
import { Fault } from '../../../shared/fault.ts'
import { startGraph } from '../graph/build.ts'
import { live, numbers, openSession, type Feeds, type Live, type Session } from '../graph/run.ts'
import { initialWeight } from '../nets/initial.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { mixedLoss } from './mixed.ts'
import { placeOf, type Part, type Recipe } from './recipe.ts'
import { packBatch, type Batch, type BatchShape } from './rows.ts'
import { stepRandom, tasks, type TaskContext } from './tasks.ts'
import { startTrainer, type TrainingStep } from './trainer.ts'

/** Held-out figures of one part: loss, and the share of answers whose every token was the likeliest. */
export type Validation = {
  readonly name: string
  readonly loss: number
  readonly exact: number | null
  readonly tokens: number
}
export type LoopEvent =
  | {
      readonly type: 'step'
      readonly step: number
      readonly stage: string
      readonly loss: number
      readonly gradientNorm: number
      readonly tokensPerSecond: number
    }
  | { readonly type: 'valid'; readonly step: number; readonly results: readonly Validation[] }

/** Feeds of a batch, and what validation needs beside them. */
function drawBatch(recipe: Recipe, context: TaskContext, part: Part, seed: number, step: number): Batch {
  const random = stepRandom(seed, step)
  const { shape, task, ...options } = part
  const pad = 1
  return packBatch(shape, recipe.decoder.vocabulary, pad, () => {
    const { p, ...rest } = options
    return tasks[task](random, context, { ...rest, ...(p === undefined ? {} : { p }), k: shape.k, room: shape.length })
  })
}

const toLive = (batch: Batch): Feeds =>
  Object.fromEntries(Object.entries(batch.feeds).map(([name, tensor]) => [name, live(tensor)]))
const shapeKey = (shape: BatchShape): string =>
  `${shape.batch}x${shape.length} k${shape.k} c${shape.chunks} t${shape.targets}`

/** Fraction of answer groups of a batch whose every target is the likeliest token. */
function exactShare(batch: Batch, scores: Float32Array, vocabulary: number): number | null {
  const right = new Map<number, boolean>()
  const { targets } = batch.feeds
  if (!targets) throw new Error('internal: a batch without targets')
  const wanted = new Int32Array((targets.data as BigInt64Array).buffer)
  for (let i = 0; i < batch.targets; i++) {
    const group = batch.groups[i] as number
    if (group < 0) continue
    const target = wanted[2 * i] as number
    const best = scores[i * vocabulary + target] as number
    let hit = true
    for (let id = 0; id < vocabulary && hit; id++) hit = (scores[i * vocabulary + id] as number) <= best
    right.set(group, (right.get(group) ?? true) && hit)
  }
  return right.size === 0 ? null : [...right.values()].filter(Boolean).length / right.size
}

/** Runs `parts` once on held-out draws under the given weights. */
export async function validate(
  recipe: Recipe,
  context: TaskContext,
  parts: readonly (Part & { readonly name: string })[],
  weights: () => ReadonlyMap<string, Live>,
  threads: number,
): Promise<Validation[]> {
  const results: Validation[] = []
  for (const part of parts) {
    const g = startGraph('valid')
    const { loss, scores } = mixedLoss(g, recipe, part.shape)
    g.output('loss', loss)
    g.output('scores', scores)
    const graph = g.finish()
    const session: Session = await openSession(graph, undefined, { threads, arena: false })
    const [losses, shares]: [number[], number[]] = [[], []]
    let tokens = 0
    for (let round = 0; round < 4; round++) {
      const batch = drawBatch(recipe, { ...context, split: 'valid' }, part, 977, round)
      const bound = weights()
      const result = await session.run({
        ...toLive(batch),
        ...Object.fromEntries(graph.params.map((param) => [param.name, bound.get(param.name) as Live])),
      })
      losses.push(numbers(result.loss)[0] as number)
      const share = exactShare(batch, numbers(result.scores), recipe.decoder.vocabulary)
      if (share !== null) shares.push(share)
      tokens += batch.targets
    }
    await session.close()
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    results.push({ name: part.name, loss: mean(losses), exact: shares.length > 0 ? mean(shares) : null, tokens })
  }
  return results
}

/** Runs a recipe's stages in `folder`, from its checkpoint when it has one. Ends early when `until` says so. */
export async function* runStages(
  recipe: Recipe,
  context: TaskContext,
  options: {
    readonly folder: string
    readonly threads: number
    readonly validation: readonly (Part & { readonly name: string })[]
    readonly every: { readonly log: number; readonly valid: number; readonly checkpoint: number }
    readonly until?: () => boolean
    readonly signal?: AbortSignal
  },
): AsyncGenerator<LoopEvent> {
  const resumed = readCheckpoint(options.folder)
  const trainer = startTrainer({
    initial: (param) => resumed?.weights.get(param.name) ?? initialWeight(param, recipe.seed, recipe.decoder.layers),
    ...(resumed ? { moments: resumed.moments } : {}),
    adam: recipe.adam,
    session: { threads: options.threads },
  })
  const prepared = new Map<string, TrainingStep>()
  let stageName = ''
  const save = (step: number): Promise<void> =>
    writeCheckpoint(options.folder, { step, weights: trainer.weights(), moments: trainer.moments() })
  let [step, recent, tokens, since] = [resumed?.step ?? 0, 0, 0, performance.now()]
  let smooth = 0
  try {
    for (
      let place = placeOf(recipe, step + 1);
      place && !options.until?.() && !options.signal?.aborted;
      place = placeOf(recipe, step + 1)
    ) {
      step++
      if (place.stage.name !== stageName) {
        // Each graph keeps its own memory: those of the stage before would add up.
        for (const training of prepared.values()) await training.close()
        prepared.clear()
        stageName = place.stage.name
      }
      const random = stepRandom(recipe.seed ^ 0x5bd1e995, step)
      let draw = random.float() * place.stage.parts.reduce((sum, part) => sum + part.share, 0)
      const part = place.stage.parts.find((each) => (draw -= each.share) < 0) ?? (place.stage.parts[0] as Part)
      const key = shapeKey(part.shape)
      let training = prepared.get(key)
      if (!training) {
        training = await trainer.prepare(key, (g) => mixedLoss(g, recipe, part.shape))
        prepared.set(key, training)
      }
      const batch = drawBatch(recipe, context, part, recipe.seed, step)
      const result = await training.run(toLive(batch), place.learningRate, step)
      // A gradient that is no number has spoilt the weights already, though the loss before it was one.
      if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradientNorm))
        throw new Fault(
          'training-diverged',
          `At step ${step} (${place.stage.name}) the loss is ${result.loss}, the gradient's norm ${result.gradientNorm}.`,
        )
      smooth = recent === 0 ? result.loss : smooth + (result.loss - smooth) / Math.min(recent + 1, 50)
      recent++
      tokens += batch.tokens
      if (step % options.every.log === 0) {
        yield {
          type: 'step',
          step,
          stage: place.stage.name,
          loss: smooth,
          gradientNorm: result.gradientNorm,
          tokensPerSecond: (tokens / (performance.now() - since)) * 1000,
        }
        tokens = 0
        since = performance.now()
      }
      if (step % options.every.checkpoint === 0) await save(step)
      if (step % options.every.valid === 0) {
        yield {
          type: 'valid',
          step,
          results: await validate(recipe, context, options.validation, () => trainer.live(), options.threads),
        }
        since = performance.now()
      }
    }
    // A run that found nothing to do has claimed no weights, and must not write over those it found.
    if (step > (resumed?.step ?? 0)) await save(step)
  } finally {
    await trainer.close()
  }
}

/** The one training loop: steps drawn by a course, checkpointed, resumed where they stopped, guarded against nonsense. */
import type { Score } from '../../../../shared/corpus.ts'
import { Fault } from '../../../../shared/fault.ts'
import type { Feeds, Live } from '../../graph/run.ts'
import type { Tensor, Value } from '../../graph/value.ts'
import { begun, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import type { AdamOptions } from './optimizer.ts'
import { startTrainer, type Gathering, type LossGraph, type TrainingStep } from './trainer.ts'
import type { Validated } from './validate.ts'

/** One micro-batch: batches of one `key` share a compiled graph. */
export type MicroBatch = {
  readonly key: string
  readonly loss: LossGraph
  /** Which weights it moves, where not all that the run does; batches of one `key` move the same. */
  readonly trains?: (name: string) => boolean
  readonly feeds: Feeds
  readonly tokens: number
  /** What it counts within its step; the shares of a step add up to one. */
  readonly share: number
  readonly scores?: readonly Score[]
}

/** What is trained on: everything about a run that is not the loop's own. */
export type Course = {
  /** The micro-batches of a step, from 1. The same step always draws the same. */
  readonly draw: (
    step: number,
    weights: () => ReadonlyMap<string, Live>,
  ) => readonly MicroBatch[] | Promise<readonly MicroBatch[]>
  /** What the step is called by in events. */
  readonly stage: (step: number) => string
  readonly rate: (step: number) => number
  readonly steps: number
  readonly validate?: (weights: ReadonlyMap<string, Live>) => Promise<Validated>
  /** A loss whose weights must be there before the first step is drawn, as a policy that samples needs. */
  readonly first?: Pick<MicroBatch, 'key' | 'loss'>
  /** Frees what the course itself opened. */
  readonly close?: () => Promise<void>
}

export type LoopEvent =
  | {
      readonly type: 'step'
      readonly step: number
      readonly stage: string
      /** Mean over about the last fifty steps. */
      readonly loss: number
      /** Of this step alone. */
      readonly stepLoss: number
      readonly learningRate: number
      readonly gradientNorm: number
      readonly tokensPerSecond: number
      /** What else the course has to say of the step. */
      readonly scores: readonly Score[]
    }
  | ({ readonly type: 'valid'; readonly step: number } & Validated)
  /** A checkpoint that was asked for is kept. */
  | { readonly type: 'saved'; readonly step: number }

export type LoopOptions = {
  /** Folder of the checkpoint; null for a run that neither finds nor leaves anything. */
  readonly folder: string | null
  readonly initial: (param: Value) => Tensor
  readonly trains?: (name: string) => boolean
  readonly adam: AdamOptions
  /** Computes layers again in the backward pass: slower, holds less. */
  readonly recompute?: boolean | undefined
  readonly threads: number
  readonly every: { readonly log: number; readonly valid: number; readonly checkpoint: number }
  /** Validations without a better first loss before the run ends by itself. */
  readonly patience?: number | undefined
  readonly until?: (() => boolean) | undefined
  /** Asked after each step: true where a checkpoint is wanted now. */
  readonly saveNow?: (() => boolean) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Compiled graphs kept at a time: each has memory of its own. */
const kept = 16

/** Runs a course from its folder's checkpoint, when it has one, to its end, or as far as `until` and `signal` let it. */
export async function* runCourse(course: Course, options: LoopOptions): AsyncGenerator<LoopEvent> {
  const { folder } = options
  const resumed = folder === null ? null : readCheckpoint(folder)
  const trainer = startTrainer({
    initial: (param) => resumed?.weights.get(param.name) ?? options.initial(param),
    ...(resumed ? { moments: resumed.moments } : {}),
    ...(options.trains ? { trains: options.trains } : {}),
    adam: options.adam,
    recompute: options.recompute,
    session: { threads: options.threads },
  })
  const compiled = new Map<string, TrainingStep | Gathering>()
  async function prepared<Kind extends TrainingStep | Gathering>(
    key: string,
    make: () => Promise<Kind>,
  ): Promise<Kind> {
    const known = compiled.get(key) as Kind | undefined
    const found = known ?? (await make())
    // The one used longest ago goes first.
    compiled.delete(key)
    compiled.set(key, found)
    const [oldest] = compiled
    if (compiled.size > kept && oldest) {
      compiled.delete(oldest[0])
      await oldest[1].close()
    }
    return found
  }

  async function take(batches: readonly MicroBatch[], learningRate: number, step: number) {
    const [only] = batches
    if (!only) throw new Error(`internal: step ${step} drew nothing`)
    if (batches.length === 1) {
      const training = await prepared(only.key, () => trainer.prepare(only.key, only.loss, only.trains))
      return training.run(only.feeds, learningRate, step)
    }
    let loss = 0
    for (const batch of batches) {
      const gathering = await prepared(`${batch.key} gathered`, () =>
        trainer.prepareGathering(batch.key, batch.loss, batch.trains),
      )
      loss += batch.share * (await gathering.run(batch.feeds, batch.share))
    }
    return { loss, gradientNorm: await trainer.apply(learningRate, step) }
  }

  async function save(at: number): Promise<void> {
    if (folder === null) return
    const [weights, moments] = [trainer.weights(), trainer.moments()]
    await writeCheckpoint(folder, { step: at, watch, told, weights, moments })
  }
  const start = resumed?.step ?? 0
  let [step, tokens, since] = [start, 0, performance.now()]
  let { watch, told } = resumed ?? begun
  const tired = (): boolean => options.patience !== undefined && watch.waited >= options.patience
  try {
    const { first } = course
    if (first) await prepared(first.key, () => trainer.prepare(first.key, first.loss))
    while (step < course.steps && !tired() && !options.until?.() && !options.signal?.aborted) {
      step++
      const batches = await course.draw(step, () => trainer.live())
      const learningRate = course.rate(step)
      const result = await take(batches, learningRate, step)
      // A gradient that is no number spoils the weights though the loss before it was one: the step is taken back.
      if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradientNorm)) {
        trainer.undo()
        step--
        if (step > start) await save(step)
        throw new Fault(
          'training-diverged',
          `At step ${step + 1} (${course.stage(step + 1)}) the loss is ${result.loss}, the gradient's norm ${result.gradientNorm}.`,
        )
      }
      const steps = told.steps + 1
      told = { loss: told.loss + (result.loss - told.loss) / Math.min(steps, 50), steps }
      tokens += batches.reduce((sum, batch) => sum + batch.tokens, 0)
      if (step % options.every.log === 0) {
        yield {
          type: 'step',
          step,
          stage: course.stage(step),
          loss: told.loss,
          stepLoss: result.loss,
          learningRate,
          gradientNorm: result.gradientNorm,
          tokensPerSecond: (tokens / (performance.now() - since)) * 1000,
          scores: batches.flatMap((batch) => batch.scores ?? []),
        }
        ;[tokens, since] = [0, performance.now()]
      }
      if (course.validate && step % options.every.valid === 0) {
        const found = await course.validate(trainer.live())
        yield { type: 'valid', step, ...found }
        const reached = found.loss
        watch =
          watch.best === null || reached < watch.best
            ? { best: reached, waited: 0 }
            : { ...watch, waited: watch.waited + 1 }
        since = performance.now()
      }
      const wanted = options.saveNow?.() ?? false
      if (wanted || step % options.every.checkpoint === 0) await save(step)
      if (wanted) yield { type: 'saved', step }
    }
    // A run that found nothing to do has claimed no weights, and must not write over those it found.
    if (step > start) await save(step)
  } finally {
    await trainer.close()
    await course.close?.()
  }
}

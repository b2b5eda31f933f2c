/** One training run from a bundle: data opened, course run, events kept, resumed where it stopped. */
import type { Score } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import { TrainEvent, type TrainInput, type TrainResult } from '../../../shared/train.ts'
import { runtimeInfo } from '../graph/run.ts'
import { decoderLayers, isAdapter, type Lora } from '../nets/lora.ts'
import { templateIds } from '../nets/template.ts'
import type { Bundle } from '../store/bundle.ts'
import { openTokenizer, type Tokenizer } from '../tokens/tokenizer.ts'
import { checkpointStep } from './loop/checkpoint.ts'
import { openRetrieval } from './data/retrieval.ts'
import { openSource, type Source } from './data/source.ts'
import { runCourse, type Course, type LoopEvent, type LoopOptions } from './loop/loop.ts'
import { adamDefaults } from './loop/optimizer.ts'
import { firstValues } from './courses/firstValues.ts'
import { basisOf, trainers } from './courses/trainers.ts'
import { keepEvent, openRunFolder, readRunConfig, rewindEvents, type RunConfig } from './runFolder.ts'

/** The adapters that a run's settings ask for. */
export function loraOf(input: TrainInput): Lora | null {
  return input.lora === undefined ? null : { rank: input.lora, alpha: 2 * input.lora, adapts: decoderLayers }
}

/** Which weights a run moves, by name. With adapters the decoder's own layers stay; what is not the decoder's moves as it would. */
export function trainsOf(input: TrainInput): (name: string) => boolean {
  const { trains } = trainers[input.trainer]
  const stays = (name: string): boolean => input.frozen?.some((part) => name.startsWith(`${part}.`)) ?? false
  return (name) =>
    !stays(name) && (input.lora !== undefined && name.startsWith('decoder.') ? isAdapter(name) : trains(name))
}

/** The bundle as a run names it. */
export function identityOf(input: TrainInput, bundle: Bundle): RunConfig['bundle'] {
  return { name: bundle.config.name, hash: bundle.hash, basis: basisOf(input, bundle) }
}

/** What a trainer has no use for is refused rather than passed over. */
function checkInput({ trainer, fresh, frozen = [], lora }: TrainInput): void {
  const idle = fresh.find((part) => !trainers[trainer].begins.includes(part))
  if (idle)
    throw new Fault('bad-input', `The trainer ${trainer} has no ${idle} to begin anew.`, {
      remedy: 'Leave --fresh out, or train the part first and load the bundle made of it.',
    })
  const kept = frozen.find((part) => !trainers[trainer].begins.includes(part))
  if (kept)
    throw new Fault('bad-input', `The trainer ${trainer} moves no ${kept} to be frozen.`, {
      remedy: 'Leave --freeze out.',
    })
  if (lora !== undefined && frozen.includes('decoder'))
    throw new Fault('bad-input', 'Adapters of a frozen decoder would not move.', {
      remedy: 'Leave out --lora or --freeze decoder.',
    })
}

/** The data of a run, passages retrieved where questions have none. */
async function openData(
  input: TrainInput,
  bundle: Bundle,
  tokenizer: Tokenizer,
  { threads, signal }: RunOptions,
): Promise<Source> {
  const { corpus } = input
  const { reads } = trainers[input.trainer]
  if (corpus === undefined) return openSource(input.data, reads, tokenizer)
  const { retrieve, close } = await openRetrieval({ ...input, corpus }, { bundle, tokenizer, threads, signal })
  try {
    return await openSource(input.data, reads, tokenizer, retrieve)
  } finally {
    await close()
  }
}

/** An event as it is kept and sent: its lists are its own. */
function tell(event: LoopEvent): TrainEvent {
  return TrainEvent.parse(event)
}

type RunOptions = {
  readonly threads: number
  readonly signal?: AbortSignal | undefined
  /** Asked after each step: true where a checkpoint is wanted now. */
  readonly saveNow?: (() => boolean) | undefined
}

/** What a run's settings come to: its data read, its course opened, and what the loop is told beside. */
export type OpenRun = {
  readonly source: Source
  readonly course: Course
  readonly loop: Pick<LoopOptions, 'initial' | 'trains' | 'adam' | 'recompute' | 'threads' | 'patience'>
}

/** Reads the data and opens the course: what a run is refused for is told here. The course is to be closed, or run. */
export async function openRun(
  input: TrainInput,
  bundle: Bundle,
  options: Pick<RunOptions, 'threads' | 'signal'>,
): Promise<OpenRun> {
  checkInput(input)
  const { threads } = options
  const trainer = trainers[input.trainer]
  const tokenizer = openTokenizer(bundle.tokenizer)
  const source = await openData(input, bundle, tokenizer, options)
  const lora = loraOf(input)
  const course = await trainer.open({
    input,
    ks: input.ks ?? bundle.config.ks,
    bundle,
    tokenizer,
    ids: templateIds(bundle.config.template, tokenizer),
    source,
    lora,
    threads,
  })
  return {
    source,
    course,
    loop: {
      initial: firstValues(input, bundle),
      trains: trainsOf(input),
      adam: adamDefaults,
      recompute: input.recompute,
      threads,
      patience: input.patience,
    },
  }
}

/** Trains as `input` says, from a bundle or from where its folder stands. Returns where it got to. */
export async function* trainRun(
  input: TrainInput,
  bundle: Bundle,
  options: RunOptions,
): AsyncGenerator<TrainEvent, TrainResult> {
  return yield* await prepareRun(input, bundle, options)
}

/** Opens the run and its folder: what a run is refused for is told here, before its first step. */
export async function prepareRun(
  input: TrainInput,
  bundle: Bundle,
  { threads, signal, saveNow }: RunOptions,
): Promise<AsyncGenerator<TrainEvent, TrainResult>> {
  const { source, course, loop } = await openRun(input, bundle, { threads, signal })
  const { version, device } = runtimeInfo()
  try {
    const begun = await readRunConfig(input.out)
    await openRunFolder(input.out, {
      format: 1,
      input,
      bundle: identityOf(input, bundle),
      began: new Date().toISOString(),
      data: source.about,
      report: begun ? begun.report : source.report(),
      machine: { onnxruntime: version, device, threads, node: process.versions.node },
    })
    await rewindEvents(input.out, checkpointStep(input.out))
  } catch (error) {
    await course.close?.()
    throw error
  }
  return told()

  async function* told(): AsyncGenerator<TrainEvent, TrainResult> {
    const running = runCourse(course, { ...loop, folder: input.out, every: input.every, signal, saveNow })
    let scores: Score[] = []
    for await (const event of running) {
      const said = tell(event)
      if (said.type === 'valid') scores = said.scores
      await keepEvent(input.out, said)
      yield said
    }
    const steps = checkpointStep(input.out)
    const ended = steps >= input.steps || !signal?.aborted
    return { out: input.out, steps, finished: ended, scores }
  }
}

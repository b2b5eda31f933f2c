/** One training run from a bundle: data opened, course run, events kept, resumed where it stopped. */
import type { Score } from '../../../shared/corpus.ts'
import { TrainEvent, type TrainInput, type TrainResult } from '../../../shared/train.ts'
import { runtimeInfo } from '../graph/run.ts'
import type { Tensor } from '../graph/value.ts'
import { initialWeight } from '../nets/initial.ts'
import { decoderLayers, isAdapter, type Lora } from '../nets/lora.ts'
import { templateIds } from '../nets/template.ts'
import type { Bundle } from '../store/bundle.ts'
import { openTokenizer } from '../tokens/tokenizer.ts'
import { checkpointStep } from './loop/checkpoint.ts'
import { openSource } from './data/source.ts'
import { runCourse, type LoopEvent } from './loop/loop.ts'
import { adamDefaults } from './loop/optimizer.ts'
import { trainers } from './courses/trainers.ts'
import { keepEvent, openRunFolder, rewindEvents } from './runFolder.ts'

/** The adapters that a run's settings ask for. */
export function loraOf(input: TrainInput): Lora | null {
  return input.lora === undefined ? null : { rank: input.lora, alpha: 2 * input.lora, adapts: decoderLayers }
}

/** An event as it is kept and sent: its lists are its own. */
function tell(event: LoopEvent): TrainEvent {
  return TrainEvent.parse(event)
}

type RunOptions = { readonly threads: number; readonly signal?: AbortSignal | undefined }

/** Trains as `input` says, from a bundle or from where its folder stands. Returns where it got to. */
export async function* trainRun(
  input: TrainInput,
  bundle: Bundle,
  options: RunOptions,
): AsyncGenerator<TrainEvent, TrainResult> {
  return yield* await prepareRun(input, bundle, options)
}

/** Reads the data and opens the run's folder: what a run is refused for is told here, before its first step. */
export async function prepareRun(
  input: TrainInput,
  bundle: Bundle,
  { threads, signal }: RunOptions,
): Promise<AsyncGenerator<TrainEvent, TrainResult>> {
  const trainer = trainers[input.trainer]
  const tokenizer = openTokenizer(bundle.tokenizer)
  const source = await openSource(input.data, trainer.reads, tokenizer)
  const lora = loraOf(input)
  const course = await trainer.open({
    input,
    ks: input.ks ?? bundle.config.ks,
    bundle,
    tokenizer,
    ids: templateIds(bundle.config.template, tokenizer.special),
    source,
    lora,
    threads,
  })
  const { version, device } = runtimeInfo()
  try {
    await openRunFolder(input.out, {
      format: 1,
      input,
      bundle: { name: bundle.config.name, hash: bundle.hash },
      began: new Date().toISOString(),
      data: source.about,
      machine: { onnxruntime: version, device, threads, node: process.versions.node },
    })
    await rewindEvents(input.out, checkpointStep(input.out))
  } catch (error) {
    await course.close?.()
    throw error
  }
  return told()

  async function* told(): AsyncGenerator<TrainEvent, TrainResult> {
    const running = runCourse(course, {
      folder: input.out,
      initial: (param) => (bundle.weights.get(param.name) as Tensor | undefined) ?? initialWeight(param, input.seed),
      // With adapters the decoder's own layers stay; what is not the decoder's moves as it would.
      trains: (name) => (lora && name.startsWith('decoder.') ? isAdapter(name) : trainer.trains(name)),
      adam: adamDefaults,
      recompute: input.recompute,
      threads,
      every: input.every,
      patience: input.patience,
      signal,
    })
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

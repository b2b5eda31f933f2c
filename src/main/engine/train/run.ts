/** One training run from a bundle: data opened, course run, events kept, resumed where it stopped. */
import type { Score } from '../../../shared/corpus.ts'
import type { TrainEvent, TrainInput, TrainResult } from '../../../shared/train.ts'
import { runtimeInfo } from '../graph/run.ts'
import type { Tensor } from '../graph/value.ts'
import { initialWeight } from '../nets/initial.ts'
import { decoderLayers, isAdapter, type Lora } from '../nets/lora.ts'
import { templateIds } from '../nets/template.ts'
import type { Bundle } from '../store/bundle.ts'
import { openTokenizer, type Tokenizer } from '../tokens/tokenizer.ts'
import { checkpointStep } from './checkpoint.ts'
import { openCourse } from './course.ts'
import { openSource } from './data/source.ts'
import { kinds, type Kind } from './kinds.ts'
import { runCourse, type LoopEvent } from './loop.ts'
import { adamDefaults } from './optimizer.ts'
import { keepEvent, openRunFolder, rewindEvents } from './runFolder.ts'
import type { Validation } from './validate.ts'

/** The adapters that a run's settings ask for. */
export function loraOf(input: TrainInput): Lora | null {
  return input.lora === undefined ? null : { rank: input.lora, alpha: 2 * input.lora, adapts: decoderLayers }
}

const scoresOf = (results: readonly Validation[]): Score[] =>
  results.flatMap(({ name, loss, accuracy, exact }): Score[] => [
    { metric: `${name}: loss, nats a token`, value: loss, better: 'lower' },
    { metric: `${name}: tokens right`, value: accuracy, better: 'higher' },
    ...(exact === null ? [] : [{ metric: `${name}: exact match`, value: exact, better: 'higher' as const }]),
  ])

function tell(event: LoopEvent, tokenizer: Tokenizer): TrainEvent {
  if (event.type === 'step') return event
  const samples = event.results.map(({ name, told: { wanted, likeliest } }) => ({
    name,
    wanted: wanted.map((id) => tokenizer.piece(id)),
    likeliest: likeliest.map((id) => tokenizer.piece(id)),
  }))
  return { type: 'valid', step: event.step, scores: scoresOf(event.results), samples }
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
  const kind: Kind = kinds[input.trainer]
  const tokenizer = openTokenizer(bundle.tokenizer)
  const source = await openSource(input.data, kind, tokenizer)
  const lora = loraOf(input)
  const course = openCourse({
    input,
    ks: input.ks ?? bundle.config.ks,
    config: bundle.config,
    tokenizer,
    ids: templateIds(bundle.config.template, tokenizer.special),
    source,
    lora,
    threads,
  })
  const { version, device } = runtimeInfo()
  await openRunFolder(input.out, {
    format: 1,
    input,
    bundle: { name: bundle.config.name, hash: bundle.hash },
    began: new Date().toISOString(),
    data: source.about,
    machine: { onnxruntime: version, device, threads, node: process.versions.node },
  })
  await rewindEvents(input.out, checkpointStep(input.out))
  return told()

  async function* told(): AsyncGenerator<TrainEvent, TrainResult> {
    const running = runCourse(course, {
      folder: input.out,
      initial: (param) => (bundle.weights.get(param.name) as Tensor | undefined) ?? initialWeight(param, input.seed),
      // With adapters the decoder's own layers stay; what is not the decoder's moves as it would.
      trains: (name) => (lora && name.startsWith('decoder.') ? isAdapter(name) : kind.trains(name)),
      adam: adamDefaults,
      threads,
      every: input.every,
      patience: input.patience,
      signal,
    })
    let scores: Score[] = []
    for await (const event of running) {
      const said = tell(event, tokenizer)
      if (said.type === 'valid') scores = said.scores
      await keepEvent(input.out, said)
      yield said
    }
    const steps = checkpointStep(input.out)
    const ended = steps >= input.steps || !signal?.aborted
    return { out: input.out, steps, finished: ended, scores }
  }
}

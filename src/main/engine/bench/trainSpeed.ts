/** Training speed: whole steps with loss, gradient and AdamW, in turn with PyTorch where it is, then phase by phase. */
import type { TrainSpeed, TrainSpeedInput } from '../../../shared/bench.ts'
import { median, quartiles } from '../measure/statistics.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { initialWeight } from '../nets/initial.ts'
import { adamDefaults } from '../train/loop/optimizer.ts'
import { startTrainer } from '../train/loop/trainer.ts'
import { languageFeeds, languageLoss, timedDecoder, type Rows } from './language.ts'
import { timePhases } from './phases.ts'
import { findTorch, timeTorch } from './torch.ts'

/** Positions a step, whatever the length, as far as whole sequences go. */
const positions = 2048
const warmUps = 3

export type TimingOptions = {
  readonly config: DecoderConfig
  readonly rows: Rows
  readonly steps: number
  readonly recompute: boolean
  readonly seed: number
  readonly threads: number
}
type Speed = Pick<TrainSpeed, 'tokensPerSecond' | 'quartiles' | 'parameters' | 'steps' | 'firstLoss' | 'lastLoss'>

/** Tokens a second of steps that took `times` milliseconds. */
function speedOf({ batch, length }: Rows, times: readonly number[]): Pick<Speed, 'tokensPerSecond' | 'quartiles'> {
  const rate = (time: number): number => (batch * length * 1000) / time
  const [fast, slow] = quartiles(times)
  return { tokensPerSecond: rate(median(times)), quartiles: [rate(slow), rate(fast)] }
}

/** Times steps after warm-up on a repeating batch, whose loss must fall. Yields after each. */
async function* timeSteps(at: TimingOptions, signal?: AbortSignal): AsyncGenerator<void, Speed> {
  const feeds = languageFeeds(at.config, at.rows, at.seed)
  const trainer = startTrainer({
    initial: (param) => initialWeight(param, at.seed, at.config.layers),
    adam: adamDefaults,
    recompute: at.recompute,
    session: { threads: at.threads },
  })
  try {
    const training = await trainer.prepare('bench train', (g) => languageLoss(g, at.config, at.rows))
    const [times, losses]: [number[], number[]] = [[], []]
    for (let step = 1; step <= at.steps + warmUps; step++) {
      signal?.throwIfAborted()
      const started = performance.now()
      losses.push((await training.run(feeds, 1e-3, step)).loss)
      if (step > warmUps) times.push(performance.now() - started)
      yield
    }
    return {
      ...speedOf(at.rows, times),
      parameters: [...trainer.weights().values()].reduce((sum, tensor) => sum + tensor.data.length, 0),
      steps: times.length,
      firstLoss: losses[0] as number,
      lastLoss: losses.at(-1) as number,
    }
  } finally {
    await trainer.close()
  }
}

export type SpeedEvent =
  | { readonly type: 'row'; readonly row: TrainSpeed }
  | { readonly type: 'progress'; readonly done: number; readonly note: string }

/** A row for each length, each as soon as it is done. */
export async function* timeTraining(
  input: TrainSpeedInput,
  threads: number,
  config: DecoderConfig = timedDecoder,
  signal?: AbortSignal,
): AsyncGenerator<SpeedEvent> {
  const torch = await findTorch(signal)
  let done = 0
  async function* counted<Result>(
    from: AsyncGenerator<void, Result>,
    note: string,
  ): AsyncGenerator<SpeedEvent, Result> {
    for (;;) {
      const next = await from.next()
      if (next.done) return next.value
      yield { type: 'progress', done: ++done, note }
    }
  }
  for (const length of input.lengths) {
    const rows = { batch: Math.max(1, Math.floor(positions / length)), length }
    const at: TimingOptions = { ...input, config, rows, threads }
    const speed = yield* counted(timeSteps(at, signal), `length ${length}`)
    const paired = torch.version === null ? torch : await timeTorch(at, signal)
    const again = paired.speed
      ? (yield* counted(timeSteps(at, signal), `length ${length}, again`)).tokensPerSecond
      : null
    const phases = yield* counted(timePhases(at, signal), `length ${length}, by phase`)
    const ratio =
      again === null || !paired.speed ? null : (speed.tokensPerSecond + again) / 2 / paired.speed.tokensPerSecond
    const row = { ...speed, ...rows, threads, phases, torch: paired.speed, torchNote: paired.note, again, ratio }
    yield { type: 'row', row }
  }
}

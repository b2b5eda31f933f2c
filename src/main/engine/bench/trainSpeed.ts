/** Training speed: tokens a second of a plain decoder of a fixed shape, whole steps with loss, gradient and AdamW. */
import type { TrainSpeed } from '../../../shared/bench.ts'
import { random } from '../../../shared/random.ts'
import type { Builder } from '../graph/build.ts'
import { gather } from '../graph/express.ts'
import { live } from '../graph/run.ts'
import { floats, longs } from '../graph/value.ts'
import { median, quartiles } from '../measure/statistics.ts'
import { batchAttention } from '../nets/attention.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { decoder, logits, tokenTable } from '../nets/decoder.ts'
import { initialWeight } from '../nets/initial.ts'
import { negativeLogLikelihood, targetLogProbs } from '../train/loop/loss.ts'
import { adamDefaults } from '../train/loop/optimizer.ts'
import { startTrainer } from '../train/loop/trainer.ts'

const config: DecoderConfig = {
  vocabulary: 4096,
  hidden: 256,
  layers: 4,
  heads: 4,
  kvHeads: 4,
  headDim: 64,
  feedForward: 688,
  epsilon: 1e-5,
  ropeTheta: 10_000,
  window: 256,
}
const [batch, length] = [8, 256]
const warmUps = 3

/** The plain language-modelling loss over a batch of whole sequences. */
function languageLoss(g: Builder) {
  const rows = batch * length
  const [ids, targets] = [g.input('ids', 'int64', [rows]), g.input('targets', 'int64', [rows, 1])]
  const states = decoder(g, config, gather(g, tokenTable(g, config), ids), batchAttention(g, config, batch, length))
  const weights = g.constant(floats([rows, 1], new Float32Array(rows).fill(1 / rows)))
  return { loss: negativeLogLikelihood(g, targetLogProbs(g, logits(g, config, states), targets), weights) }
}

/** Times `steps` steps after warm-up on a repeating sequence, whose loss must fall. Yields the step done. */
export async function* timeTraining(
  options: { readonly steps: number; readonly seed: number; readonly threads: number },
  signal?: AbortSignal,
): AsyncGenerator<number, TrainSpeed> {
  const rows = batch * length
  const draws = random(options.seed)
  const ids = Int32Array.from({ length: rows }, () => draws.int(0, config.vocabulary - 1))
  const feeds = {
    ids: live(longs([rows], ids)),
    targets: live(
      longs(
        [rows, 1],
        ids.map((_, i) => ids[(i + 1) % rows] as number),
      ),
    ),
  }
  const trainer = startTrainer({
    initial: (param) => initialWeight(param, options.seed, config.layers),
    adam: adamDefaults,
    session: { threads: options.threads },
  })
  try {
    const training = await trainer.prepare('bench train', languageLoss)
    const [times, losses]: [number[], number[]] = [[], []]
    for (let step = 1; step <= options.steps + warmUps; step++) {
      signal?.throwIfAborted()
      const started = performance.now()
      losses.push((await training.run(feeds, 1e-3, step)).loss)
      if (step > warmUps) times.push(performance.now() - started)
      yield step
    }
    const [slow, fast] = quartiles(times)
      .map((time) => (rows / time) * 1000)
      .toSorted((a, b) => a - b) as [number, number]
    const parameters = [...trainer.weights().values()].reduce((sum, tensor) => sum + tensor.data.length, 0)
    return {
      tokensPerSecond: (rows / median(times)) * 1000,
      quartiles: [slow, fast],
      parameters,
      steps: times.length,
      batch,
      length,
      threads: options.threads,
      firstLoss: losses[0] as number,
      lastLoss: losses.at(-1) as number,
    }
  } finally {
    await trainer.close()
  }
}

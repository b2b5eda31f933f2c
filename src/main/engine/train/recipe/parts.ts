/** Training the small parts on a finished decoder: the embedder by contrast, the policies by reinforcement. */
import { startGraph } from '../../graph/build.ts'
import { live, numbers, openSession } from '../../graph/run.ts'
import { floats, type Tensor } from '../../graph/value.ts'
import { drawSheet } from '../../corpus/synthetic.ts'
import { initialWeight } from '../../nets/initial.ts'
import { policy, type PolicyKind } from '../../nets/policy.ts'
import { encodedWidth } from '../../nets/config.ts'
import type { Parts } from '../../parts.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { contrastiveFeeds, contrastiveLoss, type Pair } from '../courses/embedder.ts'
import { budget } from '../../sense/select.ts'
import { grpoFeeds, grpoLoss, groupAdvantages, type GrpoShape } from '../courses/grpo.ts'
import { drawSheets, questionsFor } from '../courses/contexts.ts'
import { drawRollouts } from '../courses/policyRollouts.ts'
import type { Recipe } from './recipe.ts'
import { stepRandom } from './tasks.ts'
import { startTrainer } from '../loop/trainer.ts'
import { drawShown, warmFeeds, warmLoss } from '../courses/warm.ts'

export type PartStep = {
  readonly part: string
  readonly step: number
  readonly steps: number
  readonly loss: number
  readonly reward?: number
}
type Weights = Map<string, Tensor>

/** A cosine from 1 to 0 after a short warm-up. */
const rateAt = (step: number, steps: number): number =>
  Math.min(1, step / 30) * 0.5 * (1 + Math.cos((Math.PI * step) / steps))

/** Trains the embedder on synthetic questions and on real pairs, half and half where there are real ones. Returns its weights. */
export async function* trainEmbedder(
  recipe: Recipe,
  tokenizer: Pick<Tokenizer, 'encode'>,
  real: readonly Pair[],
  threads: number,
): AsyncGenerator<PartStep, Weights> {
  const { steps, batch, learningRate } = recipe.embedderStage
  const trainer = startTrainer({
    initial: (param) => initialWeight(param, recipe.seed, recipe.embedder.layers),
    adam: recipe.adam,
    session: { threads },
  })
  const training = await trainer.prepare('embedder', (g) => contrastiveLoss(g, recipe.embedder, batch))
  try {
    for (let step = 1; step <= steps; step++) {
      const random = stepRandom(recipe.seed + 17, step)
      const pairs = Array.from({ length: batch }, (_, i): Pair => {
        if (real.length > 0 && i % 2 === 0) return random.pick(real)
        const sheet = drawSheet(random, 'train')
        return { question: tokenizer.encode(random.pick(sheet.facts).question), passage: tokenizer.encode(sheet.text) }
      })
      const { loss } = await training.run(contrastiveFeeds(pairs), learningRate * rateAt(step, steps), step)
      if (step % 20 === 0) yield { part: 'embedder', step, steps, loss }
    }
    return trainer.weights()
  } finally {
    await trainer.close()
  }
}

/** Trains one policy on rollouts of the bundle's own decoder, everything else frozen. Returns its weights. */
export async function* trainPolicy(
  recipe: Recipe,
  parts: Parts,
  kind: PolicyKind,
  threads: number,
): AsyncGenerator<PartStep, Weights> {
  const { steps, batch, learningRate, warm } = recipe.policyStage
  const shape: GrpoShape = { contexts: batch, rows: 64, group: 4, picks: 16 }
  const width = encodedWidth(recipe.encoder)
  const trainer = startTrainer({
    initial: (param) => initialWeight(param, recipe.seed, recipe.policy.layers),
    adam: recipe.adam,
    session: { threads },
  })
  const training = await trainer.prepare(kind, (g) => grpoLoss(g, kind, recipe.policy, recipe.encoder, shape))
  const g = startGraph('sampling')
  const rows = g.input('rows', 'float32', ['rows', width])
  const asking = kind === 'policyQuery' ? g.input('asking', 'float32', ['rows', 1]) : null
  g.output(
    'logits',
    policy(g, kind, recipe.policy, recipe.encoder, { rows, asking, mask: null, batch: 1, length: 'rows' }),
  )
  const sampling = await openSession(g.finish(), undefined, { threads: 1 })
  try {
    const warming = { contexts: 16, rows: shape.rows }
    const start = await trainer.prepare(`${kind} warm`, (g2) =>
      warmLoss(g2, kind, recipe.policy, recipe.encoder, warming),
    )
    for (let step = 1; step <= warm; step++) {
      const random = stepRandom(recipe.seed + 29, step)
      const feeds = await warmFeeds(parts, kind, warming, () => drawShown(parts, kind, random))
      const { loss } = await start.run(feeds, learningRate * Math.min(1, step / 30), step)
      if (step % 20 === 0) yield { part: `${kind} warm`, step, steps: warm, loss }
    }
    for (let step = 1; step <= steps; step++) {
      const logits = async (read: readonly Float32Array[], asked: number): Promise<Float32Array> => {
        const all = new Float32Array(read.length * width)
        read.forEach((row, i) => all.set(row, i * width))
        const question = { asking: live(floats([read.length, 1], new Float32Array(read.length).fill(1, 0, asked))) }
        const feeds = {
          ...Object.fromEntries(trainer.live()),
          rows: live(floats([read.length, width], all)),
          ...(kind === 'policyQuery' ? question : {}),
        }
        return numbers((await sampling.run(feeds)).logits)
      }
      const drawn = await drawRollouts(parts, kind, shape, {
        seed: recipe.seed + 7919 * step,
        logits,
        advantages: groupAdvantages,
        draw(random) {
          const k = random.pick(parts.config.ks)
          const sheets = { k, passages: random.int(2, 4), questions: questionsFor[kind], side: 'train' } as const
          const context = drawSheets(parts, random, sheets)
          const share = 0.1 + 0.3 * random.float()
          return { context, k, count: Math.min(shape.picks, Math.max(1, budget(share, context.chunks.length))) }
        },
      })
      const { loss } = await training.run(
        grpoFeeds(kind, recipe.encoder, shape, drawn.rollouts),
        learningRate * rateAt(step, steps),
        step,
      )
      if (step % 10 === 0) yield { part: kind, step, steps, loss, reward: drawn.reward }
    }
    return trainer.weights()
  } finally {
    await sampling.close()
    await trainer.close()
  }
}

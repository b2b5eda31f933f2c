/** Policy training as a course: GRPO, plain REINFORCE (paper A.1), or imitation of what is known to be worth expanding. */
import { Fault } from '../../../../shared/fault.ts'
import type { Score } from '../../../../shared/corpus.ts'
import type { PolicyAlgorithm } from '../../../../shared/train.ts'
import { startGraph } from '../../graph/build.ts'
import { live, numbers, openSession, type Live, type Session } from '../../graph/run.ts'
import { floats } from '../../graph/value.ts'
import { encodedWidth } from '../../nets/config.ts'
import { policy, type PolicyKind } from '../../nets/policy.ts'
import { openParts, type Parts } from '../../parts.ts'
import { budget } from '../../sense/select.ts'
import { contextOfAsked, contextOfText, readContext, rewardOf, type Context } from './contexts.ts'
import type { CourseOptions } from './course.ts'
import { grpoFeeds, grpoLoss, groupAdvantages, type GrpoShape } from './grpo.ts'
import type { Course, MicroBatch } from '../loop/loop.ts'
import { imitation, type Imitated } from './imitation.ts'
import { drawRollouts, type Drawn } from './policyRollouts.ts'
import { courseRate } from '../loop/schedule.ts'
import { stepRandom } from '../recipe/tasks.ts'
import { choiceScores, validatePolicy, type Draw } from './policyScores.ts'

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)

/** Contexts from the run's data: questions for the query-aware policy, for the other running text where there is any. */
function drawFrom(options: CourseOptions, kind: PolicyKind): Draw {
  const { input, ks, source, tokenizer, ids } = options
  const p = input.p ?? 0.25
  return (random, side) => {
    const k = random.pick(ks)
    const counted = (context: Context): Drawn => ({
      context,
      k,
      count: Math.max(1, budget(p, context.chunks.length)),
    })
    if (kind === 'policyQuery') {
      const asked = source.asked(random, side)
      if (asked) return counted(contextOfAsked(tokenizer, ids, asked, k))
      throw new Fault('bad-input', 'The query-aware policy is trained on questions; the data holds none.')
    }
    // The paper's policy sees no question: what follows a text is what its choice is judged by.
    const length = { context: Math.max(k, input.longest - (input.longest % k)), output: input.output }
    const text = source.text(random, side, length)
    const asked = text ? null : source.asked(random, side)
    if (asked) return counted(contextOfAsked(tokenizer, ids, asked, k))
    if (!text)
      throw new Fault('corpus-short', `No document of the data has ${length.context + length.output} tokens in a row.`)
    return counted(contextOfText(text, k))
  }
}

/** The policy's logits under the weights of the moment. */
async function openSampling(options: CourseOptions, kind: PolicyKind): Promise<Session> {
  const { config } = options.bundle
  const g = startGraph('sampling')
  const rows = g.input('rows', 'float32', ['rows', encodedWidth(config.encoder)])
  const asking = kind === 'policyQuery' ? g.input('asking', 'float32', ['rows', 1]) : null
  const read = { rows, asking, mask: null, batch: 1, length: 'rows' }
  g.output('logits', policy(g, kind, config.policy, config.encoder, read))
  return openSession(g.finish(), undefined, { threads: 1 })
}

async function logitsOf(
  sampling: Session,
  kind: PolicyKind,
  weights: ReadonlyMap<string, Live>,
  read: readonly Float32Array[],
  asked: number,
): Promise<Float32Array> {
  const width = read[0]?.length ?? 0
  const all = new Float32Array(read.length * width)
  read.forEach((row, i) => all.set(row, i * width))
  const asking = { asking: live(floats([read.length, 1], new Float32Array(read.length).fill(1, 0, asked))) }
  const feeds = { ...Object.fromEntries(weights), rows: live(floats([read.length, width], all)) }
  return numbers((await sampling.run(kind === 'policyQuery' ? { ...feeds, ...asking } : feeds)).logits)
}

/** How the rewards of a context become advantages, and how many selections a context gets. */
const reinforced: Readonly<
  Record<Exclude<PolicyAlgorithm, Imitated>, { readonly group: number | null; readonly ownBaseline: boolean }>
> = {
  grpo: { group: null, ownBaseline: true },
  reinforce: { group: 1, ownBaseline: false },
}

/** The course of a policy. Everything else of the bundle is frozen; rewards come from its own decoder. */
export async function openPolicyCourse(options: CourseOptions): Promise<Course> {
  const { input, bundle, threads } = options
  const { config } = bundle
  const kind: PolicyKind = input.query ? 'policyQuery' : 'policy'
  const draw = drawFrom(options, kind)
  // Drawn once before the start: data that no context can be made of is told at once.
  const seen = Array.from({ length: 32 }, (_, i) => draw(stepRandom(input.seed ^ 0x51ed, i), 'train').context)
  const parts = await openParts(bundle, { threads })
  const most = Math.max(...seen.map((context) => context.chunks.length))
  const rows = Math.ceil((1.25 * most + (kind === 'policyQuery' ? 8 : 0)) / 8) * 8
  const sampling = await openSampling(options, kind)
  const common = {
    steps: input.steps,
    stage: () => input.algorithm,
    rate: courseRate(input, 1e-3),
    validate: (weights: ReadonlyMap<string, Live>) =>
      validatePolicy(parts, kind, draw, (read, asked) => logitsOf(sampling, kind, weights, read, asked)),
    close: async () => {
      await sampling.close()
      await parts.close()
    },
  }
  const { algorithm } = input
  if (algorithm === 'imitate' || algorithm === 'locate') {
    const logits = (weights: ReadonlyMap<string, Live>, read: readonly Float32Array[], asked: number) =>
      logitsOf(sampling, kind, weights, read, asked)
    return { ...common, ...imitation({ input, config, kind, algorithm, rows, parts, draw, logits }, seen) }
  }
  const { group, ownBaseline } = reinforced[algorithm]
  const picks = Math.max(1, budget(input.p ?? 0.25, rows))
  const shape: GrpoShape = { contexts: input.batch, rows, group: group ?? input.group, picks }
  const key = `${algorithm} ${rows}`
  const loss: MicroBatch['loss'] = (g) => grpoLoss(g, kind, config.policy, config.encoder, shape)
  return {
    ...common,
    first: { key, loss },
    async draw(step, weights) {
      const baseline = ownBaseline ? 0 : await meanOfRandom(parts, kind, draw, input.seed, step)
      const { rollouts, reward, entropy, fraction } = await drawRollouts(parts, kind, shape, {
        seed: input.seed + 7919 * step,
        draw(random) {
          const drawn = draw(random, 'train')
          return { ...drawn, count: Math.min(picks, drawn.count) }
        },
        logits: (read, asked) => logitsOf(sampling, kind, weights(), read, asked),
        advantages: ownBaseline ? groupAdvantages : (rewards) => rewards.map((each) => each - baseline),
      })
      const scores: Score[] = [
        { metric: 'reward, nats a token', value: reward, better: 'higher' },
        ...choiceScores(entropy, fraction),
      ]
      const feeds = grpoFeeds(kind, config.encoder, shape, rollouts)
      return [{ key, loss, feeds, tokens: rollouts.length * rows, share: 1, scores }]
    },
  }
}

/**
 * REINFORCE's moving baseline: the mean reward of random selections on the contexts of the few steps before. Made from the
 * step's number alone, so that a run gone on with has the very baseline it would have had.
 */
async function meanOfRandom(parts: Parts, kind: PolicyKind, draw: Draw, seed: number, step: number): Promise<number> {
  const rewards: number[] = []
  for (let before = Math.max(0, step - 4); before < step; before++) {
    const random = stepRandom(seed ^ 0xba5e, before)
    const { context, k, count } = draw(random, 'train')
    const { embeddings } = await readContext(parts, kind, context, k)
    const picked = new Set(random.shuffle(context.chunks.map((_, i) => i)).slice(0, count))
    rewards.push(
      await rewardOf(
        parts,
        context,
        embeddings,
        context.chunks.map((_, i) => picked.has(i)),
      ),
    )
  }
  return mean(rewards)
}

/** Imitation: before any reward, a policy is shown chunks that are worth expanding. */
import { Fault } from '../../../../shared/fault.ts'
import type { Random } from '../../../../shared/random.ts'
import type { PolicyAlgorithm, TrainInput } from '../../../../shared/train.ts'
import type { Live } from '../../graph/run.ts'
import type { PolicyKind } from '../../nets/policy.ts'
import type { Parts } from '../../parts.ts'
import { choose, firstPickEntropy } from '../../sense/select.ts'
import type { BundleConfig } from '../../store/bundle.ts'
import type { Course, MicroBatch } from '../loop/loop.ts'
import { stepRandom } from '../recipe/tasks.ts'
import { oracleGains, readContext, type Context } from './contexts.ts'
import type { Drawn } from './policyRollouts.ts'
import { choiceScores, type Draw } from './policyScores.ts'
import { warmFeeds, warmLoss } from './warm.ts'

export type Imitated = Extract<PolicyAlgorithm, 'imitate' | 'locate'>

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)

/** The chunks that the answers stand in, where that is known. */
function heldOf({ turns }: Context): readonly number[] {
  return turns.flatMap((turn) => turn.held)
}

/** What an imitating policy is shown of a context; none where there is nothing to show. */
const shown: Readonly<
  Record<Imitated, (parts: Parts, drawn: Drawn, embeddings: readonly Float32Array[]) => Promise<readonly number[]>>
> = {
  /** The chunks that are worth most when they alone are expanded: the leave-one-out oracle. */
  async imitate(parts, { context, count }, embeddings) {
    const best = choose(await oracleGains(parts, context, embeddings), count, 'higher')
    return best.flatMap((chosen, i) => (chosen ? [i] : []))
  },
  locate: (_, { context }) => Promise.resolve(heldOf(context)),
}

/** Contexts drawn in vain before a step is given up. */
const attempts = 200

type Imitating = {
  readonly input: TrainInput
  readonly config: BundleConfig
  readonly kind: PolicyKind
  readonly algorithm: Imitated
  /** Rows of a context, the question's chunks included. */
  readonly rows: number
  readonly parts: Parts
  readonly draw: Draw
  readonly logits: (
    weights: ReadonlyMap<string, Live>,
    read: readonly Float32Array[],
    asked: number,
  ) => Promise<Float32Array>
}

/** The steps of an imitation. Fault bad-input where answers are to be located and stand in none of the contexts `seen`. */
export function imitation(
  { input, config, kind, algorithm, rows, parts, draw, logits }: Imitating,
  seen: readonly Context[],
): Pick<Course, 'draw' | 'first'> {
  const shows = (context: Context): boolean => algorithm !== 'locate' || heldOf(context).length > 0
  if (!seen.some(shows)) throw nothingLocated()
  const shape = { contexts: input.batch, rows }
  const key = `${algorithm} ${rows}`
  const loss: MicroBatch['loss'] = (g) => warmLoss(g, kind, config.policy, config.encoder, shape)
  const drawShown = (random: Random): Drawn => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const drawn = draw(random, 'train')
      if (shows(drawn.context)) return drawn
    }
    throw nothingLocated()
  }
  return {
    first: { key, loss },
    async draw(step, weights) {
      const random = stepRandom(input.seed, step)
      const [entropies, fractions]: [number[], number[]] = [[], []]
      const feeds = await warmFeeds(parts, kind, shape, async () => {
        const drawn = drawShown(random)
        const { context, k, count } = drawn
        const { rows: read, asked, embeddings } = await readContext(parts, kind, context, k)
        entropies.push(firstPickEntropy((await logits(weights(), read, asked)).slice(asked)))
        fractions.push(count / context.chunks.length)
        return { context, k, pick: await shown[algorithm](parts, drawn, embeddings) }
      })
      const scores = choiceScores(mean(entropies), mean(fractions))
      return [{ key, loss, feeds, tokens: input.batch * rows, share: 1, scores }]
    },
  }
}

function nothingLocated(): Fault {
  return new Fault('bad-input', 'No answer stands word for word in its passages: there is nothing to be shown.', {
    remedy: 'Train on questions whose answers stand in their passages, or imitate the oracle: --algorithm imitate.',
  })
}

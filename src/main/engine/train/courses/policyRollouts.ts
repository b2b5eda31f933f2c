/** Rollouts for the policy: contexts drawn, selections sampled, each worth the log-probability of what is to be foretold. */
import { random as seeded, type Random } from '../../../../shared/random.ts'
import type { PolicyKind } from '../../nets/policy.ts'
import type { Parts } from '../../parts.ts'
import { sampleSequence, sequenceLogProb } from '../../sense/select.ts'
import { readContext, rewardOf, type Context } from './contexts.ts'
import type { GrpoShape, Rollout } from './grpo.ts'
import { choiceOf, meanChoice, type Choice } from './policyChoice.ts'
import type { ReadLogits } from './policySampling.ts'

/** One context to choose from: cut by k, `count` of its chunks to be expanded. */
export type Drawn = { readonly context: Context; readonly k: number; readonly count: number }

/** What a context's selections are worth against: the mean of its own group, or of the rollouts before. */
export type Advantages = (rewards: readonly number[]) => readonly number[]

export type Rollouts = {
  readonly rollouts: readonly Rollout[]
  /** Means over the contexts; the reward in nats a token. */
  readonly reward: number
  readonly choice: Choice
}

/** Draws the rollouts of one step: `shape.contexts` contexts, `shape.group` selections each. */
export async function drawRollouts(
  parts: Parts,
  kind: PolicyKind,
  shape: GrpoShape,
  options: {
    readonly seed: number
    readonly draw: (random: Random) => Drawn
    readonly logits: ReadLogits
    readonly advantages: Advantages
  },
): Promise<Rollouts> {
  const random = seeded(options.seed)
  const rollouts: Rollout[] = []
  const made: Choice[] = []
  let reward = 0
  while (rollouts.length < shape.contexts) {
    const { context, k, count } = options.draw(random)
    const { rows, asked, embeddings } = await readContext(parts, kind, context, k)
    if (rows.length > shape.rows) continue
    const logits = await options.logits(rows, asked)
    const pickable = logits.now
    const selections = Array.from({ length: shape.group }, () => sampleSequence(pickable, count, random))
    const rewards: number[] = []
    for (const selection of selections) {
      const expanded = context.chunks.map((_, i) => selection.includes(i))
      rewards.push(await rewardOf(parts, context, embeddings, expanded))
    }
    rollouts.push({
      rows,
      asked,
      selections: selections.map((selection) => selection.map((pick) => pick + asked)),
      oldLogProbs: selections.map((selection) =>
        selection.map(
          (_, t) =>
            sequenceLogProb(pickable, selection.slice(0, t + 1)) - sequenceLogProb(pickable, selection.slice(0, t)),
        ),
      ),
      advantages: options.advantages(rewards),
    })
    reward += rewards.reduce((a, b) => a + b, 0) / rewards.length / shape.contexts
    made.push(choiceOf(logits, count))
  }
  return { rollouts, reward, choice: meanChoice(made) }
}

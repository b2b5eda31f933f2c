/** A policy validated: what its choice is worth on held-out contexts, and how its scores lie there. */
import type { Random } from '../../../../shared/random.ts'
import { mean } from '../../measure/statistics.ts'
import type { PolicyKind } from '../../nets/policy.ts'
import type { Parts } from '../../parts.ts'
import { choose } from '../../sense/select.ts'
import type { Validated } from '../loop/validate.ts'
import { stepRandom } from '../recipe/tasks.ts'
import { oracleGains, readContext, rewardOf } from './contexts.ts'
import { chanceHistogram, choiceOf, choiceScores, meanChoice, type Choice } from './policyChoice.ts'
import type { Drawn } from './policyRollouts.ts'
import type { ReadLogits } from './policySampling.ts'

/** Draws a context of one side, and how many of its chunks are expanded. */
export type Draw = (random: Random, side: 'train' | 'valid') => Drawn

/** Held-out contexts that validation looks at. */
const heldContexts = 8

/** On held-out contexts: what the policy's own choice is worth against chance and the oracle, and how sure it is. */
export async function validatePolicy(
  parts: Parts,
  kind: PolicyKind,
  draw: Draw,
  logitsOf: ReadLogits,
): Promise<Validated> {
  const found = { policy: [] as number[], random: [] as number[], oracle: [] as number[] }
  const overlaps: number[] = []
  const made: Choice[] = []
  const scored: { logits: Float32Array; chosen: readonly boolean[] }[] = []
  for (let i = 0; i < heldContexts; i++) {
    const random = stepRandom(977, i)
    const { context, k, count } = draw(random, 'valid')
    const { rows, asked, embeddings } = await readContext(parts, kind, context, k)
    const logits = await logitsOf(rows, asked)
    const own = choose(logits.now, count, 'higher')
    const best = choose(await oracleGains(parts, context, embeddings), count, 'higher')
    const chance = new Set(random.shuffle(context.chunks.map((_, at) => at)).slice(0, count))
    found.policy.push(await rewardOf(parts, context, embeddings, own))
    found.oracle.push(await rewardOf(parts, context, embeddings, best))
    found.random.push(
      await rewardOf(
        parts,
        context,
        embeddings,
        context.chunks.map((_, at) => chance.has(at)),
      ),
    )
    overlaps.push(own.filter((chosen, at) => chosen && best[at]).length / count)
    made.push(choiceOf(logits, count))
    scored.push({ logits: logits.now, chosen: own })
  }
  const reward = (name: keyof typeof found) =>
    ({ metric: `reward of ${name}, nats a token`, value: mean(found[name]), better: 'higher' }) as const
  return {
    loss: -mean(found.policy),
    scores: [
      reward('policy'),
      reward('random'),
      reward('oracle'),
      // Chance overlaps by the fraction expanded.
      { metric: 'overlap with the oracle', value: mean(overlaps), better: 'higher' },
      ...choiceScores(meanChoice(made)),
    ],
    samples: [],
    histogram: chanceHistogram(scored),
  }
}

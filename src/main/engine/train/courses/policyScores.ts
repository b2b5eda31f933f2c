/** What is told of a policy: how it chooses, and on held-out contexts what its choice is worth. */
import type { Score } from '../../../../shared/corpus.ts'
import type { Random } from '../../../../shared/random.ts'
import type { PolicyKind } from '../../nets/policy.ts'
import type { Parts } from '../../parts.ts'
import { choose, firstPickEntropy } from '../../sense/select.ts'
import type { Validated } from '../loop/validate.ts'
import { stepRandom } from '../recipe/tasks.ts'
import { oracleGains, readContext, rewardOf } from './contexts.ts'
import type { Drawn } from './policyRollouts.ts'

/** Draws a context of one side, and how many of its chunks are expanded. */
export type Draw = (random: Random, side: 'train' | 'valid') => Drawn

/** Held-out contexts that validation looks at. */
const heldContexts = 8
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)

/** How sure a policy is, and how much it expands: told of every step and of every validation. */
export function choiceScores(entropy: number, fraction: number): Score[] {
  return [
    { metric: 'entropy of the first pick, nats', value: entropy, better: 'lower' },
    { metric: 'fraction of chunks expanded', value: fraction, better: 'lower' },
  ]
}

/** On held-out contexts: what the policy's own choice is worth against chance and the oracle, and how sure it is. */
export async function validatePolicy(
  parts: Parts,
  kind: PolicyKind,
  draw: Draw,
  logitsOf: (rows: readonly Float32Array[], asked: number) => Promise<Float32Array>,
): Promise<Validated> {
  const found = { policy: [] as number[], random: [] as number[], oracle: [] as number[] }
  const [overlaps, entropies, fractions]: [number[], number[], number[]] = [[], [], []]
  for (let i = 0; i < heldContexts; i++) {
    const random = stepRandom(977, i)
    const { context, k, count } = draw(random, 'valid')
    const { rows, asked, embeddings } = await readContext(parts, kind, context, k)
    const logits = (await logitsOf(rows, asked)).slice(asked)
    const own = choose(logits, count, 'higher')
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
    entropies.push(firstPickEntropy(logits))
    fractions.push(count / context.chunks.length)
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
      ...choiceScores(mean(entropies), mean(fractions)),
    ],
    samples: [],
  }
}

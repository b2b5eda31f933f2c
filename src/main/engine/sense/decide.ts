/** The decision: which chunks a plan expands, with every score behind it. */
import type { Plan } from '../../../shared/plan.ts'
import type { Decision, Sensed } from '../../../shared/run.ts'
import { policies, senseChunks, type Sensing } from './policies.ts'
import { applyForced, budget, choose } from './select.ts'

/** Scores all chunks by the plan's policy, expands the best T' = floor(pL), then obeys what is forced by hand. */
export async function decide(
  plan: Plan,
  sensing: Sensing,
): Promise<{ readonly sensed: Sensed; readonly decisions: readonly Decision[] }> {
  const policy = policies[plan.policy]
  const count = sensing.chunks
  const { scores, probabilities } = await senseChunks(plan.policy, sensing)
  const wanted = policy.fixed === undefined ? budget(plan.p, count) : policy.fixed * count
  const chosen = scores ? choose(scores, wanted, policy.better) : Array.from({ length: count }, (_, i) => i < wanted)
  const { expanded, forced } = applyForced(chosen, plan.forced, count)
  return {
    sensed: { policy: plan.policy, metric: policy.metric, better: policy.better, budget: wanted },
    decisions: chosen.map((picked, index) => ({
      index,
      score: scores?.[index] ?? null,
      probability: probabilities?.[index] ?? null,
      chosen: picked,
      forced: forced[index] ?? null,
      expanded: expanded[index] ?? false,
    })),
  }
}

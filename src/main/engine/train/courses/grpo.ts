/** Training the pointer policy by GRPO: group baseline, PPO clipping, no KL, no value net (paper A.1, eq. 1). */
import { scalar, type Builder } from '../../graph/build.ts'
import { add, mul, reshape, sub, sum } from '../../graph/express.ts'
import { live } from '../../graph/run.ts'
import { floats, longs, type Value } from '../../graph/value.ts'
import { encodedWidth, type EncoderConfig, type PolicyConfig } from '../../nets/config.ts'
import { policy, type PolicyKind } from '../../nets/policy.ts'

/** The static shape of a step: contexts, rows of each (question's chunks and padding included), samples of each, picks. */
export type GrpoShape = {
  readonly contexts: number
  readonly rows: number
  readonly group: number
  readonly picks: number
}

const clip = 0.2
const hidden = -1e9

/** One context as the policy reads it, with its sampled selections and what each was worth. */
export type Rollout = {
  /** Encoder outputs: the question's chunks first where the policy is query-aware, `asked` of them. */
  readonly rows: readonly Float32Array[]
  readonly asked: number
  /** Row indices in the order they were picked, one list a sample. */
  readonly selections: readonly (readonly number[])[]
  readonly oldLogProbs: readonly (readonly number[])[]
  readonly advantages: readonly number[]
}

/** Rewards less their mean, over their spread: zero for all where none was better. */
export function groupAdvantages(rewards: readonly number[]): readonly number[] {
  const mean = rewards.reduce((a, b) => a + b, 0) / rewards.length
  const spread = Math.sqrt(rewards.reduce((a, b) => a + (b - mean) ** 2, 0) / rewards.length)
  return rewards.map((reward) => (spread > 1e-6 ? (reward - mean) / spread : 0))
}

/** Minus J of eq. 1: mean over picks of min(r A, clip(r) A), r the ratio of new to old probability. */
export function grpoLoss(
  g: Builder,
  kind: PolicyKind,
  config: PolicyConfig,
  encoder: EncoderConfig,
  shape: GrpoShape,
): { readonly loss: Value; readonly logProbs: Value } {
  const { contexts, rows, group, picks } = shape
  const input = g.input('rows', 'float32', [contexts * rows, encodedWidth(encoder)])
  const asking = kind === 'policyQuery' ? g.input('asking', 'float32', [contexts * rows, 1]) : null
  const mask = g.input('mask', 'float32', [contexts, 1, 1, rows])
  const logits = policy(g, kind, config, encoder, { rows: input, asking, mask, batch: contexts, length: rows })
  // What may be picked at each step: the logits once, less what was picked before.
  const free = g.input('free', 'float32', [contexts, group * picks, rows])
  const steps = add(g, reshape(g, logits, [contexts, 1, rows]), free)
  const taken = g.input('taken', 'int64', [contexts, group * picks, 1])
  const logProbs = g.add('GatherElements', [g.add('LogSoftmax', [steps], { axis: -1 }), taken], { axis: 2 })
  const ratio = g.add('Exp', [sub(g, logProbs, g.input('old', 'float32', [contexts, group * picks, 1]))], {})
  const advantage = g.input('advantage', 'float32', [contexts, group * picks, 1])
  const bounded = g.add('Min', [g.add('Max', [ratio, scalar(g, 1 - clip)], {}), scalar(g, 1 + clip)], {})
  const objective = g.add('Min', [mul(g, ratio, advantage), mul(g, bounded, advantage)], {})
  const weights = g.input('weights', 'float32', [contexts, group * picks, 1])
  return { loss: g.add('Neg', [sum(g, mul(g, objective, weights), [0, 1, 2], false)], {}), logProbs }
}

/** The feeds of a step. Contexts with fewer picks than the shape's are padded with weight zero. */
export function grpoFeeds(kind: PolicyKind, encoder: EncoderConfig, shape: GrpoShape, rollouts: readonly Rollout[]) {
  const { contexts, rows, group, picks } = shape
  const width = encodedWidth(encoder)
  const steps = group * picks
  const input = new Float32Array(contexts * rows * width)
  const asking = new Float32Array(contexts * rows)
  const mask = new Float32Array(contexts * rows).fill(hidden)
  const free = new Float32Array(contexts * steps * rows).fill(hidden)
  const taken = new Int32Array(contexts * steps)
  const [old, advantage, weights] = [
    new Float32Array(contexts * steps),
    new Float32Array(contexts * steps),
    new Float32Array(contexts * steps),
  ]
  rollouts.forEach((rollout, c) => {
    rollout.rows.forEach((row, i) => input.set(row, (c * rows + i) * width))
    asking.fill(1, c * rows, c * rows + rollout.asked)
    mask.fill(0, c * rows, c * rows + rollout.rows.length)
    rollout.selections.forEach((selection, s) => {
      const gone = new Set<number>()
      selection.forEach((pick, t) => {
        const step = c * steps + s * picks + t
        for (let row = rollout.asked; row < rollout.rows.length; row++) if (!gone.has(row)) free[step * rows + row] = 0
        taken[step] = pick
        gone.add(pick)
        old[step] = rollout.oldLogProbs[s]?.[t] ?? 0
        advantage[step] = rollout.advantages[s] ?? 0
        weights[step] = 1 / (rollouts.length * group * selection.length)
      })
    })
  })
  const at = [contexts, steps, 1]
  return {
    rows: live(floats([contexts * rows, width], input)),
    ...(kind === 'policyQuery' ? { asking: live(floats([contexts * rows, 1], asking)) } : {}),
    mask: live(floats([contexts, 1, 1, rows], mask)),
    free: live(floats([contexts, steps, rows], free)),
    taken: live(longs(at, taken)),
    old: live(floats(at, old)),
    advantage: live(floats(at, advantage)),
    weights: live(floats(at, weights)),
  }
}

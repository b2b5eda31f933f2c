/** How a policy chooses, as it is told: means over contexts, and the bins in which its scores lie. */
import { expect, test } from 'vitest'
import {
  chanceHistogram,
  choiceOf,
  choiceScores,
  meanChoice,
} from '../../src/main/engine/train/courses/policyChoice.ts'

const logs = (...probabilities: readonly number[]): Float32Array => Float32Array.from(probabilities, Math.log)

test('entropy, distance from the start and fraction are means over contexts, each with unit and direction', () => {
  const moved = { now: logs(0.5, 0.5), start: logs(0.9, 0.1) }
  const still = { now: logs(0.25, 0.25, 0.25, 0.25), start: logs(0.25, 0.25, 0.25, 0.25) }
  const scores = choiceScores(meanChoice([choiceOf(moved, 1), choiceOf(still, 3)]))
  const divergence = 0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1)
  expect(scores).toEqual([
    { metric: 'entropy of the first pick, nats', value: expect.closeTo(1.5 * Math.LN2, 6), better: 'lower' },
    { metric: 'KL(now || start) of the first pick, nats', value: expect.closeTo(divergence / 2, 6), better: 'lower' },
    { metric: 'fraction of chunks expanded', value: (0.5 + 0.75) / 2, better: 'lower' },
  ])
})

test('scores are counted by how many times likelier than a draw they make their chunk, chosen ones apart', () => {
  const half = { logits: logs(0.5, 0.25, 0.125, 0.125), chosen: [true, false, false, false] }
  // Of 40 chunks one has nearly all: 40 times chance, and the rest next to nothing.
  const sure = {
    logits: Float32Array.from({ length: 40 }, (_, i) => (i === 7 ? 30 : 0)),
    chosen: Array(40).fill(false),
  }
  const { edges, groups } = chanceHistogram([half, { ...sure, chosen: sure.chosen.with(7, true).with(8, true) }])
  expect(edges).toEqual([-5.5, -4.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5].map((octave) => 2 ** octave))
  expect(groups).toEqual([
    { name: 'expanded', counts: [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1] },
    { name: 'compressed', counts: [38, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0] },
  ])
})

test('logits have no zero of their own: what is added to all moves no bin', () => {
  const chosen = [false, true, false]
  const at = (logits: readonly number[]) => chanceHistogram([{ logits, chosen }])
  expect(at([1, 5, 2])).toEqual(at([101, 105, 102]))
})

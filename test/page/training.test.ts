/** The events of a training as curves. */
import { expect, test } from 'vitest'
import type { TrainEvent } from '../../src/shared/train.ts'
import { seriesOf } from '../../src/renderer/views/train/series.ts'

const step = (at: number, loss: number, reward?: number): TrainEvent => ({
  type: 'step',
  step: at,
  stage: 'grpo',
  loss,
  learningRate: 1e-3,
  gradientNorm: 2 * loss,
  tokensPerSecond: 100,
  scores: reward === undefined ? [] : [{ metric: 'reward, nats a token', value: reward, better: 'higher' }],
})
const valid = (at: number, metrics: Readonly<Record<string, number>>): TrainEvent => ({
  type: 'valid',
  step: at,
  loss: 1,
  scores: Object.entries(metrics).map(([metric, value]) => ({ metric, value, better: 'higher' })),
  samples: [],
})

test('losses trained and held out share a figure; accuracies are left to the figures above it', () => {
  const events = [
    step(1, 3),
    valid(2, { 'k 8, 8 tokens: loss, nats a token': 2.5, 'k 8, 8 tokens: tokens right': 0.4 }),
  ]
  expect(seriesOf(events)).toEqual([
    {
      title: 'loss, nats a token ↓',
      series: [
        { name: 'trained', points: [{ x: 1, y: 3 }] },
        { name: 'held out, k 8, 8 tokens', points: [{ x: 2, y: 2.5 }] },
      ],
    },
    { title: 'gradient norm before clipping', series: [{ name: 'gradient norm', points: [{ x: 1, y: 6 }] }] },
  ])
})

test('rewards stand in a figure of their own, the held-out ones beside chance and oracle', () => {
  const held = {
    'reward of policy, nats a token': -1,
    'reward of random, nats a token': -2,
    'overlap with the oracle': 0.5,
  }
  const [, rewards] = seriesOf([step(1, 0.1, -3), valid(1, held), step(2, 0.1, -2.5)])
  expect(rewards?.series).toEqual([
    {
      name: 'sampled',
      points: [
        { x: 1, y: -3 },
        { x: 2, y: -2.5 },
      ],
    },
    { name: 'policy', points: [{ x: 1, y: -1 }] },
    { name: 'random', points: [{ x: 1, y: -2 }] },
  ])
})

/** The events of a training as curves, alone and beside those of others. */
import { describe, expect, test } from 'vitest'
import type { TrainEvent, TrainInput } from '../../src/shared/train.ts'
import { differing, lossOf, outcomes, sameHeldOut } from '../../src/renderer/views/train/differing.ts'
import { seriesOf } from '../../src/renderer/views/train/series.ts'
import { infoOf } from './trainingInfo.ts'

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
  expect(seriesOf(events, 'loss, nats a token').slice(0, 2)).toEqual([
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

test('what is told of a policy stands in figures of its own, the held-out ones beside chance and oracle', () => {
  const held = {
    'reward of policy, nats a token': -1,
    'reward of random, nats a token': -2,
    'overlap with the oracle': 0.5,
    'entropy of the first pick, nats': 1.2,
    'fraction of chunks expanded': 0.25,
  }
  const figures = seriesOf([step(1, 0.1, -3), valid(1, held), step(2, 0.1, -2.5)], 'loss of the clipped objective')
  const series = (title: RegExp) => figures.find((figure) => title.test(figure.title))?.series
  expect(series(/^reward, nats a token ↑/)).toEqual([
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
  // A policy that picks at random overlaps by the fraction that it expands.
  expect(series(/^overlap with the oracle, held out ↑/)).toEqual([
    { name: 'policy', points: [{ x: 1, y: 0.5 }] },
    { name: 'chance', points: [{ x: 1, y: 0.25 }] },
  ])
  expect(series(/^entropy of the first pick, nats ↓/)).toEqual([{ name: 'held out', points: [{ x: 1, y: 1.2 }] }])
  expect(figures.map(({ title }) => title).slice(-3)).toEqual([
    'gradient norm before clipping',
    'learning rate',
    'tokens a second ↑',
  ])
})

test('trainings compared share two figures, a curve each: trained, and the held-out loss that is watched', () => {
  const [own, other] = [
    [step(1, 3), valid(1, {}), step(2, 2)],
    [step(1, 4), valid(2, {})],
  ]
  const figures = seriesOf(own, 'loss, nats a token', 'a', [{ name: 'b', events: other }])
  expect(figures.slice(0, 2)).toEqual([
    {
      title: 'trained: loss, nats a token ↓',
      series: [
        {
          name: 'a',
          points: [
            { x: 1, y: 3 },
            { x: 2, y: 2 },
          ],
        },
        { name: 'b', points: [{ x: 1, y: 4 }] },
      ],
    },
    {
      title: 'held out: the loss that is watched ↓',
      series: [
        { name: 'a', points: [{ x: 1, y: 1 }] },
        { name: 'b', points: [{ x: 2, y: 1 }] },
      ],
    },
  ])
})

describe('trainings side by side', () => {
  const a = infoOf({})
  const b = infoOf({ id: 'b', input: { ...a.input, learningRate: 1e-3, ks: [8, 16], out: 'b', seed: 9 } })

  test('only the settings that differ are shown, what was left to the trainer as its own', () => {
    expect(differing([a, b])).toEqual([
      { name: 'k', values: ['8', '8, 16'] },
      { name: 'peak learning rate', values: ['0.00005 (its own)', '0.001'] },
      { name: 'seed', values: ['7', '9'] },
    ])
    expect(differing([a, a])).toEqual([])
  })

  test('held-out losses of other lengths are said to be so, those of another seed are not', () => {
    expect(sameHeldOut(differing([a, b]))).toBe(false)
    expect(sameHeldOut(differing([a, infoOf({ input: { ...a.input, seed: 9 } })]))).toBe(true)
  })

  test('each tells how far it came, and its last and best held-out loss', () => {
    const events: TrainEvent[] = [
      { ...valid(10, {}), loss: 2 } as TrainEvent,
      { ...valid(20, {}), loss: 2.5 } as TrainEvent,
      step(25, 1),
    ]
    const rows = outcomes([
      { info: a, events },
      { info: b, events: [] },
    ])
    expect(rows.map(({ values }) => values)).toEqual([
      ['25', '0'],
      ['2.500', 'none yet'],
      ['2.000', 'none yet'],
    ])
  })

  test('losses of other kinds have other names', () => {
    const of = (input: Partial<TrainInput>) => lossOf({ ...a.input, ...input })
    expect(of({ trainer: 'tune' })).toBe(of({}))
    expect(new Set([of({}), of({ trainer: 'embedder' }), of({ trainer: 'policy' })]).size).toBe(3)
    expect(of({ trainer: 'policy', algorithm: 'imitate' })).not.toBe(of({ trainer: 'policy' }))
  })
})

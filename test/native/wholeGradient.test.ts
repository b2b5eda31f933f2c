/**
 * Whole models against finite differences in f64: every weight that training moves, through all that stands between it
 * and the loss. Single rules are checked in gradient.test.ts, in the f32 they run in; here an error of one part in a
 * hundred million would show.
 */
import { describe, expect, test } from 'vitest'
import { random } from '../../src/shared/random.ts'
import { startGraph, type Builder } from '../../src/main/engine/graph/build.ts'
import { gradient } from '../../src/main/engine/graph/gradient.ts'
import type { OpName } from '../../src/main/engine/graph/ops.ts'
import { live, openSession, type Feeds, type Live } from '../../src/main/engine/graph/run.ts'
import { floats, type Graph, type Tensor, type Value } from '../../src/main/engine/graph/value.ts'
import type { DecoderConfig } from '../../src/main/engine/nets/config.ts'
import { initialWeight } from '../../src/main/engine/nets/initial.ts'
import { contrastiveFeeds, contrastiveLoss } from '../../src/main/engine/train/courses/embedder.ts'
import { grpoFeeds, grpoLoss } from '../../src/main/engine/train/courses/grpo.ts'
import { mixedLoss } from '../../src/main/engine/train/loop/mixed.ts'
import { batchFeeds, packBatch, type Segment } from '../../src/main/engine/train/loop/rows.ts'
import { inWidth, plain, widen } from '../helpers/plainGraph.ts'
import { numbersFrom } from '../helpers/numbers.ts'

const vocabulary = 11
const net = { hidden: 8, layers: 2, heads: 2, feedForward: 6, epsilon: 1e-5 }
const decoder: DecoderConfig = { ...net, vocabulary, kvHeads: 1, headDim: 4, ropeTheta: 100, window: 32 }
/** As Qwen3 and its kin have it: all that a Llama of today may differ in. */
const qwenLike: DecoderConfig = {
  ...decoder,
  untied: true,
  biases: ['qkv', 'out', 'feedForward'],
  qkNorm: true,
  rope: { type: 'linear', factor: 2 },
  sliding: { window: 3, layers: [1] },
}
const gptLike: DecoderConfig = {
  ...decoder,
  kvHeads: 2,
  biases: ['qkv', 'out', 'feedForward'],
  norm: 'layer',
  positions: 'learned',
  activation: 'gelu-tanh',
}
const encoder = { ...net, vocabulary, layers: 1, queries: 2, maxK: 3 }

type Model = {
  readonly name: string
  readonly loss: (g: Builder) => { readonly loss: Value }
  readonly feeds: Feeds
}

/** Encoder, projector and decoder through the mixed layout: a chunk compressed, one expanded, one cut short. */
function mixed(name: string, decoder: DecoderConfig): Model {
  const token = (id: number, weight = 0) => ({ kind: 'token', id, weight }) as const
  const segment = (from: number): Segment => [
    token(2),
    { kind: 'chunk', tokens: [from, from + 1, from + 2] },
    token(from + 3),
    token(from + 1),
    { kind: 'chunk', tokens: [from + 2, from] },
    token(from, 1),
    token(from + 2, 1),
    token(from, 0.5),
  ]
  const shape = { batch: 2, length: 8, k: 3, chunks: 4, targets: 6, alone: true }
  const queue = [segment(3), segment(6)]
  const batch = packBatch(shape, vocabulary, 1, () => queue.shift() ?? [])
  return { name, loss: (g) => mixedLoss(g, { decoder, encoder }, shape), feeds: batchFeeds(batch) }
}

/** The query-aware policy under GRPO, two contexts of different length, some picks clipped and some not. */
function policy(): Model {
  const config = { ...net, layers: 1, maxChunks: 8 }
  const shape = { contexts: 2, rows: 5, group: 2, picks: 2 }
  const rows = (count: number, seed: number): Float32Array[] =>
    Array.from({ length: count }, (_, i) => numbersFrom(16, seed + i))
  const rollouts = [
    {
      rows: rows(5, 1),
      asked: 1,
      selections: [
        [2, 1],
        [4, 3],
      ],
      advantages: [1, -0.7],
    },
    {
      rows: rows(4, 9),
      asked: 1,
      selections: [
        [3, 2],
        [1, 3],
      ],
      advantages: [-0.4, 0.9],
    },
  ].map((rollout) => ({
    ...rollout,
    oldLogProbs: [
      [-1.9, -1.1],
      [-1.2, -0.6],
    ],
  }))
  return {
    name: 'query-aware policy',
    loss: (g) => grpoLoss(g, 'policyQuery', config, encoder, shape),
    feeds: grpoFeeds('policyQuery', encoder, shape, rollouts),
  }
}

/** The embedder under contrast, its two texts of different lengths in every pair. */
function embedder(): Model {
  const config = { ...net, layers: 1, vocabulary, maxTokens: 128 }
  const draws = random(5)
  const text = (length: number): Int32Array => Int32Array.from({ length }, () => draws.int(0, vocabulary - 1))
  const pairs = [
    { question: text(3), passage: text(7) },
    { question: text(5), passage: text(4) },
  ]
  return { name: 'embedder', loss: (g) => contrastiveLoss(g, config, 2), feeds: contrastiveFeeds(pairs) }
}

const models = [
  mixed('mixed input', decoder),
  mixed('mixed input of a decoder with head norms, biases and a window', qwenLike),
  mixed('mixed input of a decoder with learned positions', gptLike),
  policy(),
  embedder(),
]

/** The loss with every gradient, as training builds it. */
function withGradient({ name, loss }: Model): Graph {
  const g = startGraph(name)
  const { loss: value } = loss(g)
  const { params } = g.finish()
  g.output('loss', value)
  gradient(g, value, params).forEach((each, i) => g.output(`d.${(params[i] as Value).name}`, each))
  return g.finish()
}
function lossAlone({ name, loss }: Model): Graph {
  const g = startGraph(name)
  g.output('loss', loss(g).loss)
  return g.finish()
}

/** First values with a spread of their own: gains of one and shifts of zero would hide what they are multiplied with. */
function weightsOf(graph: Graph): ReadonlyMap<string, Tensor> {
  return new Map(
    graph.params.map((param, i) => {
      const { shape, data } = initialWeight(param, 7)
      const spread = numbersFrom(data.length, i)
      return [
        param.name,
        floats(
          shape,
          Float32Array.from(data as Float32Array, (value, at) => value + 0.1 * (spread[at] as number)),
        ),
      ]
    }),
  )
}

const numbersOf = (result: Live | undefined): Float64Array => result?.data as Float64Array

/** Operators of the program that do not work in f64 to its last digits, found by asking the runtime for each alone. */
async function without64({ nodes }: Graph): Promise<ReadonlySet<OpName>> {
  const missing = new Set<OpName>()
  for (const node of new Map(nodes.toReversed().map((each) => [each.op, each])).values()) {
    const inputs = node.inputs.map((value, i) => value && { ...value, name: `in${i}` })
    const alone = {
      name: node.op,
      inputs: inputs.filter((value) => value !== null),
      params: [],
      constants: new Map(),
      nodes: [{ ...node, inputs }],
      outputs: node.outputs.map((value, i) => ({ name: `out${i}`, value })),
    }
    // The runtime makes this one of others in any width, with constants of f32.
    const coarse = node.op === 'FastGelu'
    const session = coarse ? null : await openSession(inWidth(alone, 'float64', new Set())).catch(() => null)
    if (session) await session.close()
    else missing.add(node.op)
  }
  return missing
}

describe.each(models)('$name', (model) => {
  const graph = withGradient(model)
  const weights = weightsOf(graph)
  const fed = (dtype: 'float32' | 'float64'): Record<string, Live> => ({
    ...Object.fromEntries(
      Object.entries(model.feeds).map(([name, { type, dims, data }]) => [
        name,
        live(widen({ dtype: type as never, shape: dims, data: data as never }, dtype)),
      ]),
    ),
    ...Object.fromEntries([...weights].map(([name, tensor]) => [name, live(widen(tensor, dtype))])),
  })

  test('told in plain operators it is the same program', async () => {
    const asIs = await openSession(graph)
    const rewritten = await openSession(inWidth(graph, 'float32', new Set(Object.keys(plain) as OpName[])))
    const [a, b] = [await asIs.run(fed('float32')), await rewritten.run(fed('float32'))]
    for (const { name } of graph.outputs) {
      const other = numbersOf(b[name])
      numbersOf(a[name]).forEach((value, i) => expect(Math.abs(value - (other[i] as number))).toBeLessThan(2e-5))
    }
    await asIs.close()
    await rewritten.close()
  })

  test('every weight has the gradient that differences of the loss in f64 give', async () => {
    const missing = await without64(graph)
    const back = await openSession(inWidth(graph, 'float64', missing))
    const forth = await openSession(inWidth(lossAlone(model), 'float64', missing), undefined, { threads: 1 })
    const feeds = fed('float64')
    const found = await back.run(feeds)
    const lossAt = async (): Promise<number> => numbersOf((await forth.run(feeds)).loss)[0] as number
    expect(await lossAt()).toBeCloseTo(numbersOf(found.loss)[0] as number, 12)
    const draws = random(3)
    const step = 5e-5
    let [worst, moved] = [0, 0]
    for (const { name } of graph.params) {
      const d = numbersOf(found[`d.${name}`])
      const data = numbersOf(feeds[name])
      for (const place of draws.shuffle([...data.keys()]).slice(0, 16)) {
        const kept = data[place] as number
        const told: number[] = []
        for (const by of [2 * step, step, -step, -2 * step]) {
          data[place] = kept + by
          told.push(await lossAt())
        }
        data[place] = kept
        const [up2, up, down, down2] = told as [number, number, number, number]
        const measured = (8 * (up - down) - (up2 - down2)) / (12 * step)
        worst = Math.max(worst, Math.abs(measured - (d[place] as number)) / (1 + Math.abs(measured)))
        moved += Number(Math.abs(measured) > 1e-6)
      }
    }
    expect(worst).toBeLessThan(1e-8)
    // A gradient of zeros would agree with a loss that nothing reaches.
    expect(moved).toBeGreaterThan(graph.params.length)
    await back.close()
    await forth.close()
  })
})

test('these operators alone stand in the way of f64', async () => {
  const missing = await Promise.all(models.map(async (model) => [...(await without64(withGradient(model)))]))
  expect([...new Set(missing.flat())].toSorted()).toEqual(Object.keys(plain).toSorted())
})

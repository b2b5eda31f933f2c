import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { random } from '../../src/shared/random.ts'
import { prefill, scoreTargets } from '../../src/main/engine/expand/session.ts'
import { layOut, layRows } from '../../src/main/engine/expand/layout.ts'
import { startGraph, type Builder } from '../../src/main/engine/graph/build.ts'
import { gradient } from '../../src/main/engine/graph/gradient.ts'
import { live, numbers, openSession, type Live } from '../../src/main/engine/graph/run.ts'
import { count, floats, longs, type Tensor, type Value } from '../../src/main/engine/graph/value.ts'
import { encodedWidth } from '../../src/main/engine/nets/config.ts'
import { decoderLayers, withLora, type Lora } from '../../src/main/engine/nets/lora.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { sampleSequence, sequenceLogProb } from '../../src/main/engine/sense/select.ts'
import { grpoFeeds, grpoLoss, groupAdvantages, type Rollout } from '../../src/main/engine/train/courses/grpo.ts'
import type { LoopEvent } from '../../src/main/engine/train/loop/loop.ts'
import { runStages } from '../../src/main/engine/train/recipe/stages.ts'
import { mixedLoss } from '../../src/main/engine/train/loop/mixed.ts'
import { adamDefaults } from '../../src/main/engine/train/loop/optimizer.ts'
import { Recipe } from '../../src/main/engine/train/recipe/recipe.ts'
import { spreadPositions } from '../../src/main/engine/train/loop/positions.ts'
import { packBatch, type Segment } from '../../src/main/engine/train/loop/rows.ts'
import { tasks } from '../../src/main/engine/train/recipe/tasks.ts'
import { startTrainer } from '../../src/main/engine/train/loop/trainer.ts'
import { readCheckpoint } from '../../src/main/engine/train/loop/checkpoint.ts'
import { initialWeight } from '../../src/main/engine/nets/initial.ts'
import { numbersFrom } from '../helpers/numbers.ts'
import { tinyConfig, tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
beforeAll(async () => {
  parts = await tinyParts()
})
afterAll(() => parts.close())

const feedsOf = (feeds: Readonly<Record<string, Tensor>>): Record<string, Live> =>
  Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, live(tensor)]))
const weightOf = (param: Value): Tensor => parts.bundle.weights.get(param.name) as Tensor

/** One passage of three chunks, the middle one expanded, a question and its answer. */
function exampleOf(): {
  readonly segment: Segment
  readonly expanded: boolean[]
  readonly chunks: Int32Array[]
  readonly question: Int32Array
  readonly answer: number[]
} {
  const tokens = parts.tokenizer.encode('The mayor of Kardova is Oda Rinn.').subarray(0, 11)
  const chunks = [tokens.subarray(0, 4), tokens.subarray(4, 8), tokens.subarray(8, 11)]
  const expanded = [false, true, false]
  const question = parts.tokenizer.encode('Who is mayor?')
  const answer = [...parts.tokenizer.encode(' Oda Rinn'), ...parts.ids.end]
  const slots = layOut(
    [{ chunks: chunks.map((chunk, index) => ({ index, tokens: chunk })) }],
    expanded,
    parts.ids,
    question,
  )
  const segment: Segment = [
    ...slots.map((slot) =>
      slot.kind === 'token'
        ? ({ kind: 'token', id: slot.id, weight: 0 } as const)
        : ({ kind: 'chunk', tokens: [...(chunks[slot.index] as Int32Array)] } as const),
    ),
    ...answer.map((id) => ({ kind: 'token', id, weight: 1 }) as const),
  ]
  return { segment, expanded, chunks, question, answer }
}

/** The example as a shape that holds it. */
const exampleShape = {
  shape: { batch: 1, length: 40, k: 4, chunks: 5, targets: 12, alone: true },
  segment: (): Segment => exampleOf().segment,
}

test('the training graph gives an answer the very probability that inference gives it', async () => {
  const { segment, expanded, chunks, question, answer } = exampleOf()
  const shape = { batch: 1, length: segment.length + 3, k: 4, chunks: 5, targets: answer.length + 2, alone: true }
  const batch = packBatch(shape, tinyConfig.decoder.vocabulary, 1, () => segment)
  const g = startGraph('mixed')
  g.output('logProbs', mixedLoss(g, tinyConfig, shape).logProbs)
  const graph = g.finish()
  const session = await openSession(graph, new Map(graph.params.map((param) => [param.name, weightOf(param)])), {
    threads: 1,
  })
  const trained = numbers((await session.run(feedsOf(batch.feeds))).logProbs)
  await session.close()

  const compressed = await parts.compressor.compress(chunks, 4)
  const slots = layOut(
    [{ chunks: chunks.map((chunk, index) => ({ index, tokens: chunk })) }],
    expanded,
    parts.ids,
    question,
  )
  const rows = layRows(
    slots,
    parts.decoder.embedding,
    tinyConfig.decoder.hidden,
    (index) => compressed[index]!.embedding,
  )
  parts.held.keys = []
  const { logits } = await prefill(parts.decoder, parts.held, { rows, keys: slots.map((_, i) => `${i}`), room: 32 })
  const inferred = await scoreTargets(parts.decoder, logits, answer)
  inferred.forEach((logProb, i) => expect(trained[i]).toBeCloseTo(logProb, 4))
})

describe('positions with gaps', () => {
  const { segment } = exampleShape
  test('counted on from 0 they give the very loss of none', async () => {
    const shape = { ...exampleShape.shape, reach: 900 }
    const batch = packBatch(shape, tinyConfig.decoder.vocabulary, 1, () => segment())
    const counted = Int32Array.from({ length: shape.batch * shape.length }, (_, i) => i % shape.length)
    const lossOf = async (own: typeof shape | typeof exampleShape.shape, feeds: Record<string, Live>) => {
      const g = startGraph('mixed')
      g.output('loss', mixedLoss(g, tinyConfig, own).loss)
      const graph = g.finish()
      const weights = new Map(graph.params.map((param) => [param.name, weightOf(param)]))
      const session = await openSession(graph, weights, { threads: 1 })
      const { loss } = await session.run(feeds)
      await session.close()
      return numbers(loss)[0]!
    }
    const plain = feedsOf(batch.feeds)
    const fed = { ...plain, positions: live(longs([shape.batch, shape.length], counted)) }
    const gaps = feedsOf(spreadPositions(batch, shape, shape.reach, random(4)).feeds)
    const loss = await lossOf(exampleShape.shape, plain)
    expect(await lossOf(shape, fed)).toBeCloseTo(loss, 6)
    expect(Math.abs((await lossOf(shape, gaps)) - loss)).toBeGreaterThan(1e-6)
  })

  test('they rise in every row, begin near 0 or after a gap, and stay below the reach', () => {
    const shape = { batch: 64, length: 30, k: 4, chunks: 1, targets: 1, alone: true, reach: 500 }
    const batch = packBatch(shape, tinyConfig.decoder.vocabulary, 1, () => [])
    const { positions } = spreadPositions(batch, shape, shape.reach, random(9)).feeds
    const words = new Int32Array((positions!.data as BigInt64Array).buffer)
    const at = (row: number, i: number) => words[2 * (row * shape.length + i)]!
    let farthest = 0
    for (let row = 0; row < shape.batch; row++) {
      for (let i = 1; i < shape.length; i++) expect(at(row, i)).toBeGreaterThan(at(row, i - 1))
      farthest = Math.max(farthest, at(row, shape.length - 1))
    }
    expect(farthest).toBeLessThan(500)
    expect(farthest).toBeGreaterThan(400)
  })
})

/** Compares the gradient of a whole loss with finite differences at a few places of every weight. */
async function worstGradient(make: (g: Builder) => Value, feeds: Record<string, Live>): Promise<number> {
  const g = startGraph('loss')
  const loss = make(g)
  const params = g.finish().params
  gradient(g, loss, params).forEach((value, i) => g.output(`d.${params[i]!.name}`, value))
  g.output('loss', loss)
  const session = await openSession(g.finish(), undefined, { threads: 1 })
  const weights = new Map(
    params.map((param) => [
      param.name,
      floats(weightOf(param).shape, Float32Array.from(weightOf(param).data as Float32Array)),
    ]),
  )
  const run = () =>
    session.run({ ...feeds, ...Object.fromEntries([...weights].map(([name, tensor]) => [name, live(tensor)])) })
  const analytic = await run()
  const pick = random(3)
  let worst = 0
  for (const [name, tensor] of weights) {
    const d = numbers(analytic[`d.${name}`]).slice()
    const scale = Math.max(1e-3, ...d.map(Math.abs))
    for (let round = 0; round < 3; round++) {
      const at = pick.int(0, d.length - 1)
      const kept = tensor.data[at] as number
      const step = 2 ** -7
      const moved: number[] = []
      for (const by of [2 * step, step, -step, -2 * step]) {
        tensor.data[at] = kept + by
        moved.push(numbers((await run()).loss)[0] as number)
      }
      tensor.data[at] = kept
      const [up2, up, down, down2] = moved as [number, number, number, number]
      worst = Math.max(worst, Math.abs((8 * (up - down) - (up2 - down2)) / (12 * step) - d[at]!) / scale)
    }
  }
  await session.close()
  return worst
}

describe('whole losses agree with finite differences', () => {
  test('mixed input: decoder, encoder and projector', async () => {
    const { segment, answer } = exampleOf()
    const shape = { batch: 1, length: segment.length, k: 4, chunks: 2, targets: answer.length, alone: true }
    const batch = packBatch(shape, tinyConfig.decoder.vocabulary, 1, () => segment)
    expect(await worstGradient((g) => mixedLoss(g, tinyConfig, shape).loss, feedsOf(batch.feeds))).toBeLessThan(0.03)
  })

  test('the query-aware policy under GRPO', async () => {
    const shape = { contexts: 1, rows: 7, group: 2, picks: 2 }
    const rollout: Rollout = {
      rows: rowsOf(6),
      asked: 2,
      selections: [
        [3, 5],
        [2, 4],
      ],
      oldLogProbs: [
        [-1.4, -1.2],
        [-1.3, -1.1],
      ],
      advantages: [1, -1],
    }
    const feeds = grpoFeeds('policyQuery', tinyConfig.encoder, shape, [rollout])
    expect(
      await worstGradient((g) => grpoLoss(g, 'policyQuery', tinyConfig.policy, tinyConfig.encoder, shape).loss, feeds),
    ).toBeLessThan(0.03)
  })
})

describe('layers computed again in the backward pass', () => {
  const lora: Lora = { rank: 2, alpha: 4, adapts: decoderLayers }
  /** First values where the bundle has none: adapters that are not zero. */
  const valueOf = (param: Value): Tensor =>
    parts.bundle.weights.get(param.name) ??
    floats(param.shape as number[], numbersFrom(count(param.shape as number[]), 9))

  async function gradientsOf(recompute: boolean, through: (g: Builder) => Builder) {
    const { segment, answer } = exampleOf()
    const shape = { batch: 2, length: segment.length, k: 4, chunks: 4, targets: 2 * answer.length, alone: true }
    const batch = packBatch(shape, tinyConfig.decoder.vocabulary, 1, () => segment)
    const g = startGraph('mixed')
    const { loss } = mixedLoss(through(g), tinyConfig, shape)
    const { params } = g.finish()
    gradient(g, loss, params, { recompute }).forEach((value, i) => g.output(`d.${params[i]!.name}`, value))
    g.output('loss', loss)
    const graph = g.finish()
    const weights = new Map(params.map((param) => [param.name, valueOf(param)]))
    const session = await openSession(graph, weights, { threads: 1 })
    const results = await session.run(feedsOf(batch.feeds))
    await session.close()
    const softmaxes = graph.nodes.filter((node) => node.op === 'Softmax').length
    return { results: new Map(Object.entries(results).map(([name, value]) => [name, numbers(value)])), softmaxes }
  }

  test.each([
    ['all weights', (g: Builder) => g],
    ['weights and adapters', (g: Builder) => withLora(g, lora)],
  ])('give the gradient of those that are kept: %s', async (_, through) => {
    const kept = await gradientsOf(false, through)
    const again = await gradientsOf(true, through)
    // Each layer of decoder and encoder attends once more, and so does the pooling.
    const layers = tinyConfig.decoder.layers + tinyConfig.encoder.layers + 1
    expect(again.softmaxes - kept.softmaxes).toBe(layers)
    expect([...again.results.keys()]).toEqual([...kept.results.keys()])
    for (const [name, values] of kept.results) {
      const scale = Math.max(...values.map(Math.abs))
      expect(scale, name).toBeGreaterThan(0)
      const other = again.results.get(name)!
      const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0)
      expect(worst / scale, name).toBeLessThan(1e-6)
    }
  })

  test('make the step of the trainer, in one batch as gathered', async () => {
    const { shape, segment } = exampleShape
    const batch = feedsOf(packBatch(shape, tinyConfig.decoder.vocabulary, 1, () => segment()).feeds)
    const moved: Float32Array[] = []
    for (const recompute of [false, true]) {
      const trainer = startTrainer({ initial: weightOf, adam: adamDefaults, recompute, session: { threads: 1 } })
      const step = await trainer.prepare('step', (g) => mixedLoss(g, tinyConfig, shape))
      await step.run(batch, 1e-2, 1)
      const gathering = await trainer.prepareGathering('part', (g) => mixedLoss(g, tinyConfig, shape))
      for (const share of [0.5, 0.5]) await gathering.run(batch, share)
      await trainer.apply(1e-2, 2)
      moved.push(trainer.weights().get('decoder.layers.0.attention.qkv')!.data as Float32Array)
      await trainer.close()
    }
    const [kept, again] = moved
    kept!.forEach((value, i) => expect(again![i]).toBeCloseTo(value, 6))
  })
})

function rowsOf(count: number): Float32Array[] {
  const width = encodedWidth(tinyConfig.encoder)
  return Array.from({ length: count }, (_, i) => numbersFrom(width, 20 + i))
}

test('the policy graph gives a sequence of picks the probability of the pointer network', async () => {
  const shape = { contexts: 2, rows: 9, group: 3, picks: 4 }
  const draws = random(11)
  const contexts = [7, 9].map((count) => rowsOf(count))
  const logits = await Promise.all(contexts.map((rows) => parts.pointer.logits('policy', rows, [])))
  const rollouts = contexts.map((rows, c): Rollout => {
    const selections = Array.from({ length: shape.group }, () => sampleSequence(logits[c]!, c === 0 ? 3 : 4, draws))
    return {
      rows,
      asked: 0,
      selections,
      oldLogProbs: selections.map((selection) => selection.map(() => 0)),
      advantages: [1, 0, -1],
    }
  })
  const g = startGraph('grpo')
  g.output('logProbs', grpoLoss(g, 'policy', tinyConfig.policy, tinyConfig.encoder, shape).logProbs)
  const graph = g.finish()
  const session = await openSession(graph, new Map(graph.params.map((param) => [param.name, weightOf(param)])), {
    threads: 1,
  })
  const feeds = grpoFeeds('policy', tinyConfig.encoder, shape, rollouts)
  const made = numbers((await session.run({ ...feeds })).logProbs)
  await session.close()
  rollouts.forEach((rollout, c) =>
    rollout.selections.forEach((selection, s) => {
      const from = (c * shape.group + s) * shape.picks
      const sum = made.subarray(from, from + selection.length).reduce((a, b) => a + b, 0)
      expect(sum).toBeCloseTo(sequenceLogProb(logits[c]!, selection), 4)
    }),
  )
})

test('advantages of a group have mean zero and spread one, and none where all rewards are equal', () => {
  const advantages = groupAdvantages([1, 2, 3, 6])
  expect(advantages.reduce((a, b) => a + b, 0)).toBeCloseTo(0)
  expect(advantages.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(1)
  expect(groupAdvantages([2, 2, 2])).toEqual([0, 0, 0])
})

describe('a training run', () => {
  const shape = { batch: 4, length: 11, k: 8, chunks: 4, targets: 36, alone: true }
  const recipe = Recipe.parse({
    ...tinyConfig,
    seed: 3,
    tokenizer: { size: 384, sheets: 1, textBytes: 0 },
    learningRate: 3e-3,
    warmup: 2,
    adam: adamDefaults,
    stages: [
      { name: 'first', steps: 8, parts: [{ task: 'reconstruct', share: 1, shape, most: 1, exactly: true }] },
      {
        name: 'second',
        steps: 30,
        rate: [1, 0.1],
        parts: [{ task: 'reconstruct', share: 1, shape, most: 1, exactly: true }],
      },
    ],
    parts: [],
  })

  async function train(folder: string, until: (steps: number) => boolean): Promise<number[]> {
    const losses: number[] = []
    const context = { tokenizer: parts.tokenizer, ids: parts.ids, split: 'train' as const, text: new Int32Array(0) }
    const events: AsyncGenerator<LoopEvent> = runStages(recipe, context, {
      folder,
      threads: 1,
      validation: [],
      every: { log: 1, valid: 1000, checkpoint: 5 },
      until: () => until(losses.length),
    })
    for await (const event of events) if (event.type === 'step') losses.push(event.gradientNorm)
    return losses
  }

  test('stopped and resumed goes on exactly as one that never stopped', async () => {
    const home = await mkdtemp(join(tmpdir(), 'train-'))
    const whole = await train(join(home, 'whole'), () => false)
    const first = await train(join(home, 'parts'), (steps) => steps >= 11)
    expect(readCheckpoint(join(home, 'parts'))?.step).toBe(11)
    const rest = await train(join(home, 'parts'), () => false)
    expect([...first, ...rest]).toEqual(whole)
    const [a, b] = [readCheckpoint(join(home, 'whole')), readCheckpoint(join(home, 'parts'))]
    expect(b?.weights.get('decoder.embedding')?.data).toEqual(a?.weights.get('decoder.embedding')?.data)
    await rm(home, { recursive: true })
  })

  test('a stage leaves alone what it freezes, and moves the rest', async () => {
    const home = await mkdtemp(join(tmpdir(), 'train-'))
    const answered = { batch: 2, length: 400, k: 8, chunks: 160, targets: 200, alone: true }
    const stage = { name: 'as retrieved', steps: 2, frozen: ['encoder.', 'projector.'] }
    const part = { task: 'retrieved', share: 1, shape: answered, most: 2, exactly: true, p: 0 }
    const frozen = Recipe.parse({ ...recipe, stages: [{ ...stage, parts: [part] }] })
    const context = { tokenizer: parts.tokenizer, ids: parts.ids, split: 'train' as const, text: new Int32Array(0) }
    const every = { log: 1, valid: 1000, checkpoint: 5 }
    await Array.fromAsync(runStages(frozen, context, { folder: home, threads: 1, validation: [], every }))
    const moved = [...readCheckpoint(home)!.weights].filter(([name, { shape: sizes, data }]) => {
      const first = initialWeight({ name, dtype: 'float32', shape: sizes }, frozen.seed, frozen.decoder.layers).data
      return first.some((value, i) => value !== data[i])
    })
    expect(moved.length).toBeGreaterThan(0)
    expect(moved.every(([name]) => name.startsWith('decoder.'))).toBe(true)
    await rm(home, { recursive: true })
  })

  test('learns: reconstruction of one batch falls well below chance', async () => {
    const trainer = startTrainer({
      initial: (param) => initialWeight(param, 3, 2),
      adam: adamDefaults,
      session: { threads: 1 },
    })
    const step = await trainer.prepare('reconstruct', (g) => mixedLoss(g, tinyConfig, shape))
    const draws = random(4)
    const context = { tokenizer: parts.tokenizer, ids: parts.ids, split: 'train' as const, text: new Int32Array(0) }
    const batch = packBatch(shape, 384, 1, () =>
      tasks.reconstruct(draws, context, { k: 8, most: 1, exactly: true, textShare: 0, room: 11 }),
    )
    let loss = 0
    for (let at = 1; at <= 250; at++) loss = (await step.run(feedsOf(batch.feeds), 5e-3, at)).loss
    expect(loss).toBeLessThan(0.5)
    await trainer.close()
  })
})

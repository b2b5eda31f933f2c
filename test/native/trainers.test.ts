/** The trainers of the table: each moves its own weights, goes on only as it began, and refuses what it cannot use. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TrainInput, type TrainerName, type TrainEvent } from '../../src/shared/train.ts'
import { readCheckpoint } from '../../src/main/engine/train/loop/checkpoint.ts'
import { registerRun } from '../../src/main/engine/train/register.ts'
import { trainRun } from '../../src/main/engine/train/run.ts'
import { readEvents } from '../../src/main/engine/train/runFolder.ts'
import type { Tensor } from '../../src/main/engine/graph/value.ts'
import { openBundle, type Bundle } from '../../src/main/engine/store/bundle.ts'
import { faultOf } from '../helpers/faults.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let bundle: Bundle
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'trainers-'))
  await writeTinyBundle(join(home, 'tiny'))
  bundle = await openBundle(join(home, 'tiny'))
  const sentence = 'The mayor of Kardova is Oda Rinn, and the river that flows by is the Velm. '
  const documents = Array.from({ length: 4 }, (_, i) => `${i}. ${sentence.repeat(3)}`)
  await writeFile(join(home, 'four.txt'), documents.join('\n<|endoftext|>\n'))
  const asked = documents.map((text, i) => ({ question: `Who is mayor ${i}?`, answers: ['Oda'], passages: [{ text }] }))
  await writeFile(join(home, 'four.jsonl'), asked.map((line) => JSON.stringify(line)).join('\n'))
})
afterAll(() => rm(home, { recursive: true }))

const inputOf = (trainer: TrainerName, out: string, more: Partial<TrainInput> = {}): TrainInput =>
  TrainInput.parse({
    trainer,
    data: [join(home, trainer === 'tune' ? 'four.jsonl' : 'four.txt')],
    out: join(home, out),
    steps: 120,
    batch: 4,
    ks: [4],
    longest: 8,
    output: 6,
    stages: 1,
    learningRate: 1e-2,
    every: { log: 1, valid: 60, checkpoint: 25 },
    ...more,
  })
async function run(input: TrainInput): Promise<readonly TrainEvent[]> {
  return Array.fromAsync(trainRun(input, bundle, { threads: 1 }))
}
const losses = (events: readonly TrainEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'step' ? [event.loss] : []))

const ofTextAndQuestions = ['reconstruct', 'continue', 'mixed', 'lm', 'tune'] as const
describe.each(ofTextAndQuestions)('train %s', (trainer) => {
  test('moves its own weights alone', async () => {
    expect(losses(await run(inputOf(trainer, trainer, { steps: 5 })))).toHaveLength(5)
    const moved = new Set<string>()
    for (const [name, { data }] of readCheckpoint(join(home, trainer))!.weights) {
      const before = bundle.weights.get(name)!.data
      if (before.some((value, i) => value !== data[i])) moved.add(name.split('.')[0] as string)
    }
    const own = { reconstruct: ['encoder', 'projector'], lm: ['decoder'] } as Partial<Record<TrainerName, string[]>>
    expect([...moved].toSorted()).toEqual(own[trainer] ?? ['decoder', 'encoder', 'projector'])
  })
})

test('adapters are all that moves of the decoder, and the bundle made of them has none left', async () => {
  await run(inputOf('lm', 'adapted', { lora: 2, steps: 30 }))
  const { weights } = readCheckpoint(join(home, 'adapted'))!
  const moved = [...weights].filter(([name, { data }]) => {
    const before = bundle.weights.get(name)?.data
    return before ? before.some((value, i) => value !== data[i]) : data.some((value) => value !== 0)
  })
  expect(moved.every(([name]) => /lora(Down|Up)$/.test(name))).toBe(true)
  expect(moved.length).toBe(2 * 5 * bundle.config.decoder.layers)
  await registerRun(join(home, 'adapted'), bundle, join(home, 'made'), 'made')
  const made = await openBundle(join(home, 'made'))
  expect([...made.weights.keys()].toSorted()).toEqual([...bundle.weights.keys()].toSorted())
  expect(made.config).toMatchObject({
    name: 'made',
    lineage: [{ from: bundle.hash, trainer: 'lm', steps: 30, seed: 7 }],
  })
  const name = 'decoder.layers.0.attention.qkv'
  const [down, up] = ['Down', 'Up'].map((end) => weights.get(`${name}.lora${end}`)!.data as Float32Array)
  const columns = up!.length / 2
  const expected = (bundle.weights.get(name)!.data[0] as number) + 2 * (down![0]! * up![0]! + down![1]! * up![columns]!)
  expect(made.weights.get(name)!.data[0]).toBeCloseTo(expected, 3)
})

test('a run goes on only with the settings it began with', async () => {
  const input = inputOf('lm', 'settled', { steps: 2 })
  await run(input)
  const fault = await faultOf(run({ ...input, learningRate: 0.5 }))
  expect(fault).toMatchObject({
    code: 'run-other-settings',
    message: expect.stringContaining('learningRate 0.01, now 0.5'),
  })
  expect(await run({ ...input, every: { ...input.every, log: 2 } })).toEqual([])
})

test('a part begun anew has the weights of the seed, and a trainer without it refuses', async () => {
  // So slow that no weight moves by more than nothing: what the checkpoint holds is what the run began with.
  const still = { steps: 1, learningRate: 1e-20, schedule: 'constant' } as const
  const begunWith = async (seed: number) => {
    const out = `anew ${seed}`
    await run(inputOf('reconstruct', out, { ...still, seed, fresh: ['projector'] }))
    return readCheckpoint(join(home, out))!.weights
  }
  const same = (one: Tensor, other: Tensor): boolean =>
    one.data.every((value, i) => Math.abs(Number(value) - Number(other.data[i])) < 1e-15)
  const [a, b] = [await begunWith(7), await begunWith(8)]
  for (const [name, tensor] of a) {
    const anew = name.startsWith('projector.') && name.endsWith('.weight')
    expect([name, same(bundle.weights.get(name)!, tensor)]).toEqual([name, !anew])
    expect([name, same(b.get(name)!, tensor)]).toEqual([name, !anew])
  }
  expect(await faultOf(run(inputOf('policy', 'anew policy', { fresh: ['encoder'] })))).toMatchObject({
    code: 'bad-input',
    message: 'The trainer policy has no encoder to begin anew.',
  })
})

test.each([
  { data: 'nowhere.txt', code: 'file-missing' },
  { data: 'empty.txt', code: 'corpus-empty' },
  { data: 'short.txt', code: 'corpus-short' },
  { data: 'bad.jsonl', code: 'bad-record' },
])('data that cannot be trained on is a fault before the first step: $code', async ({ data, code }) => {
  await writeFile(join(home, 'empty.txt'), '\n\n')
  await writeFile(join(home, 'short.txt'), 'Too short.')
  await writeFile(join(home, 'bad.jsonl'), '{"text": "good"}\n{"words": 3}\n')
  const fault = await faultOf(run(inputOf('continue', `bad ${code}`, { data: [join(home, data)] })))
  expect(fault).toMatchObject({ code, remedy: expect.stringMatching(/\w/) })
})

describe('policies', () => {
  const small = { data: ['synthetic'], ks: [4], longest: 16, output: 8, batch: 2, p: 0.25, learningRate: 5e-3 } as const
  const scoreOf = (events: readonly TrainEvent[], metric: string): number[] =>
    events.flatMap((event) =>
      event.type === 'saved' ? [] : event.scores.filter((score) => score.metric === metric).map((score) => score.value),
    )

  test.each(['grpo', 'reinforce', 'imitate'] as const)(
    '%s moves the policy alone and goes on exactly',
    async (algorithm) => {
      const input = inputOf('policy', algorithm, { ...small, data: ['synthetic'], ks: [4], algorithm, steps: 6 })
      const whole = await run(input)
      const stop = new AbortController()
      const parts = { ...input, out: join(home, `${algorithm} in parts`) }
      for await (const event of trainRun(parts, bundle, { threads: 1, signal: stop.signal }))
        if (event.step === 3) stop.abort()
      const norms = (events: readonly TrainEvent[]) =>
        events.flatMap((event) => (event.type === 'step' ? [event.gradientNorm] : []))
      await run(parts)
      const gone = await readEvents(parts.out)
      expect(norms(gone)).toEqual(norms(whole))
      // Measured from where the run began, not from where it was gone on with: none before the first step, more after it.
      const moved = scoreOf(whole, 'KL(now || start) of the first pick, nats')
      expect(scoreOf(gone, 'KL(now || start) of the first pick, nats')).toEqual(moved)
      expect(moved).toHaveLength(6)
      expect(moved[0]).toBe(0)
      for (const divergence of moved.slice(1)) expect(divergence).toBeGreaterThan(0)
      const names = [...readCheckpoint(input.out)!.weights.keys()]
      expect(names.every((name) => name.startsWith('policy.'))).toBe(true)
      // Four chunks, one of them expanded: entropy is between that of certainty and that of an even choice.
      expect(scoreOf(whole, 'fraction of chunks expanded')).toEqual(Array(6).fill(0.25))
      const entropies = scoreOf(whole, 'entropy of the first pick, nats')
      expect(entropies).toHaveLength(6)
      for (const entropy of entropies) expect(entropy).toBeGreaterThan(0)
      for (const entropy of entropies) expect(entropy).toBeLessThanOrEqual(Math.log(4))
      expect(new Set(entropies).size).toBeGreaterThan(1)
    },
  )

  test('a policy is set beside chance and the oracle on held-out contexts', async () => {
    const input = inputOf('policy', 'held out', {
      ...small,
      data: ['synthetic'],
      ks: [4],
      algorithm: 'imitate',
      steps: 2,
    })
    const events = await run({ ...input, every: { ...input.every, valid: 2 } })
    const [own, chance, best] = ['policy', 'random', 'oracle'].map(
      (who) => scoreOf(events, `reward of ${who}, nats a token`)[0]!,
    )
    expect(best).toBeGreaterThan(chance!)
    expect(best).toBeGreaterThan(own!)
    const [overlap] = scoreOf(events, 'overlap with the oracle')
    expect(overlap).toBeGreaterThanOrEqual(0)
    expect(overlap).toBeLessThanOrEqual(1)
    // What chance would overlap by, told beside it.
    expect(scoreOf(events, 'fraction of chunks expanded').at(-1)).toBe(0.25)
    expect(scoreOf(events, 'KL(now || start) of the first pick, nats').at(-1)).toBeGreaterThan(0)
    // Four chunks of each of the eight held-out contexts, one of them expanded.
    const kept = (await readEvents(input.out)).findLast((event) => event.type === 'valid')
    const sums = kept?.histogram?.groups.map(({ name, counts }) => [name, counts.reduce((a, b) => a + b, 0)])
    expect(sums).toEqual([
      ['expanded', 8],
      ['compressed', 24],
    ])
  })

  test('the query-aware policy wants questions, and learns from them', async () => {
    await writeFile(join(home, 'plain.txt'), 'Nothing is asked here, only told at some length. '.repeat(30))
    const input = inputOf('policy', 'query', {
      ...small,
      data: [join(home, 'plain.txt')],
      ks: [4],
      query: true,
      steps: 2,
    })
    expect(await faultOf(run(input))).toMatchObject({ code: 'bad-input' })
    expect(losses(await run({ ...input, data: ['synthetic'] }))).toHaveLength(2)
  })

  test('a policy that is to locate answers wants some that stand in their passages', async () => {
    const passages = [{ text: 'The mayor is Oda Rinn, and the river that flows by is the Velm. It is wide.' }]
    const asked = (answer: string): string => JSON.stringify({ question: 'Which river?', answers: [answer], passages })
    await writeFile(join(home, 'free.jsonl'), [1, 2, 3].map((i) => asked(`none of ${i}`)).join('\n'))
    const settings = { ...small, algorithm: 'locate', steps: 2 } as const
    const data = ['synthetic']
    const input = inputOf('policy', 'nowhere', { ...settings, data: [join(home, 'free.jsonl')], ks: [4], query: true })
    const fault = await faultOf(run(input))
    expect(fault).toMatchObject({ code: 'bad-input', remedy: expect.stringContaining('imitate') })
    // Running text has no answers either.
    expect(await faultOf(run(inputOf('policy', 'untold', { ...settings, data, ks: [4] })))).toMatchObject({
      code: 'bad-input',
    })
    expect(losses(await run(inputOf('policy', 'located', { ...settings, data, ks: [4], query: true })))).toHaveLength(2)
  })
})

test('a part is marked untrained until a bundle is made of a training that moved it', async () => {
  const untrained = ['encoder', 'projector', 'policy', 'policyQuery', 'embedder'] as const
  await writeTinyBundle(join(home, 'paired'), 7, { untrained: [...untrained] })
  const steps: readonly (readonly [TrainerName, Partial<TrainInput>, readonly string[]])[] = [
    ['lm', {}, untrained],
    ['reconstruct', { frozen: ['projector'] }, ['projector', 'policy', 'policyQuery', 'embedder']],
    ['reconstruct', {}, ['policy', 'policyQuery', 'embedder']],
    ['policy', { data: [join(home, 'four.jsonl')], algorithm: 'locate' }, ['policyQuery', 'embedder']],
  ]
  let base = await openBundle(join(home, 'paired'))
  for (const [at, [trainer, more, left]] of steps.entries()) {
    const [out, made] = [`marked ${at}`, join(home, `marked bundle ${at}`)]
    const input = inputOf(trainer, out, { steps: 1, ...more })
    await Array.fromAsync(trainRun(input, base, { threads: 1 }))
    await registerRun(input.out, base, made)
    base = await openBundle(made)
    expect(base.config.untrained).toEqual(left)
  }
  // Of a bundle that has no such mark none is made.
  await run(inputOf('reconstruct', 'whole', { steps: 1 }))
  await registerRun(join(home, 'whole'), bundle, join(home, 'whole bundle'))
  expect('untrained' in (await openBundle(join(home, 'whole bundle'))).config).toBe(false)
})

test('a frozen decoder stays to the bit while the rest learns, and takes no moments', async () => {
  await run(inputOf('continue', 'frozen', { steps: 3, frozen: ['decoder'] }))
  const { weights, moments } = readCheckpoint(join(home, 'frozen'))!
  const moved = [...weights].filter(([name, { data }]) =>
    bundle.weights.get(name)!.data.some((value, i) => value !== data[i]),
  )
  expect(new Set(moved.map(([name]) => name.split('.')[0]))).toEqual(new Set(['encoder', 'projector']))
  expect([...moments.keys()].some((name) => name.includes('.decoder.'))).toBe(false)
  expect(moments.size).toBe(2 * moved.length)
  expect(await faultOf(run(inputOf('continue', 'both', { lora: 2, frozen: ['decoder'] })))).toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('frozen decoder'),
  })
  expect(await faultOf(run(inputOf('policy', 'none', { frozen: ['decoder'] })))).toMatchObject({ code: 'bad-input' })
})

/** Policies judged on the tiny bundle: every figure against one worked out here, choice by choice. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { choices, evaluatePolicy } from '../../src/main/engine/bench/policy.ts'
import { mean, pairedBootstrap } from '../../src/main/engine/measure/statistics.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { similarities } from '../../src/main/engine/retrieve/similarity.ts'
import { drawSheets, readContext, rewardOf, type Context } from '../../src/main/engine/train/courses/contexts.ts'
import { stepRandom } from '../../src/main/engine/train/recipe/tasks.ts'
import { PolicyInput, type PolicyPair, type PolicyRow } from '../../src/shared/evaluate.ts'
import { random } from '../../src/shared/random.ts'
import { faultOf } from '../helpers/faults.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
beforeAll(async () => {
  parts = await tinyParts()
})
afterAll(() => parts.close())

const seed = 5
const base = { ks: [16], ps: [0.2], passages: 2, limit: 4, small: 0, seed } satisfies Partial<PolicyInput>

async function evaluate(more: Partial<PolicyInput>) {
  const found = { rows: [] as PolicyRow[], pairs: [] as PolicyPair[] }
  for await (const event of evaluatePolicy(parts, PolicyInput.parse({ ...base, ...more }))) {
    if (event.type !== 'rows') continue
    found.rows.push(...event.rows)
    found.pairs.push(...event.pairs)
  }
  return found
}

/** The contexts that the evaluation draws. */
function contexts(count: number, k = 16): Context[] {
  return Array.from({ length: count }, (_, i) =>
    drawSheets(parts, stepRandom(seed, i), { k, passages: 2, questions: 1, side: 'test', alike: true }),
  )
}

/** The reward of a context with some chunks expanded. */
async function worth(context: Context, picked: readonly number[], k = 16): Promise<number> {
  const { embeddings } = await readContext(parts, 'policy', context, k)
  const expanded = context.chunks.map((_, i) => picked.includes(i))
  return rewardOf(parts, context, embeddings, expanded)
}

/** Indices of the `count` highest. */
const highest = (values: ArrayLike<number>, count: number): number[] =>
  Array.from(values, (value, i) => ({ value, i }))
    .toSorted((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ i }) => i)

test('every choice of so many chunks is made once', () => {
  const made = choices(5, 2)
  expect(new Set(made.map((choice) => choice.map(Number).join(''))).size).toBe(10)
  expect(made.map((choice) => choice.filter(Boolean).length)).toEqual(made.map(() => 2))
  expect(choices(3, 3)).toEqual([[true, true, true]])
})

test('gold, precision and reward of random and oracle are those of their picks, and the pair is their difference', async () => {
  const { rows, pairs } = await evaluate({ ks: [8], ps: [0.5], policies: ['random', 'oracle'] })
  const picked = { random: [] as number[][], oracle: [] as number[][] }
  const drawn = contexts(4, 8)
  for (const [i, context] of drawn.entries()) {
    const count = Math.floor(0.5 * context.chunks.length)
    expect(count).toBeGreaterThan(1)
    const chance = random(seed + i)
    const all = context.chunks.map((_, at) => at)
    picked.random.push(
      highest(
        all.map(() => chance.float()),
        count,
      ),
    )
    const alone: number[] = []
    for (const at of all) alone.push(await worth(context, [at], 8))
    picked.oracle.push(highest(alone, count))
  }
  // An answer that two chunks share counts half where one of them is expanded.
  expect(drawn.some((context) => (context.turns[0]?.held.length ?? 0) > 1)).toBe(true)
  const rewards: Record<string, number[]> = {}
  for (const name of ['random', 'oracle'] as const) {
    const own = picked[name]
    const held = drawn.map((context) => context.turns[0]?.held ?? [])
    const hits = own.map((chunks, i) => chunks.filter((chunk) => held[i]?.includes(chunk)).length)
    rewards[name] = []
    for (const [i, context] of drawn.entries()) rewards[name].push(await worth(context, own[i] ?? [], 8))
    const row = rows.find(({ policy }) => policy === name)
    expect(row).toMatchObject({ k: 8, p: 0.5, n: 4, regret: null, regretCi: null, regretN: 0 })
    expect(row?.chunks).toBe(mean(drawn.map((context) => context.chunks.length)))
    expect(row?.picks).toBe(mean(own.map((chunks) => chunks.length)))
    expect(row?.gold).toBeCloseTo(mean(hits.map((hit, i) => hit / (held[i]?.length ?? 0))), 9)
    expect(row?.precision).toBeCloseTo(mean(hits.map((hit, i) => hit / (own[i]?.length ?? 0))), 9)
    expect(row?.reward).toBeCloseTo(mean(rewards[name]), 5)
    const shared = own.map((chunks, i) => chunks.filter((chunk) => picked.oracle[i]?.includes(chunk)).length)
    expect(row?.overlap).toBeCloseTo(mean(shared.map((count, i) => count / (own[i]?.length ?? 0))), 9)
  }
  const pair = pairs.find(({ measure }) => measure === 'reward')
  const by = pairedBootstrap(rewards.oracle ?? [], rewards.random ?? [], { random: random(seed) })
  expect(pair).toMatchObject({ k: 8, p: 0.5, policy: 'oracle', against: 'random', n: 4 })
  expect(pair?.difference).toBeCloseTo(by.difference, 5)
  expect(pair?.ci[0]).toBeCloseTo(by.low, 5)
  expect(pair?.ci[1]).toBeCloseTo(by.high, 5)
})

test('the oracle finds more of the reward than chance, and every policy has its row and its pairs', async () => {
  const { rows, pairs } = await evaluate({ limit: 6 })
  const { policies } = PolicyInput.parse({ ks: [16] })
  expect(rows.map(({ policy }) => policy)).toEqual(policies)
  const rewardOfRow = (name: string) => rows.find(({ policy }) => policy === name)?.reward ?? Number.NaN
  expect(rewardOfRow('oracle')).toBeGreaterThan(rewardOfRow('random'))
  for (const against of ['random', 'similarity'])
    expect(new Set(pairs.filter((pair) => pair.against === against).map(({ policy }) => policy))).toEqual(
      new Set(policies.filter((policy) => policy !== against && policy !== 'random')),
    )
  // The two orders of perplexity choose from opposite ends.
  expect(rewardOfRow('perplexity-descending')).not.toBe(rewardOfRow('perplexity-ascending'))
})

test('the policies that read a question read that of the context', async () => {
  const { rows } = await evaluate({
    ks: [4],
    ps: [0.5],
    limit: 1,
    policies: ['similarity', 'learned-query', 'learned'],
  })
  const [context] = contexts(1, 4)
  if (!context) throw new Error('no context')
  const count = Math.floor(0.5 * context.chunks.length)
  const { tokenizer, embedder, compressor, pointer } = parts
  const question = tokenizer.decode(context.turns[0]?.question ?? [])
  expect(question).toMatch(/[?？]$/)
  const texts = context.chunks.map((chunk) => tokenizer.decode(chunk))
  const near = await similarities(embedder, question, texts)
  const [ids, encoded] = [tokenizer.encode(question), await compressor.compress(context.chunks, 4)]
  const parted = Array.from({ length: Math.ceil(ids.length / 4) }, (_, i) => ids.slice(4 * i, 4 * i + 4))
  const asked = await compressor.compress(parted, 4)
  const chunks = encoded.map((chunk) => chunk.encoded)
  const logits = await pointer.logits(
    'policyQuery',
    chunks,
    asked.map((chunk) => chunk.encoded),
  )
  const blind = await pointer.logits('policy', chunks, [])
  for (const [i, scores] of [near, logits, blind].entries())
    expect(rows[i]?.reward).toBeCloseTo(await worth(context, highest(scores, count), 4), 5)
  expect(new Set(rows.map(({ reward }) => reward)).size).toBe(3)
})

test('regret is what a search through all pairs of chunks finds beyond the choice', async () => {
  const { rows } = await evaluate({ ps: [0.25], limit: 1, small: 3, policies: ['random', 'oracle'] })
  const regrets = { random: [] as number[], oracle: [] as number[] }
  for (let i = 0; i < 3; i++) {
    const draws = stepRandom(~seed, i)
    let context: Context | null = null
    for (let passages = 2; context === null || context.chunks.length > 10; passages = 1)
      context = drawSheets(parts, draws, { k: 16, passages, questions: 1, side: 'test', alike: true })
    const { length } = context.chunks
    const picks = Math.max(1, Math.floor(length / 4))
    let best = -Infinity
    const alone: number[] = []
    for (let a = 0; a < length; a++) {
      alone.push(await worth(context, [a]))
      if (picks === 1) best = Math.max(best, alone[a] ?? 0)
      else for (let b = a + 1; b < length; b++) best = Math.max(best, await worth(context, [a, b]))
    }
    const chance = random(seed + 1 + i)
    const drawn = context.chunks.map(() => chance.float())
    regrets.random.push(best - (await worth(context, highest(drawn, picks))))
    regrets.oracle.push(best - (await worth(context, highest(alone, picks))))
  }
  for (const name of ['random', 'oracle'] as const) {
    const row = rows.find(({ policy }) => policy === name)
    expect(row?.regretN).toBe(3)
    expect(row?.regret).toBeCloseTo(mean(regrets[name]), 5)
    expect(row?.regretCi?.[0]).toBeGreaterThanOrEqual(0)
  }
  expect(mean(regrets.random)).toBeGreaterThan(mean(regrets.oracle))
})

test('where more than two chunks are to be chosen not every subset is tried', async () => {
  const { rows } = await evaluate({ ps: [0.1, 0.6], limit: 1, small: 2, policies: ['random'] })
  expect(rows).toMatchObject([{ regretN: 2 }, { regretN: 0, regret: null, regretCi: null }])
})

test('where one chunk is to be chosen the oracle regrets nothing', async () => {
  const { rows } = await evaluate({ ps: [0.1], limit: 1, small: 3, policies: ['oracle', 'perplexity-descending'] })
  expect(rows[0]).toMatchObject({ policy: 'oracle', regretN: 3 })
  expect(rows[0]?.regret).toBeCloseTo(0, 9)
  expect(rows[1]?.regret).toBeGreaterThan(0.001)
})

test('the same seed gives the same rows, another other ones; more questions on a context are held by more chunks', async () => {
  const once = await evaluate({ policies: ['random'] })
  expect(await evaluate({ policies: ['random'] })).toEqual(once)
  expect((await evaluate({ policies: ['random'], seed: 6 })).rows[0]?.reward).not.toBe(once.rows[0]?.reward)
  const all = await evaluate({ policies: ['oracle'], questions: 100 })
  const one = await evaluate({ policies: ['oracle'] })
  expect(all.rows[0]?.precision).toBeGreaterThan(one.rows[0]?.precision ?? 1)
})

test.each([
  { more: { ks: [5] }, code: 'k-unsupported' },
  { more: { ps: [2] }, code: 'p-out-of-range' },
  { more: { ps: [0] }, code: 'bad-input' },
  { more: { questions: 2, policies: ['similarity' as const] }, code: 'bad-input' },
])('what cannot be judged is refused: $more', async ({ more, code }) => {
  expect(await faultOf(evaluate(more))).toMatchObject({ code })
})

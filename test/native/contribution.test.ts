/** Contribution: chunks left out against whole forwards without their slots, attention mass against attention in plain TypeScript. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Parts } from '../../src/main/engine/parts.ts'
import { contribution } from '../../src/main/engine/whatif/contribution.ts'
import { restore, type Restored } from '../../src/main/engine/whatif/restore.ts'
import type { ContributionResult } from '../../src/shared/whatif.ts'
import { allOf, askedRun, atOnce, passages, planOf } from '../helpers/askedRun.ts'
import { plainForward } from '../helpers/plainDecoder.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
let at: Restored
beforeAll(async () => {
  parts = await tinyParts()
  at = await restore(parts, await askedRun(parts, planOf({ policy: 'random', p: 0.4 })), 'answer')
})
afterAll(() => parts.close())

async function resultOf(input: Parameters<typeof contribution>[1] = {}): Promise<ContributionResult> {
  const told = await allOf(contribution(at, input, atOnce))
  const [base, attention, ...rest] = told
  if (base?.type !== 'base' || attention?.type !== 'attention') throw new Error('base and attention come first')
  const leftOut = rest.flatMap((each) => (each.type === 'leftOut' ? [each.leftOut] : []))
  return { base: base.base, attention: attention.attention, leftOut }
}

/** The decoder's input written out by hand, a row a position, with what stands there: a chunk's index, or a name. */
async function laidByHand(leftOut: number | null) {
  const { hidden } = parts.decoder.config
  const embedded = (id: number): Float32Array => parts.decoder.embedding.subarray(id * hidden, (id + 1) * hidden)
  const rows: (readonly [stands: number | string, row: Float32Array])[] = []
  for (const passage of passages) {
    for (const id of parts.ids.passage) rows.push(['mark', embedded(id)])
    for (const chunk of at.run.chunks.filter((each) => each.passage === passage.id && each.index !== leftOut)) {
      const tokens = at.cut.chunks[chunk.index]!.tokens
      if (chunk.expanded) for (const id of tokens) rows.push([chunk.index, embedded(id)])
      else rows.push([chunk.index, (await parts.compressor.compress([tokens], 8))[0]!.embedding])
    }
  }
  for (const id of parts.ids.question) rows.push(['mark', embedded(id)])
  for (const id of parts.tokenizer.encode(at.run.plan.question)) rows.push(['question', embedded(id)])
  for (const id of parts.ids.answer) rows.push(['mark', embedded(id)])
  const prompt = rows.length
  for (const id of at.target.ids.slice(0, -1)) rows.push(['answer', embedded(id)])
  const whole = new Float32Array(rows.length * hidden)
  rows.forEach(([, row], i) => whole.set(row, i * hidden))
  return { rows: whole, stands: rows.map(([stands]) => stands), prompt }
}

/** Log-probabilities of the target by the plain forward. */
async function plainLogProbs(leftOut: number | null): Promise<number[]> {
  const { rows, prompt } = await laidByHand(leftOut)
  const { logits } = plainForward(parts.decoder.config, parts.bundle.weights, rows)
  return at.target.ids.map((id, i) => {
    const row = logits[prompt - 1 + i]!
    return row[id]! - Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0))
  })
}

test('a chunk left out: its slots are gone, positions closed up, all else as it was', async () => {
  const { base, leftOut } = await resultOf()
  const whole = await plainLogProbs(null)
  expect(base.tokens.map((token) => token.text)).toEqual(at.run.tokens.map((token) => token.text))
  base.tokens.forEach(({ logProb }, i) => expect(Math.abs(logProb - whole[i]!)).toBeLessThan(1e-4))
  expect(leftOut.map((row) => row.index)).toEqual(at.run.chunks.map((chunk) => chunk.index).toReversed())
  for (const { index, change, deltaNll } of leftOut) {
    const without = await plainLogProbs(index)
    change.forEach((each, i) => expect(Math.abs(each - (whole[i]! - without[i]!))).toBeLessThan(1e-4))
    expect(deltaNll).toBeCloseTo(change.reduce((sum, each) => sum + each, 0) / change.length, 10)
  }
  // Chunks differ, and so do tokens: nothing is averaged away.
  expect(new Set(leftOut.map((row) => row.change[0]!.toFixed(5))).size).toBe(leftOut.length)
})

describe('attention mass', () => {
  /** The same from the plain forward: the mean over layers and heads of the rows that foretell the target. */
  async function plainMass(layers: readonly number[], heads: readonly number[]) {
    const { rows, stands, prompt } = await laidByHand(null)
    const { attention } = plainForward(parts.decoder.config, parts.bundle.weights, rows)
    return at.target.ids.map((_, i) => {
      const sums = new Map<number | string, number>()
      for (const layer of layers)
        for (const head of heads)
          attention[layer]![head]![prompt - 1 + i]!.forEach((p, column) =>
            sums.set(stands[column]!, (sums.get(stands[column]!) ?? 0) + p / (layers.length * heads.length)),
          )
      return sums
    })
  }

  test.each([
    ['all layers and heads', {}, [0, 1], [0, 1]],
    ['one layer', { layers: [1] }, [1], [0, 1]],
    ['one head of one layer', { layers: [0], heads: [1] }, [0], [1]],
  ])('of %s equals attention in plain TypeScript, and a row is 1', async (_, over, layers, heads) => {
    const { attention } = await resultOf({ ...over, chunks: [0] })
    expect(attention).toMatchObject({ layers, heads })
    expect(attention.rows).toHaveLength(at.target.ids.length)
    const plain = await plainMass(layers, heads)
    attention.rows.forEach(({ chunks, question, answer, marks }, i) => {
      const own = plain[i]!
      expect(chunks).toHaveLength(at.run.chunks.length)
      chunks.forEach((mass, chunk) => expect(Math.abs(mass - (own.get(chunk) ?? 0))).toBeLessThan(1e-5))
      expect(question).toBeCloseTo(own.get('question') ?? 0, 5)
      expect(answer).toBeCloseTo(own.get('answer') ?? 0, 5)
      expect(marks).toBeCloseTo(own.get('mark') ?? 0, 5)
      expect(chunks.reduce((sum, mass) => sum + mass, 0) + question + answer + marks).toBeCloseTo(1, 5)
    })
    // The first token has no answer before it to look at.
    expect(attention.rows[0]?.answer).toBe(0)
  })

  test('it reads the cache and leaves it as it was', async () => {
    const before = (await resultOf({ chunks: [0] })).base.tokens
    await resultOf({ chunks: [1] })
    expect((await resultOf({ chunks: [0] })).base.tokens).toEqual(before)
  })

  test('the graph that shows attention gives the logits that the decoder gives', async () => {
    const { decoder, attention } = parts
    const { hidden } = decoder.config
    const { rows } = await laidByHand(null)
    const behind = 5
    parts.held.keys = []
    decoder.reserve(rows.length / hidden)
    decoder.rewind(0)
    const from = rows.length - behind * hidden
    await decoder.feed(rows.subarray(0, from), 'none')
    const length = decoder.length()
    const groups = { of: Array<number>(rows.length / hidden).fill(0), count: 1 }
    const over = { layers: [0, 1], heads: [0, 1] }
    const seen = await attention.mass(decoder, rows.subarray(from), groups, over)
    expect(decoder.length()).toBe(length)
    const own = await decoder.feed(rows.subarray(from), 'all')
    own.forEach((logit, i) => expect(Math.abs(logit - seen.logits[i]!)).toBeLessThan(1e-4))
  })
})

test('a layer or head that is not there is a fault that says which are', async () => {
  await expect(resultOf({ layers: [2] })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/layer 2.*0 to 1/),
  })
  await expect(resultOf({ heads: [5] })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/head 5/),
  })
})

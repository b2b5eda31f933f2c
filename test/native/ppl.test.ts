/** Log-perplexity under every condition: the ends meet, the same texts under each, refusals before the first. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PplInput, type PplGap, type PplPair, type PplRow } from '../../src/shared/evaluate.ts'
import { evaluatePpl } from '../../src/main/engine/bench/ppl.ts'
import { summarizePpl, type PplCell, type PplSummary } from '../../src/main/engine/bench/pplSummary.ts'
import { mean, pairedBootstrap } from '../../src/main/engine/measure/statistics.ts'
import { quantile } from '../../src/shared/quantiles.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { openHeldOut } from '../../src/main/engine/train/data/source.ts'
import { random } from '../../src/shared/random.ts'
import { faultOf } from '../helpers/faults.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
beforeAll(async () => {
  parts = await tinyParts()
})
afterAll(() => parts.close())

async function evaluate(more: Partial<PplInput>): Promise<PplSummary> {
  const input = PplInput.parse({ data: ['synthetic'], context: 32, output: 8, ks: [4, 8], limit: 4, ...more })
  const all = { rows: [] as PplRow[], gaps: [] as PplGap[], pairs: [] as PplPair[] }
  const sets = await Promise.all(input.data.map((name) => openHeldOut(name, parts.tokenizer)))
  for await (const event of evaluatePpl(parts, parts, { ...input, matched: 'itself' }, sets)) {
    if (event.type !== 'rows') continue
    all.rows.push(...event.rows)
    all.gaps.push(...event.gaps)
    all.pairs.push(...event.pairs)
  }
  return all
}

const rows = async (more: Partial<PplInput>): Promise<readonly PplRow[]> => (await evaluate(more)).rows

test('p 1 costs what full context costs, the matched baseline that is the bundle itself too, and the gap runs from 0 to 1', async () => {
  // On this seed's texts context helps even random weights: there is a gap.
  const found = await rows({ ps: [0, 0.25, 1], policies: ['learned', 'random', 'perplexity-descending'], seed: 16 })
  const of = (condition: PplRow['condition'], p: number | null = null) =>
    found.filter((row) => row.condition === condition && row.p === p)
  const [full] = of('full')
  for (const row of [...of('refrag', 1), ...of('matched')]) expect(row.logPpl).toBeCloseTo(full!.logPpl, 4)
  expect(of('none')[0]!.gapClosed).toBe(0)
  expect(full!.gapClosed).toBeCloseTo(1)
  expect(of('refrag', 0.25).map(({ k, policy }) => `${k} ${policy}`)).toEqual(
    ['4', '8'].flatMap((k) => ['learned', 'random', 'perplexity-descending'].map((policy) => `${k} ${policy}`)),
  )
  for (const { logPpl, ci, n, tokens } of found) {
    expect([n, tokens]).toEqual([4, 32])
    expect(ci[0]).toBeLessThanOrEqual(logPpl)
    expect(ci[1]).toBeGreaterThanOrEqual(logPpl)
  }
})

test('rows keep the shape that was promised', async () => {
  const keys = ['set', 'condition', 'k', 'p', 'policy', 'n', 'tokens', 'logPpl', 'ci', 'gapClosed']
  for (const row of await rows({ ps: [0] })) expect(Object.keys(row)).toEqual(keys)
})

test('each comparison that the cells allow is there once, and is the difference of its two rows', async () => {
  const policies = ['learned', 'random', 'perplexity-descending', 'perplexity-ascending'] as const
  const found = await evaluate({ context: 64, ks: [4, 8, 16], ps: [0, 0.25, 1], policies: [...policies] })
  const told = found.pairs.map(({ k, p, policy, better, worse }) => `${k} ${p} ${policy}: ${better} < ${worse}`)
  const orders = [
    'learned < perplexity-descending',
    'learned < random',
    'perplexity-descending < random',
    'random < perplexity-ascending',
  ]
  expect(told.toSorted()).toEqual(
    [
      ...[4, 8, 16].flatMap((k) => orders.map((order) => `${k} 0.25 null: ${order}`)),
      ...['k 4 < k 8', 'k 8 < k 16'].flatMap((order) => [
        `null 0 none: ${order}`,
        ...policies.map((policy) => `null 0.25 ${policy}: ${order}`),
      ]),
      ...[4, 8, 16].flatMap((k) =>
        ['full < refrag', 'matched < refrag', 'refrag < truncated'].map((order) => `${k} 0 none: ${order}`),
      ),
    ].toSorted(),
  )
  const costOf = ({ k, p, policy }: PplPair, name: string): number | undefined =>
    found.rows.find((row) => {
      if (name.startsWith('k ')) return `k ${row.k}` === name && row.p === p && row.policy === policy
      if (policy === null) return row.k === k && row.p === p && row.policy === name
      return row.condition === name && (row.k ?? k) === k && (row.p ?? p) === p
    })?.logPpl
  for (const pair of found.pairs) {
    expect(pair.n).toBe(4)
    expect(pair.difference).toBeCloseTo((costOf(pair, pair.worse) ?? 0) - (costOf(pair, pair.better) ?? 0), 9)
    expect(pair.ci[0]).toBeLessThanOrEqual(pair.difference)
    expect(pair.ci[1]).toBeGreaterThanOrEqual(pair.difference)
  }
  expect(found.pairs.filter(({ difference }) => difference === 0)).toEqual([])
  expect(found.gaps.map(({ gapClosed }) => gapClosed)).toEqual(found.rows.map(({ gapClosed }) => gapClosed))
})

test('pairs and gaps are those of the values text by text, the floor of the gap the better of full and matched', () => {
  const cell = (condition: PplRow['condition'], more: Partial<PplCell> = {}): PplCell => ({
    condition,
    k: null,
    p: null,
    policy: null,
    ...more,
  })
  const [none, full, matched] = [
    [4, 6, 5],
    [1, 2, 1.5],
    [0.5, 1.5, 1],
  ]
  const [learned, chance] = [
    [1, 3, 2],
    [2, 3.5, 2],
  ]
  const at = { k: 8, p: 0.25 } as const
  const found = new Map<PplCell, readonly number[]>([
    [cell('none'), none],
    [cell('full'), full],
    [cell('matched'), matched],
    [cell('refrag', { ...at, policy: 'learned' }), learned],
    [cell('refrag', { ...at, policy: 'random' }), chance],
  ])
  const { rows: made, gaps, pairs } = summarizePpl('set', found, { output: 10, seed: 3 })
  expect(made.map(({ gapClosed }) => gapClosed)).toEqual([0, (5 - 1.5) / (5 - 1), 1, (5 - 2) / (5 - 1), (5 - 2.5) / 4])
  expect(made.map(({ tokens, n }) => [tokens, n])).toEqual(made.map(() => [30, 3]))
  const { difference, low, high } = pairedBootstrap(chance, learned, { random: random(3) })
  expect(difference).toBe(0.5)
  expect(pairs).toEqual([
    { set: 'set', ...at, policy: null, better: 'learned', worse: 'random', n: 3, difference, ci: [low, high] },
  ])
  // The same draws of texts for all three, by hand.
  const draws = random(3)
  const ratios = Array.from({ length: 2000 }, () => {
    const drawn = [0, 1, 2].map(() => draws.int(0, 2))
    const of = (values: readonly number[]) => mean(drawn.map((i) => values[i] as number))
    return (of(none) - of(learned)) / (of(none) - of(matched))
  })
  expect(gaps[3]?.gapCi?.[0]).toBeCloseTo(quantile(ratios, 0.025), 12)
  expect(gaps[3]?.gapCi?.[1]).toBeCloseTo(quantile(ratios, 0.975), 12)
  expect(gaps[0]).toMatchObject({ condition: 'none', gapClosed: 0, gapCi: [0, 0] })
  const fullAt = (values: readonly number[]) => {
    const two = new Map<PplCell, readonly number[]>([
      [cell('none'), none],
      [cell('full'), values],
    ])
    return summarizePpl('set', two, { output: 1, seed: 3 }).gaps[1]
  }
  // No gap, or the wrong way round; and a gap on one text of three, which may be drawn away.
  expect(fullAt(none)).toMatchObject({ gapClosed: null, gapCi: null })
  expect(fullAt([5, 7, 6])).toMatchObject({ gapClosed: null, gapCi: null })
  expect(fullAt([4, 6, 1])).toMatchObject({ gapClosed: 1, gapCi: null })
})

test('the same seed gives the same rows', async () => {
  expect(await rows({ ps: [0] })).toEqual(await rows({ ps: [0] }))
})

test.each([
  { more: { ks: [5] }, code: 'k-unsupported' },
  { more: { ps: [2] }, code: 'p-out-of-range' },
  { more: { policies: ['similarity' as const] }, code: 'bad-input' },
])('what cannot be measured is refused: $code', async ({ more, code }) => {
  expect(await faultOf(rows(more))).toMatchObject({ code })
})

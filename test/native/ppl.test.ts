/** Log-perplexity under every condition: the ends meet, the same texts under each, refusals before the first. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PplInput, type PplRow } from '../../src/shared/bench.ts'
import { evaluatePpl } from '../../src/main/engine/bench/ppl.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { openHeldOut } from '../../src/main/engine/train/data/source.ts'
import { faultOf } from '../helpers/faults.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
beforeAll(async () => {
  parts = await tinyParts()
})
afterAll(() => parts.close())

async function rows(more: Partial<PplInput>): Promise<readonly PplRow[]> {
  const input = PplInput.parse({ data: ['synthetic'], context: 32, output: 8, ks: [4, 8], limit: 4, ...more })
  const all: PplRow[] = []
  const sets = await Promise.all(input.data.map((name) => openHeldOut(name, parts.tokenizer)))
  for await (const event of evaluatePpl(parts, parts, { ...input, matched: 'itself' }, sets))
    if (event.type === 'rows') all.push(...event.rows)
  return all
}

test('p 1 costs what full context costs, the matched baseline that is the bundle itself too, and the gap runs from 0 to 1', async () => {
  const found = await rows({ ps: [0, 0.25, 1], policies: ['learned', 'random', 'perplexity-descending'] })
  const of = (condition: PplRow['condition'], p: number | null = null) =>
    found.filter((row) => row.condition === condition && row.p === p)
  const [full] = of('full')
  for (const row of [...of('refrag', 1), ...of('matched')]) expect(row.logPpl).toBeCloseTo(full!.logPpl, 4)
  expect(of('none')[0]!.gapClosed).toBeCloseTo(0)
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

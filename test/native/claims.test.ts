/** Claims on a tiny bundle: measured, judged, kept, and taken up again without measuring anew. */
import { createRouterClient } from '@orpc/server'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Claim, ClaimsInput, ClaimsResult } from '../../src/shared/claims.ts'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let engine: Engine
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'claims-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  engine = await createEngine({ home, models: join(home, 'models'), log: () => {} })
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

async function check(input: Omit<ClaimsInput, 'out'>): Promise<{ claims: Claim[]; result: ClaimsResult }> {
  const claims: Claim[] = []
  const job = createRouterClient(engine.router).bench.claims({ ...input, out: join(home, 'out') })
  for await (const event of await job) {
    if (event.type === 'partial') claims.push(event.partial)
    if (event.type === 'done') return { claims, result: event.result }
  }
  throw new Error('no result')
}

test('says a verdict of each statement whose measurement was asked for, and takes up what was measured', async () => {
  const first = await check({ scale: 'quick', seed: 7, only: ['ttft', 'ppl'] })
  expect(first.claims).toEqual(first.result.claims)
  expect(first.claims.map(({ source }) => source)).toEqual(['ttft', 'ttft', 'ppl', 'ppl', 'ppl', 'ppl', 'ppl'])
  for (const { trials, neutral } of first.claims) {
    expect(trials.length).toBeGreaterThan(0)
    for (const { value, ci, n, verdict } of trials) {
      expect(ci[0]).toBeLessThanOrEqual(value)
      expect(ci[1]).toBeGreaterThanOrEqual(value)
      expect(n).toBeGreaterThan(0)
      expect(verdict).toBe(ci[0] > neutral ? 'holds' : ci[1] < neutral ? 'does not' : 'cannot tell')
    }
  }
  expect(first.claims.find(({ name }) => name === 'speed-up grows with context')?.trials).toHaveLength(3)
  expect(first.result.manifest).toMatchObject({ scale: 'quick', seed: 7, bundle: { name: 'tiny' } })

  const again = await check({ scale: 'quick', seed: 7, only: ['ppl', 'ttft'] })
  expect(again.result.measurements).toEqual(first.result.measurements.toReversed())
  expect(new Map(again.claims.map((claim) => [claim.name, claim]))).toEqual(
    new Map(first.claims.map((claim) => [claim.name, claim])),
  )

  // A file that cannot be read is measured again.
  const kept = join(home, 'out', 'ppl.json')
  const whole = await readFile(kept, 'utf8')
  await writeFile(kept, whole.slice(0, 200))
  const third = await check({ scale: 'quick', seed: 7, only: ['ppl'] })
  expect(third.result.measurements[0]?.time).not.toBe(again.result.measurements[0]?.time)
  expect(third.claims).toEqual(first.claims.filter(({ source }) => source === 'ppl'))
})

test('asks questions of a corpus that it makes, and trains for what is said of training', async () => {
  const { claims, result } = await check({ scale: 'quick', seed: 7, only: ['qa', 'curriculum'] })
  expect(claims.map(({ name }) => name)).toEqual(['more passages at equal latency', 'curriculum helps'])
  expect(claims[0]?.trials.map(({ n }) => n)).toEqual(Array.from({ length: 8 }, () => 20))
  expect(claims[1]?.trials.map(({ at, n }) => [at, n])).toEqual(
    [16, 32, 64, 128].map((length) => [`first ${length} tokens`, 10]),
  )
  expect(result.measurements.map(({ command }) => command.split(' ').slice(4, 6).join(' '))).toEqual([
    'eval qa',
    'bench ablation',
  ])
})

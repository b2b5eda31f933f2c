/** The engine behind its contract: answers, faults with remedies, input that does not fit. */
import { createRouterClient } from '@orpc/server'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contractVersion } from '../../src/shared/contract.ts'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'

let home: string
let engine: Engine

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-engine-'))
  engine = await createEngine({ home, models: join(import.meta.dirname, '../../models'), log: () => {} })
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

test('health names the contract, the runtime and the home', async () => {
  const health = await createRouterClient(engine.router).health()
  expect(health).toMatchObject({ contract: contractVersion, home, node: process.versions.node })
  expect(health.onnxruntime).toMatch(/^\d+\.\d+/)
})

test('input that does not fit the contract is a fault that names the field', async () => {
  const client = createRouterClient(engine.router)
  await expect(client.index.search({ path: 'x', query: 'y', passages: 0 })).rejects.toMatchObject({
    code: 'FAULT',
    data: { code: 'bad-input', message: expect.stringContaining('passages') },
  })
})


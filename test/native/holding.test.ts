/** What the engine holds in memory: let go, told of without opening it, opened again by what needs it, and not let go under a job. */
import { createRouterClient } from '@orpc/server'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import type { PlanInput } from '../../src/shared/plan.ts'
import { resultOf } from '../helpers/jobResult.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let engine: Engine
let plan: PlanInput

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-holding-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  engine = await createEngine({ home, models: join(home, 'models'), log: () => {} })
  const { index, questions } = await resultOf(client().demo())
  plan = { question: questions[0]?.question ?? '', index: index.path, k: 8, p: 0.5, maxTokens: 8 }
}, 60_000)
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

const client = () => createRouterClient(engine.router)

async function isHeld(): Promise<boolean | undefined> {
  const following = new AbortController()
  for await (const { held } of await client().jobs.follow(undefined, { signal: following.signal })) {
    following.abort()
    return held.bundle
  }
  return undefined
}

async function answerOf(): Promise<string> {
  for await (const event of await client().ask(plan)) if (event.type === 'done') return event.run.answer
  throw new Error('the question ended without an answer')
}

test('what is unloaded is opened again by the next question, which has the same answer', async () => {
  const before = await answerOf()
  const { bundle } = await client().health()
  await client().bundles.unload()
  expect(await isHeld()).toBe(false)
  // Who asks how the engine is opens nothing.
  expect((await client().health()).bundle).toEqual(bundle)
  expect(await isHeld()).toBe(false)
  expect(await answerOf()).toBe(before)
  expect(await isHeld()).toBe(true)
  await client().bundles.unload()
  await client().bundles.load()
  expect(await isHeld()).toBe(true)
})

test('nothing is unloaded while a job runs, which goes on unharmed', async () => {
  const alone = await answerOf()
  const refused: unknown[] = []
  let answer = ''
  for await (const event of await client().ask(plan)) {
    if (event.type === 'stage')
      await client()
        .bundles.unload()
        .catch((error: unknown) => refused.push(error))
    if (event.type === 'done') answer = event.run.answer
  }
  expect(answer).toBe(alone)
  expect(refused[0]).toMatchObject({ data: { code: 'bad-input', message: expect.stringContaining('runs') } })
})

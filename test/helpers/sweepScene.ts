/** What a sweep needs on disk: the tiny bundle, a small corpus, its index and its questions. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import type { SweepInput } from '../../src/shared/sweep.ts'
import { finish } from './jobs.ts'
import { writeTinyBundle } from './tinyBundle.ts'

export type SweepScene = {
  readonly home: string
  readonly models: string
  readonly index: string
  readonly questions: string
  readonly engine: Engine
  readonly client: ReturnType<typeof clientOf>
  readonly close: () => Promise<void>
}

const clientOf = (engine: Engine) => createRouterClient(engine.router)

/** Makes the scene in a folder of its own; `close` removes it. */
export async function sweepScene(): Promise<SweepScene> {
  const home = await mkdtemp(join(tmpdir(), 'sweep-'))
  const models = join(home, 'models', 'tiny')
  await writeTinyBundle(models)
  const engine = await createEngine({ home, models, log: () => {} })
  const client = clientOf(engine)
  await finish(await client.corpus.make({ passages: 30, seed: 3, out: join(home, 'corpus') }))
  const index = join(home, 'index')
  await finish(await client.index.build({ paths: [join(home, 'corpus', 'corpus.txt')], out: index }))
  const close = async (): Promise<void> => {
    await engine.close()
    await rm(home, { recursive: true, force: true })
  }
  return { home, models, index, questions: join(home, 'corpus', 'questions.test.jsonl'), engine, client, close }
}

/** A small sweep of a scene. */
export function smallSweep(
  { index, questions }: Pick<SweepScene, 'index' | 'questions'>,
  more: Partial<SweepInput> & Pick<SweepInput, 'out'>,
): SweepInput {
  return {
    index,
    questions: [questions],
    bundles: [],
    ks: [4, 8],
    ps: [0, 0.5],
    policies: ['learned'],
    passages: [2],
    retrievers: ['strong'],
    weakOf: 200,
    devices: ['cpu'],
    limit: 2,
    repeats: 1,
    warmups: 0,
    seed: 7,
    errors: 5,
    ...more,
  }
}

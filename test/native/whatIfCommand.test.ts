/** What-if behind the contract and on the command line: jobs on kept runs, questions answered in between, faults with remedies. */
import { createRouterClient } from '@orpc/server'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import type { Run } from '../../src/shared/run.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let engine: Engine
let index: string
const root = join(import.meta.dirname, '../..')

async function resultOf<Result>(
  job: Promise<AsyncIterable<{ readonly type: string; readonly result?: Result }>>,
): Promise<Result> {
  for await (const event of await job) if (event.type === 'done' && event.result !== undefined) return event.result
  throw new Error('the job ended without a result')
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-whatif-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  engine = await createEngine({ home, models: join(home, 'models'), log: () => {} })
  const client = createRouterClient(engine.router)
  const made = await resultOf(client.corpus.make({ passages: 20, seed: 7, out: join(home, 'corpus') }))
  index = join(home, 'index')
  await resultOf(client.index.build({ paths: [made.corpus], out: index }))
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

async function askedRun(): Promise<Run> {
  const plan = { question: 'Which alloy?', index, k: 8, passages: 2, maxTokens: 4, target: 'Greta Mercer' }
  for await (const event of await createRouterClient(engine.router).ask(plan))
    if (event.type === 'done') return event.run
  throw new Error('no run')
}

describe('behind the contract', () => {
  test('flips of a kept run come one by one, with progress, and end in all of them', async () => {
    const run = await askedRun()
    const kinds: string[] = []
    const told: number[] = []
    for await (const event of await createRouterClient(engine.router).whatIf.flips({ run: run.id })) {
      kinds.push(event.type === 'partial' ? event.partial.type : event.type)
      if (event.type === 'partial' && event.partial.type === 'flips')
        told.push(...event.partial.flips.map((flip) => flip.index))
      if (event.type === 'done') expect(event.result.flips).toHaveLength(run.chunks.length)
    }
    expect(kinds[0]).toBe('base')
    expect(told).toEqual(run.chunks.map((chunk) => chunk.index).toReversed())
    expect(kinds.at(-1)).toBe('done')
    expect(kinds).toContain('progress')
  })

  test('a question is answered while Shapley values are sampled, and a reader that leaves ends the sampling', async () => {
    const run = await askedRun()
    const client = createRouterClient(engine.router)
    let asking: Promise<Run> | null = null
    let answered: Run | null = null
    let rounds = 0
    let between = false
    for await (const event of await client.whatIf.shapley({ run: run.id, permutations: 100_000 })) {
      if (event.type !== 'partial' || event.partial.type !== 'round') continue
      rounds = event.partial.round.permutations
      asking ??= askedRun().then((found) => (answered = found))
      if (answered !== null) {
        between = true
        break
      }
    }
    expect(between).toBe(true)
    expect((await asking)?.answer).toBe(run.answer)
    expect(rounds).toBeGreaterThan(0)
    // The decoder is free again.
    expect((await askedRun()).answer).toBe(run.answer)
  })

  test('a run that is not here is a fault', async () => {
    await expect(
      resultOf(createRouterClient(engine.router).whatIf.best({ run: 'nowhere', most: 2 })),
    ).rejects.toMatchObject({ data: { code: 'run-missing' } })
  })
})

describe('on the command line', () => {
  function refrag(...args: string[]) {
    return spawnSync(process.execPath, ['src/main/cli.ts', 'what-if', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, REFRAG_HOME: join(home, 'cli'), REFRAG_MODELS: join(home, 'models') },
    })
  }
  const question = ['Which alloy?', '--passages', '2', '--max-tokens', '4', '--target', 'Greta Mercer']

  test('--json prints one value with every part asked for, and the same run can be asked of again', () => {
    const all = refrag(
      ...question,
      '--index',
      index,
      '--chunk',
      '1,3',
      '--all',
      '--best',
      '2',
      '--shapley',
      '2',
      '--contribution',
      '--json',
    )
    expect({ status: all.status, stderr: all.stderr }).toEqual({ status: 0, stderr: '' })
    const found = JSON.parse(all.stdout)
    expect(Object.keys(found)).toEqual(['run', 'base', 'flips', 'left', 'best', 'shapley', 'contribution'])
    expect(found.flips.map((flip: { index: number }) => flip.index)).toEqual([3, 1])
    expect(found.flips[0].deltaTtft.kind).toBe('estimate')
    expect(found.shapley.round).toMatchObject({ permutations: 2 })
    expect(found.contribution.leftOut).toHaveLength(2)
    const again = refrag('--run', found.run, '--chunk', '3', '--repeats', '2', '--json')
    const flip = JSON.parse(again.stdout).flips[0]
    expect(flip).toMatchObject({ index: 3, deltaTtft: { kind: 'measured', n: 2 } })
    expect(flip.deltaNll).toBeCloseTo(found.flips[0].deltaNll, 4)
  })

  test('people read a table, the most helpful flip first, and that flips are not additive', () => {
    const { status, stdout } = refrag(...question, '--index', index)
    expect(status).toBe(0)
    expect(stdout).toContain('flips are not additive')
    expect(stdout).toMatch(/chunk +to +delta NLL nats\/token/)
    const deltas = [...stdout.matchAll(/^ +\d+ {2}(?:expand|compress) +(-?\d+\.\d+)/gm)].map(([, value]) =>
      Number(value),
    )
    expect(deltas.length).toBeGreaterThan(4)
    expect(deltas).toEqual(deltas.toSorted((a, b) => a - b))
  })

  test.each([
    [['--index', 'x'], 2, 'what-if takes a question'],
    [['why?', '--run', 'r1'], 2, 'a question or --run'],
    [['--run', 'r1', '--against', 'silver'], 1, 'There is no run r1'],
    [['why?'], 2, '--index is missing'],
  ] as const)('wrong use is told: %j', (args, code, says) => {
    const { status, stderr } = refrag(...args)
    expect({ status, stderr }).toEqual({ status: code, stderr: expect.stringContaining(says) })
  })
})

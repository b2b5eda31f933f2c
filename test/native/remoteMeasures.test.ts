/** Questions and sweeps answered by a server: the same answers as here, times that say what is in them, and nothing scored that cannot be. */
import { createRouterClient } from '@orpc/server'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { qaTables } from '../../src/shared/evaluateTables.ts'
import { sweepRows, sweepTable } from '../../src/shared/sweepTables.ts'
import { servedModel, startDecodeServer, type DecodeServer } from '../helpers/decodeServer.ts'
import { finish } from '../helpers/jobs.ts'
import { smallSweep, sweepScene, type SweepScene } from '../helpers/sweepScene.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let scene: SweepScene
let theirs: Parts
let server: DecodeServer
/** It has no layers of the decoder: what it answers, the server decoded. */
let light: Engine
const there = () => createRouterClient(light.router)

beforeAll(async () => {
  scene = await sweepScene()
  theirs = await tinyParts()
  server = await startDecodeServer(theirs)
  const models = join(scene.home, 'light')
  await scene.client.bundles.lighten({ folder: scene.models, out: models })
  light = await createEngine({ home: join(scene.home, 'away'), models, log: () => {} })
  for (const [name, kind] of [
    ['gpu', 'vllm'],
    ['other', 'sglang'],
  ] as const)
    await there().remote.add({ url: server.url, kind, model: servedModel, confirm: server.host, name })
})
afterAll(async () => {
  await light.close()
  await server.close()
  await theirs.close()
  await scene.close()
  await rm(scene.home, { recursive: true, force: true })
})

const words = () => `vLLM at ${server.host}, ${servedModel}`

describe('eval qa', () => {
  const input = () => ({
    index: scene.index,
    questions: scene.questions,
    ks: [4],
    ps: [0, 0.5],
    policies: ['learned' as const],
    passages: [2],
    limit: 3,
  })

  test('its cells are those of the decoder here but for times and log-perplexity, and say who answered', async () => {
    const { result: here } = await finish(await scene.client.evaluate.qa(input()))
    const { result: away } = await finish(await there().evaluate.qa({ ...input(), decoder: 'gpu' }))
    expect(away.cells).toHaveLength(3)
    expect(away.cells).toEqual(
      here.cells.map((cell) => ({ ...cell, ttft: expect.any(Number), logPerplexity: null, decoder: words() })),
    )
    const times = { ttft: expect.any(Number), fullTtft: expect.any(Number) }
    expect(away.pairs).toEqual(here.pairs.map((pair) => ({ ...pair, ...times, decoder: words() })))
    expect(here.cells.every(({ logPerplexity }) => (logPerplexity ?? 0) > 0)).toBe(true)
  })

  test('its tables say it in heading, caption and a column; those of answers decoded here say nothing of it', async () => {
    const { result: away } = await finish(await there().evaluate.qa({ ...input(), ps: [0], decoder: 'gpu' }))
    for (const table of qaTables(away)) {
      expect(table.caption).toContain('times hold the network')
      const labels = table.columns.map(({ label }) => label)
      expect(labels).toContain('TTFT with network')
      expect(labels.at(-1)).toBe('decoded by')
      expect(table.rows.map((row) => row.at(-1))).toEqual(table.rows.map(() => words()))
    }
    const { result: here } = await finish(await scene.client.evaluate.qa({ ...input(), ps: [0] }))
    const plain = qaTables(here).flatMap(({ caption, columns }) => [caption, ...columns.map(({ label }) => label)])
    expect(plain.filter((text) => /network|decoded/.test(text))).toEqual([])
  })

  test('what only the decoder here can tell is refused by name', async () => {
    const perplexity = async (): Promise<unknown> =>
      finish(await there().evaluate.qa({ ...input(), policies: ['perplexity-descending'], decoder: 'gpu' }))
    await expect(perplexity()).rejects.toMatchObject({ data: { code: 'decoder-elsewhere' } })
    const ppl = async (): Promise<unknown> => finish(await there().evaluate.ppl({ data: ['synthetic'], ks: [4] }))
    await expect(ppl()).rejects.toMatchObject({ data: { code: 'decoder-elsewhere' } })
    const missing = async (): Promise<unknown> => finish(await there().evaluate.qa({ ...input(), decoder: 'nobody' }))
    await expect(missing()).rejects.toMatchObject({ data: { code: 'remote-missing' } })
  })
})

describe('a sweep', () => {
  const input = (out: string) => smallSweep(scene, { out: join(scene.home, out), ks: [4] })

  test('answers as here, names its server in every row, and its folder refuses another decoder', async () => {
    const here = input('sweep-here')
    const away = { ...input('sweep-away'), decoder: 'gpu' }
    await finish(await scene.client.sweep.run(here))
    const { result } = await finish(await there().sweep.run(away))
    expect(result).toMatchObject({ ended: 'finished', cells: 3, done: 3, failed: 0 })
    const [own, other] = [await scene.client.sweep.open(here), await there().sweep.open(away)]
    for (const [at, cell] of other.cells.entries()) {
      const same = own.cells[at]
      expect(cell.cases.map(({ answer, em, f1, positions }) => ({ answer, em, f1, positions }))).toEqual(
        same?.cases.map(({ answer, em, f1, positions }) => ({ answer, em, f1, positions })),
      )
      expect(cell.quality).toEqual({ ...same?.quality, logPerplexity: null, logPerplexityCi: null })
      expect(cell.against?.logPerplexity ?? null).toBe(null)
      expect(cell.timing?.networkMs).toBeGreaterThan(0)
      expect(same?.timing?.networkMs).toBe(undefined)
    }
    const said = `gpu: ${words()} (rows as f32)`
    expect(other.info.machine.decoder).toBe(said)
    const table = sweepTable(sweepRows(other.info, other.cells))
    const labels = table.columns.map(({ label }) => label)
    expect(labels).toEqual(expect.arrayContaining(['TTFT with network', 'network', 'decoded by']))
    expect(table.rows.map((row) => row.at(-1))).toEqual([said, said, said])
    for (const decoder of ['other', undefined]) {
      const again = async (): Promise<unknown> => finish(await there().sweep.run({ ...away, decoder }))
      await expect(again()).rejects.toMatchObject({
        data: { code: 'run-other-settings', message: expect.stringContaining(`decoded by ${said}`) },
      })
    }
  })
})

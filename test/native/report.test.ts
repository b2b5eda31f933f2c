/** The report call: kept runs and files, through the contract. */
import { createRouterClient } from '@orpc/server'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { keepManyRuns } from '../helpers/manyRuns.ts'
import { ttftRow } from '../helpers/ttftRow.ts'
import { run } from '../page/sample.ts'

let home: string
let engine: Engine
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-report-'))
  keepManyRuns(home, 3, 7)
  engine = await createEngine({ home, models: join(home, 'models'), log: () => {} })
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

test('kept runs, a run from a file and a table from a file make one file', async () => {
  const client = createRouterClient(engine.router)
  const [one, two] = [join(home, 'run.json'), join(home, 'tables.json')]
  await writeFile(one, JSON.stringify(run))
  const column = { key: 'f', label: 'loss', kind: 'number', unit: 'nats', better: 'lower', digits: 2 }
  const table = {
    name: 't',
    caption: 'Losses of a sweep',
    source: {},
    columns: [column],
    rows: [{ f: 1.234 }, { f: null }],
  }
  await writeFile(two, JSON.stringify({ tables: [table] }))
  const input = { runs: ['run-2', 'run-0'], from: [one, two], title: 'Two and one: a report' }
  const { name, content } = await client.report(input)
  expect(name).toBe('Two-and-one-a-report.html')
  expect(content).toContain('3 runs of')
  expect(content).toContain('Losses of a sweep')
  expect(content).toContain('<td class="n">1.23</td>')
  // Nothing is fetched and nothing runs.
  expect(content).not.toMatch(/<script|src=|<link|url\(|@import/)
  expect((await client.report({ ...input, format: 'md' })).content).toMatch(/^# Two and one: a report\n/)
})

test('claims that were measured and exported become a report: every verdict, what it rests on, and the command', async () => {
  const client = createRouterClient(engine.router)
  const path = join(import.meta.dirname, '../fixtures/claims.json')
  const { tables }: { readonly tables: readonly { readonly rows: readonly Record<string, unknown>[] }[] } = JSON.parse(
    await readFile(path, 'utf8'),
  )
  const { content } = await client.report({ from: [path], title: 'Claims' })
  const [claims, trials] = tables
  expect(claims?.rows).toHaveLength(10)
  for (const { name, verdict } of claims?.rows ?? []) {
    expect(content).toContain(
      `<td>${String(name)}</td><td><b class="${String(verdict).replaceAll(' ', '-')}">${String(verdict)}</b></td>`,
    )
    expect(trials?.rows.some(({ claim }) => claim === name)).toBe(true)
  }
  expect(content).toContain('npm run refrag -- bench claims')
})

test('what a measuring command prints becomes its tables and its charts; sections left out stay out', async () => {
  const client = createRouterClient(engine.router)
  const path = join(home, 'ttft.json')
  const rows = [512, 2048].map((context) => ttftRow({ context, k: 8, fullMs: context, refragMs: context / 8 }))
  await writeFile(path, JSON.stringify({ rows, left: [], model: null }))
  const { content } = await client.report({ from: [path], title: 'Times' })
  expect(content).toContain('Time to first token, full context against REFRAG.')
  expect(content).toContain('<dt>file</dt><dd>ttft.json</dd>')
  expect(content).toContain('class="panels"')
  const bare = await client.report({ from: [path], title: 'Times', sections: ['tables'] })
  expect(bare.content).toContain('Time to first token, full context against REFRAG.')
  expect(bare.content).not.toMatch(/class="panels"|Summary|Limits/)
})

test('what cannot be reported says why', async () => {
  const client = createRouterClient(engine.router)
  const odd = join(home, 'odd.json')
  await writeFile(odd, '{"answer": 42}')
  const code = async (input: Parameters<typeof client.report>[0]): Promise<unknown> =>
    client.report(input).catch((error: { readonly data?: { readonly code?: string } }) => error.data?.code)
  expect(await code({})).toBe('bad-input')
  expect(await code({ runs: ['nobody'] })).toBe('run-missing')
  expect(await code({ sweeps: [join(home, 'nowhere')] })).toBe('sweep-missing')
  expect(await code({ from: [join(home, 'nowhere.json')] })).toBe('file-missing')
  expect(await code({ from: [odd] })).toBe('bad-record')
})

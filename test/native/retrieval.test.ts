/** `eval retrieval` on a BEIR folder small enough to be judged by hand. */
import { createRouterClient } from '@orpc/server'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { RetrievalInput, type RetrievalResult } from '../../src/shared/retrieval.ts'
import { retrievalTables } from '../../src/shared/retrievalTables.ts'
import { folderWith } from '../helpers/folder.ts'
import { finish } from '../helpers/jobs.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let engine: Engine
let beir: string
let passages: number
const removals: (() => Promise<void>)[] = []

const copper = (i: number) => `Copper coin ${i} was struck of copper and sold for copper.`
const corpus = {
  lamps: 'A quartz lamp stands here, with quartz all over.',
  silence: 'Nothing that was asked for is written on this page.',
  coins: Array.from({ length: 300 }, (_, i) => copper(i)).join(' '),
  mine: 'An old copper mine lies north of the river, between two hills and a wood of firs.',
  lamp: 'She lit the lamp and went home by the long road.',
  bread: 'The baker sells bread, milk and eggs.',
  wool: 'Wool is spun in winter.',
  salt: 'Salt came over the pass by mule.',
}
const queries = { q1: 'quartz lamp', q2: 'copper', q3: 'bread', q4: 'salt' }
// Of q1 one of two is found; of q2 the second document is right; the document of q3 is not in the corpus; q4 is judged in vain.
const judged = 'query-id\tcorpus-id\tscore\nq1\tlamps\t2\nq1\tsilence\t1\nq2\tmine\t1\nq3\tcake\t1\nq4\tsalt\t0\n'

const records = (texts: Readonly<Record<string, string>>): string =>
  Object.entries(texts)
    .map(([_id, text]) => JSON.stringify({ _id, text }))
    .join('\n')

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'retrieval-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  engine = await createEngine({ home, models: join(home, 'models'), log: () => {} })
  const files = { 'corpus.jsonl': records(corpus), 'queries.jsonl': records(queries), 'qrels/test.tsv': judged }
  beir = await folderWith(files, (remove) => removals.push(remove))
  const { result } = await finish(
    await createRouterClient(engine.router).index.build({ paths: [beir], out: join(home, 'index') }),
  )
  passages = result.passages
})
afterAll(async () => {
  await engine.close()
  for (const remove of removals) await remove()
  await rm(home, { recursive: true })
})

async function judge(input: Partial<RetrievalInput> = {}): Promise<RetrievalResult> {
  const whole = RetrievalInput.parse({ index: join(home, 'index'), questions: beir, recallAt: [1, 10], ...input })
  const job = await createRouterClient(engine.router).evaluate.retrieval(whole)
  return (await finish(job)).result
}

test('the lexical ranking has the measures worked out by hand, documents counted once', async () => {
  // The coins alone are more passages than places count, all above the mine: as documents they are one.
  expect(passages).toBeGreaterThan(Object.keys(corpus).length + 10)
  const { set, rows } = await judge()
  expect(set).toEqual({ name: expect.stringMatching(/\/test$/), of: 'document', queries: 3, relevant: 4, missing: 1 })
  const second = 1 / Math.log2(3)
  const lexical = rows.filter(({ ranking }) => ranking === 'lexical')
  expect(lexical.map(({ measure, at, n }) => `${measure}@${at} of ${n}`)).toEqual([
    'nDCG@10 of 3',
    'MRR@10 of 3',
    'recall@1 of 3',
    'recall@10 of 3',
  ])
  const expected = [(2 / (2 + second) + second + 0) / 3, (1 + 0.5 + 0) / 3, (0.5 + 0 + 0) / 3, (0.5 + 1 + 0) / 3]
  for (const [at, row] of lexical.entries()) expect(row.value).toBeCloseTo(expected[at] ?? Number.NaN, 10)
  for (const { value, ci } of rows) {
    expect(ci[0]).toBeLessThanOrEqual(value)
    expect(ci[1]).toBeGreaterThanOrEqual(value)
  }
})

test('rankings are compared query by query, and the seed names the intervals', async () => {
  const [first, again] = [await judge(), await judge()]
  expect(again).toEqual(first)
  const valueOf = (ranking: string, measure: string, at: number) =>
    first.rows.find((row) => row.ranking === ranking && row.measure === measure && row.at === at)?.value ?? Number.NaN
  expect(first.pairs.map(({ ranking, against }) => `${ranking} ${against}`)).toEqual(
    ['fused lexical', 'fused dense', 'lexical dense'].flatMap((pair) => Array.from({ length: 4 }, () => pair)),
  )
  for (const { ranking, against, measure, at, difference } of first.pairs)
    expect(difference).toBeCloseTo(valueOf(ranking, measure, at) - valueOf(against, measure, at), 10)
})

test('a limit takes the first queries, and what has nothing in common with the index is refused', async () => {
  const { set, rows } = await judge({ limit: 1 })
  expect([set.queries, set.relevant, set.missing]).toEqual([1, 2, 0])
  expect(rows.find(({ ranking, measure }) => ranking === 'lexical' && measure === 'MRR')?.value).toBe(1)
  const other = await folderWith({
    'corpus.jsonl': records(corpus),
    'queries.jsonl': records(queries),
    'qrels/test.tsv': 'q3\tcake\t1\n',
  })
  await expect(judge({ questions: other })).rejects.toMatchObject({
    data: { code: 'bad-input', remedy: expect.stringContaining('refrag index') },
  })
})

test('its tables are written where they are asked for, or refused with a fault', async () => {
  const tables = [...retrievalTables(await judge())]
  const client = createRouterClient(engine.router)
  const { files } = await client.tables.write({ tables, path: join(home, 'found.csv') })
  expect(files).toEqual([join(home, 'found.csv'), join(home, 'found-retrieval-pairs.csv')])
  const [heading, lexical] = (await readFile(join(home, 'found.csv'), 'utf8')).split('\r\n')
  expect(heading).toBe(
    'ranking,n,nDCG_10,nDCG_10_ci_low,nDCG_10_ci_high,MRR_10,MRR_10_ci_low,MRR_10_ci_high,recall_1,recall_1_ci_low,' +
      'recall_1_ci_high,recall_10,recall_10_ci_low,recall_10_ci_high',
  )
  expect(lexical).toMatch(/^lexical,3,0\.46\d+,0,/)
  await expect(client.tables.write({ tables, path: join(home, 'found.tsv') })).rejects.toMatchObject({
    data: { code: 'bad-input', remedy: expect.stringContaining('.parquet') },
  })
})

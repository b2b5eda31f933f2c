/** Judged queries: folders of BEIR and question sets. */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readQueries } from '../../src/main/engine/corpus/queries.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'

const lines = (...values: readonly object[]): string => values.map((value) => JSON.stringify(value)).join('\n')
const corpus = lines({ _id: 'd1', title: '', text: 'One.' })
const queries = lines({ _id: 1, text: 'first?' }, { _id: '2', text: 'second?' }, { _id: '3', text: 'third?' })

test('a BEIR folder gives the queries its judgements name, with grades above 0, plain or packed', async () => {
  const folder = await folderWith({
    'corpus.jsonl': corpus,
    'queries.jsonl.gz': gzipSync(queries),
    'qrels/test.tsv': 'query-id\tcorpus-id\tscore\n2\td1\t2\n2\td7\t1\n1\td1\t1\n2\td8\t0\n3\td1\t0\n',
    'qrels/dev.tsv': '3\td1\t1\n',
  })
  const test = await readQueries(folder)
  expect(test.name).toMatch(/\/test$/)
  expect(test.of).toBe('document')
  expect(test.queries).toEqual([
    {
      id: '2',
      text: 'second?',
      grades: new Map([
        ['d1', 2],
        ['d7', 1],
      ]),
    },
    { id: '1', text: 'first?', grades: new Map([['d1', 1]]) },
  ])
  const dev = await readQueries(folder, 'dev')
  expect(dev.queries).toEqual([{ id: '3', text: 'third?', grades: new Map([['d1', 1]]) }])
  expect(await faultOf(readQueries(folder, 'train'))).toMatchObject({
    code: 'bad-input',
    remedy: 'Name one of: dev, test.',
  })
})

test('without a test split the only one is taken, and judgements may lie beside the corpus', async () => {
  const folder = await folderWith({ 'corpus.jsonl': corpus, 'queries.jsonl': queries, 'dev.tsv': '1\td1\t1' })
  expect((await readQueries(folder)).queries.map(({ id }) => id)).toEqual(['1'])
})

test.each([
  ['9\td1\t1\n', 'bad-record', 'line 1: query 9 is not in queries.jsonl'],
  ['1\td1\t1\n1\td2\n', 'bad-record', 'line 2: no query, document and grade'],
  ['1\td1\t1\n1\td2\tgood\n', 'bad-record', 'line 2'],
  ['1\td1\t0\n', 'bad-input', 'judges no query'],
])('judgements of %j are refused', async (judged, code, message) => {
  const folder = await folderWith({ 'corpus.jsonl': corpus, 'queries.jsonl': queries, 'qrels/test.tsv': judged })
  expect(await faultOf(readQueries(folder))).toMatchObject({ code, message: expect.stringContaining(message) })
})

test('a folder of anything else, and questions that name no passages, are no judged queries', async () => {
  const folder = await folderWith({ 'q.jsonl': lines({ id: '1', question: 'q?', answers: ['a'] }) })
  expect(await faultOf(readQueries(folder))).toMatchObject({ code: 'bad-input' })
  expect(await faultOf(readQueries(join(folder, 'q.jsonl')))).toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('names the passages'),
  })
})

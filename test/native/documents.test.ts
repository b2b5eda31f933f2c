/** The documents of an index behind the contract: their text, their passages and chunks where they stand, and the index's health. */
import { createRouterClient } from '@orpc/server'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../../scripts/checks.ts'
import { createEngine, type Engine } from '../../src/main/engine/engine.ts'
import { openBoundaries } from '../../src/main/engine/compress/boundaries.ts'
import { cutPassages } from '../../src/main/engine/compress/passages.ts'
import { openDatabase } from '../../src/main/engine/store/database.ts'
import { hashFile, readManifest, writeManifest } from '../../src/main/engine/retrieve/manifest.ts'
import { migrations } from '../../src/main/engine/retrieve/schema.ts'
import type { Contract } from '../../src/shared/contract.ts'
import type { ContractRouterClient } from '@orpc/contract'
import { pdfOf } from '../helpers/documents.ts'
import { finish } from '../helpers/jobs.ts'
import { tinyParts, writeTinyBundle } from '../helpers/tinyBundle.ts'

let home: string
let engine: Engine
let client: ContractRouterClient<Contract>
let path: string

const mills = 'There are seven mills on the Selm, and two of them burnt down in 1734.'
const sentences = Array.from({ length: 2000 }, (_, at) => `Emma Woodhouse said ${at} times that she was clever.`)
const csv = [
  'id,title,text,question,answers',
  '7,Mayors,"The ""mayor"" is Oda Rinn.",Who is mayor?,Oda Rinn',
  `8,Mills,${JSON.stringify(mills)},,`,
  '9,Empty,,,',
].join('\n')

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-documents-'))
  await writeTinyBundle(join(home, 'models', 'tiny'))
  engine = await createEngine({ home, models: join(home, 'models'), log: () => {} })
  client = createRouterClient(engine.router)
  const folder = join(home, 'drop')
  await mkdir(folder)
  await writeFile(join(folder, 'a.csv'), csv)
  await writeFile(
    join(folder, 'b.pdf'),
    pdfOf([
      [
        { text: 'The mills', size: 20 },
        { text: mills, above: 30 },
      ],
      [{ text: 'One bridge is left.' }],
    ]),
  )
  await writeFile(join(folder, 'c.txt'), mills)
  await writeFile(join(folder, 'copy.txt'), 'Only here, and in a copy.')
  await writeFile(join(folder, 'copy2.txt'), 'Only here, and in a copy.\n')
  await writeFile(join(folder, 'long.md'), `# Emma\n\n${sentences.join(' ')}`)
  const { result } = await finish(await client.index.build({ paths: [folder], name: 'drop' }))
  path = result.path
  expect(result).toMatchObject({ sources: 6, documents: 7, questions: 1, repeated: 2, failures: [] })
})
afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true })
})

test('documents are listed in corpus order, by what their title, id or path holds', async () => {
  const { total, documents } = await client.index.documents({ path })
  expect([
    total,
    documents.map(({ number, title, id, format, part }) => [number, title, id, format, part?.number]),
  ]).toEqual([
    7,
    [
      [0, 'Mayors', '7', 'csv', 1],
      [1, 'Mills', '8', 'csv', 2],
      [2, 'The mills', undefined, 'pdf', undefined],
      [3, 'c', undefined, 'text', undefined],
      [4, 'copy', undefined, 'text', undefined],
      [5, 'copy2', undefined, 'text', undefined],
      [6, 'Emma', undefined, 'markdown', undefined],
    ],
  ])
  const found = await client.index.documents({ path, find: 'MILLS', from: 1, count: 1 })
  expect([found.total, found.documents.map(({ number }) => number)]).toEqual([2, [2]])
  expect((await client.index.documents({ path, find: 'b.pdf' })).total).toBe(1)
})

test('a document is told with its passages where they stand, also those that stand elsewhere first', async () => {
  const record = await client.index.document({ path, document: 0 })
  expect([record.text, record.passages.map(({ from, to }) => record.text.slice(from, to))]).toEqual([
    'The "mayor" is Oda Rinn.',
    ['The "mayor" is Oda Rinn.'],
  ])
  expect(record.passages[0]?.span).toMatchObject({ lineFrom: 2, lineTo: 2, part: { unit: 'record', number: 1 } })
  const pdf = await client.index.document({ path, document: 2 })
  expect(
    pdf.passages.map(({ from, to, span, repeated }) => [
      pdf.text.slice(from, to),
      span.part,
      span.lineFrom,
      span.section,
      repeated,
    ]),
  ).toEqual([
    [`The mills\n\n${mills}`, { unit: 'page', number: 1 }, 1, 'The mills', false],
    ['One bridge is left.', { unit: 'page', number: 2 }, 1, 'The mills', false],
  ])
  const twice = await Promise.all([4, 5].map((document) => client.index.document({ path, document })))
  expect(twice.map((each) => each.passages.map(({ repeated }) => repeated))).toEqual([[false], [true]])
  const copy = await client.index.document({ path, document: 3 })
  expect([copy.text, copy.passages.map(({ repeated, span }) => [repeated, span.file.slice(-5)])]).toEqual([
    mills,
    [[true, 'c.txt']],
  ])
  const [first] = await client.index.search({ path, query: 'mills on the Selm burnt', passages: 1 })
  expect(await client.index.find({ path, passage: copy.passages[0]?.id ?? '' })).toEqual({
    document: 1,
    from: 0,
    to: mills.length,
  })
  expect(first?.span.section ?? first?.span.part).toBeDefined()
})

test('the text is that of the index, whatever became of the file', async () => {
  await rm(join(home, 'drop', 'c.txt'))
  expect((await client.index.document({ path, document: 3 })).text).toBe(mills)
})

test('chunks are those that a question is asked with, for every k, and in windows of a long document', async () => {
  const whole = await client.index.document({ path, document: 6, count: 1_000_000 })
  const { tokenizer, close } = await tinyParts()
  try {
    for (const k of [1, 4, 7, 16, 512]) {
      const { passages, supported } = await client.index.chunks({ path, document: 6, k, count: 1_000_000 })
      expect(supported).toBe([4, 8, 16].includes(k))
      expect(passages).toHaveLength(whole.passages.length)
      for (const [at, { id, from, tokens, ends }] of passages.entries()) {
        const placed = whole.passages[at]
        const text = whole.text.slice(placed?.from, placed?.to)
        const passage = {
          id,
          title: '',
          text,
          span: { file: '', lineFrom: 1, lineTo: 1, charFrom: 0, charTo: text.length },
          rank: 1,
          score: 0,
          scores: [],
        }
        const cut = cutPassages([passage], k, tokenizer)
        expect(ends.map((end) => end - from)).toEqual(cut.map(({ span }) => span.charTo))
        expect(tokens).toBe(cut.reduce((sum, chunk) => sum + chunk.tokens.length, 0))
      }
    }
  } finally {
    await close()
  }
  const window = await client.index.document({ path, document: 6, from: 5000, count: 1000 })
  expect(window.text).toBe(whole.text.slice(5000, 6000))
  const within = whole.passages.filter(({ from, to }) => from < 6000 && to > 5000)
  expect(window.passages).toEqual(within)
  const chunks = await client.index.chunks({ path, document: 6, from: 5000, count: 1000, k: 8 })
  expect(chunks.passages.map(({ id }) => id)).toEqual(within.map(({ id }) => id))
  expect(chunks.passages.at(-1)?.ends.at(-1)).toBe(within.at(-1)?.to)
})

test('a chunk stands where its passage stands: on its page, under its headings, on its own lines', async () => {
  const { tokenizer, close } = await tinyParts()
  const text = Array.from({ length: 20 }, (_, at) => `Line ${at} of a page.`).join('\n')
  const span = { file: 'a.pdf', lineFrom: 5, lineTo: 24, charFrom: 100, charTo: 100 + text.length, section: 'Mills' }
  const passage = { id: 'p', title: '', text, span: { ...span, part: { unit: 'page' as const, number: 3 } } }
  const cut = cutPassages([{ ...passage, rank: 1, score: 0, scores: [] }], 8, tokenizer)
  await close()
  for (const chunk of cut) {
    expect(chunk.span).toMatchObject({ file: 'a.pdf', part: { unit: 'page', number: 3 }, section: 'Mills' })
    expect(text.slice(chunk.span.charFrom - 100, chunk.span.charTo - 100)).toBe(chunk.text)
    const lines = text.split('\n').slice(chunk.span.lineFrom - 5, chunk.span.lineTo - 4)
    expect(lines.join('\n')).toContain(chunk.text.trim())
  }
})

test('the offsets of a text are found once, whatever k is asked for', () => {
  let calls = 0
  const offsets = (text: string) => {
    calls++
    const ends = Int32Array.from(text, (_, at) => at + 1)
    return { ids: ends, starts: ends.map((end) => end - 1), ends }
  }
  const { of } = openBoundaries({ offsets })
  expect([of('abcde', 2).ends, of('abcde', 3).ends, of('', 4).ends, calls]).toEqual([[2, 4, 5], [3, 5], [], 2])
})

test('the records that ask make the question set of the index', async () => {
  const questions = await client.index.questions({ path })
  const { passages } = await client.index.document({ path, document: 0 })
  expect(questions).toEqual([
    { id: '7', question: 'Who is mayor?', answers: ['Oda Rinn'], passages: [passages[0]?.id] },
  ])
  const { result } = await finish(
    await client.evaluate.retrieval({ index: path, questions: join(path, 'questions.jsonl') }),
  )
  expect(result.set.queries).toBe(1)
})

test('a healthy index agrees with itself from its documents to its vectors', async () => {
  const { result, progress } = await finish(await client.index.health({ path, k: 8, sample: 20 }))
  expect(progress.at(-1)).toMatchObject({ stage: 'check', done: 7, total: 7 })
  expect(result).toMatchObject({ agree: true, k: 8, sample: 20, recallAt10: expect.closeTo(1, 1) })
  const { counts, checks } = result
  expect(counts).toMatchObject({ sources: 6, documents: 7, passages: counts.vectors })
  expect(checks.map(({ name, expected, found }) => [name, expected === found])).toEqual(
    ['documents', 'passages', 'vectors', 'words', 'placed', 'texts', 'chunks'].map((name) => [name, true]),
  )
  const all = [0, 1, 2, 4, 6].map((document) => client.index.chunks({ path, document, k: 8, count: 1_000_000 }))
  const passages = (await Promise.all(all)).flatMap((each) => each.passages)
  expect([counts.chunks, counts.tokens]).toEqual([
    passages.reduce((sum, { ends }) => sum + ends.length, 0),
    passages.reduce((sum, { tokens }) => sum + tokens, 0),
  ])
})

test('an index whose documents do not spell their passages is found out', async () => {
  const { result: built } = await finish(
    await client.index.build({ paths: [join(home, 'drop')], out: join(home, 'spoilt') }),
  )
  const file = join(built.path, 'passages.sqlite')
  const database = openDatabase(file, migrations)
  database.exec(`UPDATE placed SET text_from = text_from + 1 WHERE document = 1;
    DELETE FROM placed WHERE document = 0; DELETE FROM documents WHERE number = 0; PRAGMA journal_mode = DELETE`)
  database.close()
  const manifest = await readManifest(built.path)
  await writeManifest(built.path, {
    ...manifest,
    files: { ...manifest.files, 'passages.sqlite': await hashFile(file) },
  })
  const { result } = await finish(await client.index.health({ path: built.path, sample: 5 }))
  expect(result.agree).toBe(false)
  expect(result.checks.filter(({ expected, found }) => expected !== found).map(({ name }) => name)).toEqual([
    'documents',
    'placed',
    'texts',
  ])
})

test('an index of an older version says so, and goes on answering', async () => {
  const { result: built } = await finish(
    await client.index.build({ paths: [join(home, 'drop')], out: join(home, 'old') }),
  )
  const file = join(built.path, 'passages.sqlite')
  const database = openDatabase(file, migrations)
  database.exec(`DROP TABLE placed; DROP TABLE documents; DROP TABLE files; ALTER TABLE passages DROP COLUMN part_unit;
    ALTER TABLE passages DROP COLUMN part_number; ALTER TABLE passages DROP COLUMN section; PRAGMA journal_mode = DELETE`)
  database.close()
  const { sources: _, repeated: __, ...manifest } = await readManifest(built.path)
  await writeManifest(built.path, {
    ...manifest,
    files: { ...manifest.files, 'passages.sqlite': await hashFile(file) },
  })
  for (const call of [
    client.index.documents({ path: built.path }),
    client.index.document({ path: built.path, document: 0 }),
  ]) {
    await expect(call).rejects.toMatchObject({ data: { code: 'index-old', remedy: expect.stringContaining('again') } })
  }
  expect(await client.index.search({ path: built.path, query: 'mills', passages: 2 })).toHaveLength(2)
})

test('the packages behind the readers are loaded by the files that need them, not at the start', async () => {
  const run = (...paths: readonly string[]) => {
    const hook = pathToFileURL(join(root, 'test/helpers/noReaders.ts')).href
    const args = ['--import', hook, 'src/main/cli.ts', 'index', ...paths, '--out', join(home, 'light'), '--home', home]
    const done = spawnSync(process.execPath, [...args, '--bundle', join(home, 'models'), '--json'], {
      cwd: root,
      encoding: 'utf8',
    })
    return [done.status, done.stderr] as const
  }
  const file = join(home, 'light.md')
  await writeFile(file, mills)
  expect(run(file)).toEqual([0, ''])
  expect(run(join(home, 'drop', 'b.pdf'))).toEqual([1, expect.stringContaining('unpdf was imported by')])
})

test('a drop is reviewed with an estimate that was timed here', async () => {
  const job = await client.corpus.review({ paths: [join(home, 'drop')] })
  const { result } = await finish(job)
  const passages = result.files.reduce((sum, { text }) => sum + (text?.passages ?? 0), 0)
  expect(result.estimate).toMatchObject({ passages, exact: true, sample: expect.any(Number) })
  expect(result.estimate?.seconds).toBeGreaterThan(0)
  const quick = await finish(await client.corpus.review({ paths: [join(home, 'drop')], seconds: 0 }))
  expect(quick.result.estimate).toBeNull()
})

/** The review of a drop before any work starts: what each file is, what reading it comes to, which columns it has. */
import { parquetWriteBuffer } from 'hyparquet-writer'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type * as z from 'zod'
import { readCorpus } from '../../src/main/engine/corpus/read.ts'
import { reviewFiles } from '../../src/main/engine/corpus/review.ts'
import { ReviewInput, type ReviewedFile } from '../../src/shared/review.ts'
import { pdfOf } from '../helpers/documents.ts'
import { folderWith } from '../helpers/folder.ts'
import { finish } from '../helpers/jobs.ts'

const csv = 'id,title,abstract,ask\n1,Mills,"Seven mills, two burnt.",How many?\n2,Bridges,One bridge.,\n'
const files = {
  'drop/a.csv': csv,
  'drop/b.txt': 'The mayor is Oda Rinn.',
  'drop/deep/copy.txt': 'The mayor is Oda Rinn.',
  'drop/film.mov': new Uint8Array([0, 1, 2]),
  'drop/latin.md': Buffer.from('Ödön öffnet später für Gäste, aber über Brücken spricht er nie.', 'latin1'),
  'drop/scan.pdf': pdfOf([[], [], []]),
  'drop/show.pdf': pdfOf([[{ text: 'Page one.' }], [], [{ text: 'Page three.' }]]),
}

async function review(input: z.input<typeof ReviewInput>) {
  return finish(reviewFiles(ReviewInput.parse(input)))
}

const byName = (found: readonly ReviewedFile[]) => Object.fromEntries(found.map((file) => [file.name, file]))

test('each file is told with its type, size, hash, what it repeats, and what reading it comes to', async () => {
  const folder = await folderWith(files)
  const { result, partials, progress } = await review({ paths: [join(folder, 'drop')] })
  expect(result.files).toEqual(partials.flat())
  expect(progress.at(-1)).toMatchObject({ stage: 'review', done: 7, total: 7 })
  const found = byName(result.files)
  expect(Object.keys(found)).toEqual([
    'drop/a.csv',
    'drop/b.txt',
    'drop/deep/copy.txt',
    'drop/film.mov',
    'drop/latin.md',
    'drop/scan.pdf',
    'drop/show.pdf',
  ])
  expect(found['drop/b.txt']).toEqual({
    file: join(folder, 'drop/b.txt'),
    name: 'drop/b.txt',
    format: 'text',
    bytes: 22,
    hash: createHash('sha256').update(files['drop/b.txt']).digest('hex'),
    duplicateOf: null,
    fault: null,
    text: { documents: 1, passages: 1, characters: 22, questions: 0, parts: null },
    table: null,
  })
  expect(found['drop/deep/copy.txt']).toMatchObject({
    duplicateOf: join(folder, 'drop/b.txt'),
    text: null,
    fault: null,
  })
  expect(found['drop/film.mov']).toMatchObject({
    format: null,
    bytes: 3,
    hash: null,
    fault: { code: 'unsupported-format' },
  })
  expect(found['drop/latin.md']?.fault).toEqual({
    code: 'bad-encoding',
    reason: expect.stringContaining('It seems to be windows-1252.'),
    remedy: expect.stringContaining('--encoding windows-1252'),
  })
  expect(found['drop/scan.pdf']).toMatchObject({ format: 'pdf', text: null, fault: { code: 'no-text-layer' } })
  expect(found['drop/show.pdf']?.text).toMatchObject({ passages: 2, parts: { unit: 'page', count: 2 } })
})

test('records are shown with their columns, their first rows and the mapping that reading will use', async () => {
  const records = Array.from({ length: 9 }, (_, at) => ({ name: `R${at}`, note: 'x '.repeat(300), list: [at, 'b'] }))
  const folder = await folderWith({
    'a.csv': csv,
    'b.tsv': 'City\tRiver\nKardova\tAlder\n',
    'c.jsonl': records.map((record) => JSON.stringify(record)).join('\n'),
    'd.json': JSON.stringify({ rows: records.map(({ name }) => ({ _id: 1, body: name })) }),
    'e.parquet': new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: 'text', data: records.map(({ name }) => name), type: 'STRING' }] }),
    ),
  })
  const { result } = await review({ paths: [folder] })
  const tables = result.files.map(({ table, fault }) => [table, fault?.code ?? null])
  const long = `${'x '.repeat(300).slice(0, 199)}…`
  expect(tables).toEqual([
    [
      {
        columns: ['id', 'title', 'abstract', 'ask'],
        rows: [
          ['1', 'Mills', 'Seven mills, two burnt.', 'How many?'],
          ['2', 'Bridges', 'One bridge.', ''],
        ],
        records: 2,
        mapping: { text: 'abstract', title: 'title', id: 'id' },
      },
      null,
    ],
    [{ columns: ['City', 'River'], rows: [['Kardova', 'Alder']], records: 1, mapping: {} }, null],
    [
      {
        columns: ['name', 'note', 'list'],
        rows: records.slice(0, 5).map(({ name, list }) => [name, long, JSON.stringify(list)]),
        records: null,
        mapping: { title: 'name' },
      },
      'bad-record',
    ],
    [
      {
        columns: ['_id', 'body'],
        rows: records.slice(0, 5).map(({ name }) => ['1', name]),
        records: 9,
        mapping: { text: 'body', title: '_id', id: '_id' },
      },
      null,
    ],
    [
      { columns: ['text'], rows: records.slice(0, 5).map(({ name }) => [name]), records: 9, mapping: { text: 'text' } },
      null,
    ],
  ])
})

test('a mapping, an encoding and single files are taken as building takes them', async () => {
  const folder = await folderWith(files)
  const reading = {
    columns: { text: 'title', question: 'ask' },
    encoding: 'windows-1252',
    files: { [join(folder, 'drop/b.txt')]: { format: 'lines' as const } },
  }
  const { result } = await review({ paths: [join(folder, 'drop')], ...reading })
  const found = byName(result.files)
  expect(found['drop/a.csv']).toMatchObject({
    table: { mapping: { text: 'title', title: 'title', id: 'id', question: 'ask' } },
    text: { questions: 1 },
  })
  expect(found['drop/latin.md']?.text).toMatchObject({ passages: 1 })
  await writeFile(join(folder, 'latin.csv'), Buffer.from('Straße;Text\nBrückenweg;Sie öffnet später.\n', 'latin1'))
  const latin = await review({ paths: [join(folder, 'latin.csv')], encoding: 'windows-1252' })
  expect(latin.result.files[0]?.table?.columns).toEqual(['Straße', 'Text'])
  expect(found['drop/b.txt']?.format).toBe('lines')
  const built = await finish(readCorpus({ paths: [join(folder, 'drop')], ...reading }))
  const passages = result.files.reduce((sum, { text }) => sum + (text?.passages ?? 0), 0)
  // The copy of b.txt is read by a build, and every passage of it left out.
  expect([built.result.passages.length, built.result.repeated]).toEqual([passages, 1])
  expect(built.result.documents.find(({ file }) => file.endsWith('a.csv'))?.text).toBe('Mills')
})

test('when its time is up files are looked at and no longer read', async () => {
  const folder = await folderWith(files)
  const { result } = await review({ paths: [join(folder, 'drop')], seconds: 0 })
  const found = byName(result.files)
  expect(found['drop/a.csv']).toMatchObject({ text: null, fault: null, table: { records: null } })
  expect(found['drop/a.csv']?.hash).toHaveLength(64)
})

test('a path that is not there is told, and a review that is stopped ends', async () => {
  const folder = await folderWith(files)
  const gone = join(folder, 'gone.txt')
  const { result } = await review({ paths: [join(folder, 'drop/b.txt'), gone] })
  expect(result.files.map(({ name, fault }) => [name, fault?.code ?? null])).toEqual([
    ['gone.txt', 'file-missing'],
    ['b.txt', null],
  ])
  const job = finish(reviewFiles(ReviewInput.parse({ paths: [folder] }), AbortSignal.abort()))
  await expect(job).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
})

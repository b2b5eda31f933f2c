/** Reading a corpus: every format, spans to the very character, and bad files that hurt only themselves. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cut, indexLines } from '../../src/main/engine/corpus/passages.ts'
import { readCorpus } from '../../src/main/engine/corpus/read.ts'
import type { FormatName } from '../../src/shared/corpus.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { finish } from '../helpers/jobs.ts'

async function read(files: Readonly<Record<string, string | Uint8Array>>, format?: FormatName) {
  const folder = await folderWith(files)
  const done = await finish(readCorpus({ paths: [folder], ...(format ? { format } : {}) }))
  const sources = new Map<string, string>()
  for (const { span } of done.result.passages) sources.set(span.file, await readFile(span.file, 'utf8'))
  const spelled = done.result.passages.map(({ span }) => sources.get(span.file)?.slice(span.charFrom, span.charTo))
  return { ...done, folder, spelled, texts: done.result.passages.map((passage) => passage.text) }
}

const sentence = fc
  .array(fc.constantFrom('river', 'Kardova', '1734', 'Ödön', '桥梁', '😀', 'a\u0301', 'x'.repeat(300)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((words) => `${words.join(' ')}.`)
const prose = fc
  .array(fc.tuple(sentence, fc.constantFrom(' ', '\n', '\r\n', '\n\n', '\r\n\r\n', '\n \t\n', '\u3000', '  ')), {
    minLength: 1,
    maxLength: 30,
  })
  .map((parts) => parts.flat().join(''))

test('cutting loses no character but white space, keeps the order and the limit', () => {
  fc.assert(
    fc.property(prose, (text) => {
      const ranges = cut(text, { from: 0, to: text.length }, 120)
      const pieces = ranges.map(({ from, to }) => text.slice(from, to))
      expect(pieces.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
      for (const piece of pieces) {
        expect(piece).toBe(piece.trim())
        expect(piece.split(/\s+/).length).toBeLessThanOrEqual(120)
        expect(piece.isWellFormed()).toBe(true)
      }
    }),
    { numRuns: 200, seed: 7 },
  )
})

test.each(['prose', 'lines', 'markdown'] as const)(
  'the span of every %s passage maps back to its very characters',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(prose, fc.boolean(), async (text, marked) => {
        const { spelled, texts, result } = await read({ 'a.txt': (marked ? '\uFEFF# A b\n' : '') + text }, format)
        expect(texts).toEqual(spelled)
        const source = (marked ? '\uFEFF# A b\n' : '') + text
        const lines = indexLines(source)
        for (const { span } of result.passages) {
          expect(
            source
              .split('\n')
              .slice(0, span.lineFrom - 1)
              .join('\n').length,
          ).toBeLessThanOrEqual(span.charFrom)
          expect(lines.lineAt(span.charTo - 1)).toBe(span.lineTo)
        }
      }),
      { numRuns: 30, seed: 7 },
    )
  },
)

const long = 'The river that flows through the old town is the Alder.'

test('text with a long sentence on every line is read as a passage a line', async () => {
  const { texts, spelled, result } = await read({ 'a.txt': `\uFEFF${long}\r\n  ${long} Twice.\r\n` })
  expect(texts).toEqual([long, `${long} Twice.`])
  expect(spelled).toEqual(texts)
  expect(result.passages.map(({ span }) => [span.lineFrom, span.lineTo, span.charFrom])).toEqual([
    [1, 1, 1],
    [2, 2, 60],
  ])
})

test('markdown passages bear the heading above them, and headings inside code fences are no headings', async () => {
  const { result } = await read({
    'a.md': `Intro text.\n\n# One #\n\nFirst.\n\n## Empty\n\n## Two\n\`\`\`sh\n# no heading\n\`\`\`\nSecond.\n`,
  })
  expect(result.passages.map(({ title, text }) => [title, text])).toEqual([
    ['a', 'Intro text.'],
    ['One', '# One #\n\nFirst.'],
    ['Two', '## Two\n```sh\n# no heading\n```\nSecond.'],
  ])
  expect(result.documents).toHaveLength(1)
})

test('csv takes the text column, with exact spans where the file spells the text as it is', async () => {
  const csv = '\uFEFFid;Title;Passage\r\n1;First;"Plain; quoted text."\r\n2;;"He said ""no""."\r\n3;Third;bare\r\n'
  const { result, spelled } = await read({ 'a.csv': csv })
  expect(result.passages.map(({ title, text, span }, at) => [title, text, spelled[at], span.lineFrom])).toEqual([
    ['First', 'Plain; quoted text.', 'Plain; quoted text.', 2],
    ['a', 'He said "no".', '2;;"He said ""no""."', 3],
    ['Third', 'bare', 'bare', 4],
  ])
})

test('csv without a text column is told column by column', async () => {
  const { texts, spelled } = await read({ 'a.tsv': 'City\tRiver\nKardova\tAlder\nVel\t\n' })
  expect(texts).toEqual(['City: Kardova; River: Alder.', 'City: Vel.'])
  expect(spelled).toEqual(['Kardova\tAlder', 'Vel'])
})

test('jsonl takes texts, titles and the passages of question sets', async () => {
  const lines = [
    { _id: '4', title: 'T', text: 'Plain text.' },
    { contents: 'With "escapes".' },
    {
      id: 9,
      question: 'q?',
      answers: ['a'],
      passages: [
        { title: 'P', text: 'One.' },
        { title: '', text: 'Two.' },
      ],
    },
    { question: 'again?', passages: [{ title: 'P', text: 'One.' }] },
  ]
  const { result, spelled } = await read({ 'a.jsonl': `${lines.map((line) => JSON.stringify(line)).join('\n\n')}\n` })
  expect(result.passages.map(({ title, text, span }, at) => [title, text, spelled[at], span.lineFrom])).toEqual([
    ['T', 'Plain text.', 'Plain text.', 1],
    ['a', 'With "escapes".', '{"contents":"With \\"escapes\\"."}', 3],
    ['P', 'One.', 'One.', 5],
    ['a', 'Two.', 'Two.', 5],
  ])
  expect([result.documents.length, result.repeated]).toEqual([4, 1])
})

test('each bad file names its place and its remedy, and the good ones are read', async () => {
  const { result, partials, folder } = await read({
    'bad.jsonl': '{"text":"fine"}\n{"text": fine}\n',
    'none.jsonl': '{"txt":"x"}\n',
    'ids.jsonl': '{"question":"q?","answers":["a"],"passages":["0123456789ab"]}\n',
    'quote.csv': 'text\n"never closed\n',
    'binary.txt': new Uint8Array([72, 105, 0, 1, 2]),
    'latin.txt': Buffer.from('The caf\u00e9 is open.', 'latin1'),
    'utf16.txt': Buffer.from('\uFEFFHello', 'utf16le'),
    'paper.pdf': '%PDF-1.7',
    'old.doc': 'x',
    'good.txt': 'One good sentence.',
    'sub/good.md': 'Another one.',
    '.hidden.txt': 'Not read.',
  })
  expect(result.passages.map((passage) => passage.text)).toEqual(['One good sentence.', 'Another one.'])
  expect(result.failures).toEqual(partials)
  const reasons = Object.fromEntries(partials.map(({ file, reason }) => [file.slice(folder.length + 1), reason]))
  expect(reasons).toEqual({
    'bad.jsonl': expect.stringContaining('bad.jsonl, line 2: not JSON'),
    'none.jsonl': expect.stringContaining('none.jsonl, line 1: no text'),
    'ids.jsonl': expect.stringContaining('no text'),
    'quote.csv': expect.stringContaining('quote.csv, line 2'),
    'binary.txt': expect.stringContaining('byte 2 is NUL'),
    'latin.txt': expect.stringContaining('not valid UTF-8 at byte 7. It seems to be windows-1252'),
    'utf16.txt': expect.stringContaining('UTF-16'),
    'paper.pdf': expect.stringContaining('cannot be read as a PDF'),
    'old.doc': expect.stringContaining('no reader for .doc'),
  })
  expect(partials.every(({ remedy }) => remedy.length > 10)).toBe(true)
})

test('the place of invalid UTF-8 is right even after real replacement characters', async () => {
  const bytes = Buffer.concat([Buffer.from('a\uFFFDé'), Buffer.from([0xc3]), Buffer.from('x\uFFFD')])
  const { partials } = await read({ 'a.txt': bytes, 'b.txt': 'Good text.' })
  expect(partials[0]?.reason).toContain('at byte 6')
})

test('nothing to read is a fault: that of the file when there is one, corpus-empty else', async () => {
  const folder = await folderWith({ 'only/bad.jsonl': 'no json', 'empty/a.txt': ' \n', 'void/.keep': '' })
  const codes = ['only', 'empty', 'void', 'gone'].map(
    async (name) => (await faultOf(finish(readCorpus({ paths: [join(folder, name)] })))).code,
  )
  expect(await Promise.all(codes)).toEqual(['bad-record', 'corpus-empty', 'corpus-empty', 'file-missing'])
})

test('reading stops when it is aborted', async () => {
  const folder = await folderWith({ 'a.txt': 'Text.' })
  const job = finish(readCorpus({ paths: [folder], signal: AbortSignal.abort() }))
  await expect(job).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
})

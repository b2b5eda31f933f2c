/** The readers of documents that are no text: what they find, where it stands, and how each tells what it cannot read. */
import { zipSync } from 'fflate'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CorpusDocument } from '../../src/main/engine/corpus/document.ts'
import { readCorpus, type ReadOptions } from '../../src/main/engine/corpus/read.ts'
import { docxOf, epubOf, escape, notebookOf, pdfOf, pptxOf, zipOf, type PdfLine } from '../helpers/documents.ts'
import { folderWith } from '../helpers/folder.ts'
import { finish } from '../helpers/jobs.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

async function read(files: Files, options: Partial<ReadOptions> = {}) {
  const folder = await folderWith(files)
  return finish(readCorpus({ ...options, paths: [folder] }))
}

/** The only document of a file. */
async function readOne(name: string, content: string | Uint8Array, options: Partial<ReadOptions> = {}) {
  const { result } = await read({ [name]: content }, options)
  expect(result.documents).toHaveLength(1)
  return result.documents[0] as CorpusDocument
}

/** A document's passages, each where it says it stands: part and lines, and the headings above it. */
function places({ placed }: CorpusDocument) {
  return placed.map(({ passage: { text, span } }) => [
    span.part === undefined ? '' : `${span.part.unit} ${span.part.number}`,
    `${span.lineFrom}-${span.lineTo}`,
    span.section ?? '',
    text,
  ])
}

/** Whatever was read: every passage is its span of the document, lines count as a person counts them, and no letter is lost. */
function expectSound(document: CorpusDocument): void {
  const { text, placed } = document
  for (const { passage, from, to } of placed) {
    expect(text.slice(from, to)).toBe(passage.text)
    const { part, lineFrom, lineTo } = passage.span
    const alike = placed.filter((other) => JSON.stringify(other.passage.span.part) === JSON.stringify(part))
    const start = part === undefined || part.unit === 'record' ? 0 : Math.min(...alike.map((other) => other.from))
    const lines = text.slice(start).split('\n')
    if (part?.unit !== 'record') expect(lines.slice(lineFrom - 1, lineTo).join('\n')).toContain(passage.text)
  }
  expect(
    placed
      .map(({ passage }) => passage.text)
      .join('')
      .replaceAll(/\s/g, ''),
  ).toBe(text.replaceAll(/\s/g, ''))
}

const words = fc.array(
  fc.constantFrom('river', 'Kardova', '1734', 'a<b', 'salt & ash', '"quoted"', 'mills.', 'x'.repeat(40)),
  {
    minLength: 1,
    maxLength: 50,
  },
)
const paragraph = words.map((each) => each.join(' '))
const chapter = fc.tuple(
  words.map((each) => each.slice(0, 3).join(' ')),
  fc.array(paragraph, { maxLength: 4 }),
)
const chapters = fc.array(chapter, { minLength: 1, maxLength: 5 })

/** A heading and paragraphs as lines that fit on pages. */
function pagesOf(title: string, texts: readonly string[]): PdfLine[][] {
  const wrap = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []
  const lines = [
    ...wrap(title, 45).map((text) => ({ text, size: 18, above: 20 })),
    ...texts.flatMap((text) => wrap(text, 60).map((line, at) => ({ text: line, above: at === 0 ? 30 : 12 }))),
  ]
  return Array.from({ length: Math.ceil(lines.length / 25) }, (_, at) => lines.slice(at * 25, (at + 1) * 25))
}

/** Documents of one content in every format that makes its own text. */
const formats: readonly (readonly [
  name: string,
  make: (content: readonly (readonly [string, readonly string[]])[]) => string | Uint8Array,
])[] = [
  [
    'a.html',
    (content) =>
      `<html><body>${content.map(([title, texts]) => `<h2>${escape(title)}</h2>${texts.map((text) => `<p>${escape(text)}</p>`).join('')}`).join('')}</body></html>`,
  ],
  [
    'a.docx',
    (content) =>
      docxOf(content.flatMap(([title, texts]) => [{ text: title, heading: 1 }, ...texts.map((text) => ({ text }))])),
  ],
  ['a.pptx', (content) => pptxOf(content.map(([title, texts]) => ({ title, bodies: texts.map((text) => [text]) })))],
  [
    'a.epub',
    (content) =>
      epubOf(
        'Book',
        content.map(
          ([title, texts]) => `<h1>${escape(title)}</h1>${texts.map((text) => `<p>${escape(text)}</p>`).join('')}`,
        ),
      ),
  ],
  [
    'a.ipynb',
    (content) =>
      notebookOf(content.flatMap(([title, texts]) => [{ markdown: `# ${title}` }, ...texts.map((code) => ({ code }))])),
  ],
  ['a.pdf', (content) => pdfOf(content.flatMap(([title, texts]) => pagesOf(title, texts)))],
]

test.each(formats)('%s: every passage is its span of the text, and no letter is lost', async (name, make) => {
  await fc.assert(
    fc.asyncProperty(chapters, async (content) => {
      const document = await readOne(name, make(content))
      expectSound(document)
      const letters = content.flat(2).join('').replaceAll(/[\s#]/g, '')
      expect(document.text.replaceAll(/[\s#]/g, '')).toBe(letters)
    }),
    { numRuns: 15, seed: 7 },
  )
})

describe('PDF', () => {
  test('pages, lines on the page, headings by their size and paragraphs by their gaps', async () => {
    const document = await readOne(
      'a.pdf',
      pdfOf([
        [
          { text: 'The mills', size: 20 },
          { text: 'There are seven mills', above: 30 },
          { text: 'on the Selm.' },
          { text: 'Two burnt down.', above: 28 },
          { text: 'Nobody was hurt.' },
        ],
        [],
        [
          { text: 'The bridges (1734)', size: 20 },
          { text: 'One bridge is left.', above: 30 },
        ],
      ]),
    )
    expect([document.title, document.text]).toEqual([
      'The mills',
      'The mills\n\nThere are seven mills\non the Selm.\n\nTwo burnt down.\nNobody was hurt.\n\nThe bridges (1734)\n\nOne bridge is left.',
    ])
    expect(places(document)).toEqual([
      [
        'page 1',
        '1-7',
        'The mills',
        'The mills\n\nThere are seven mills\non the Selm.\n\nTwo burnt down.\nNobody was hurt.',
      ],
      ['page 3', '1-3', 'The bridges (1734)', 'The bridges (1734)\n\nOne bridge is left.'],
    ])
  })

  test('a heading stays in force on the next page, and passages never cross pages', async () => {
    const document = await readOne(
      'a.pdf',
      pdfOf([
        [
          { text: 'The mills', size: 20 },
          { text: 'There are seven mills', above: 30 },
        ],
        [{ text: 'on the Selm.' }],
      ]),
    )
    expect(places(document)).toEqual([
      ['page 1', '1-3', 'The mills', 'The mills\n\nThere are seven mills'],
      ['page 2', '1-1', 'The mills', 'on the Selm.'],
    ])
  })
})

test('Word: headings nest, tables are told row by row, the title names the document', async () => {
  const document = await readOne(
    'a.docx',
    docxOf([
      { text: 'Before.' },
      { text: 'Mills', heading: 1 },
      { text: 'Seven of them.' },
      { text: 'Burnt', heading: 2 },
      { text: 'Two.' },
      { text: 'Bridges', heading: 1 },
      { text: 'One.' },
    ]),
  )
  expect(places(document)).toEqual([
    ['', '1-1', '', 'Before.'],
    ['', '3-5', 'Mills', 'Mills\n\nSeven of them.'],
    ['', '7-9', 'Mills › Burnt', 'Burnt\n\nTwo.'],
    ['', '11-13', 'Bridges', 'Bridges\n\nOne.'],
  ])
})

test('PowerPoint: slides in the order of the show, the title first, notes last, no slide numbers', async () => {
  const document = await readOne(
    'a.pptx',
    pptxOf([
      { title: 'Mills', bodies: [['Seven', 'on the Selm'], ['Two burnt down.']], notes: 'Say which.' },
      { title: 'Thanks', bodies: [] },
    ]),
  )
  expect(places(document)).toEqual([
    ['slide 1', '1-8', 'Mills', 'Mills\n\nSeven\non the Selm\n\nTwo burnt down.\n\nNotes: Say which.'],
    ['slide 2', '1-1', 'Thanks', 'Thanks'],
  ])
})

test('EPUB: the order of the spine, the title of the book, no table of contents', async () => {
  const document = await readOne(
    'a.epub',
    epubOf('Mills & more', ['<h1>One</h1><p>First<br/>verse.</p>', '<p>Second.</p>']),
  )
  expect([document.title, places(document)]).toEqual([
    'Mills & more',
    [
      ['', '1-4', 'One', 'One\n\nFirst\nverse.'],
      ['', '6-6', 'One', 'Second.'],
    ],
  ])
})

test('notebook: a cell a part, with what it printed', async () => {
  const document = await readOne(
    'a.ipynb',
    notebookOf([
      { markdown: '# Mills\nText.\n```\n# no heading\n```' },
      { code: 'for m in mills:\n    print(m)', printed: '7\n' },
      { markdown: '## Burnt\nTwo.' },
    ]),
  )
  expect(places(document)).toEqual([
    ['cell 1', '1-6', 'Mills', '# Mills\n\nText.\n```\n# no heading\n```'],
    ['cell 2', '1-4', 'Mills', 'for m in mills:\n    print(m)\n\n7'],
    ['cell 3', '1-3', 'Mills › Burnt', '## Burnt\n\nTwo.'],
  ])
})

describe('HTML', () => {
  const sentence =
    'The town has seven mills on the Selm, and people have long argued about which of them is the oldest. '

  test('the article is read and not what stands around it', async () => {
    const article = `<article><h1>Mills</h1><p>${sentence.repeat(4)}</p><p>${sentence.repeat(4)}</p></article>`
    const { text, title } = await readOne(
      'a.html',
      `<html><head><title>Mills of Kardova</title><script>var x = 1</script></head><body><nav><a href="/">Home</a></nav>${article}<footer>Imprint</footer></body></html>`,
    )
    expect([title, text.includes('Home'), text.includes('Imprint'), text.includes('var x')]).toEqual([
      'Mills of Kardova',
      false,
      false,
      false,
    ])
    expect(text.match(/seven mills/g)).toHaveLength(8)
  })

  test('a page without an article is read whole: lists, tables, preformatted text', async () => {
    const { text } = await readOne(
      'a.html',
      '<p>Before   <b>bold</b></p><ul><li>one</li><li><p>two</p><ol><li>inner</li></ol></li></ul>' +
        '<table><tr><th>Mill</th><th>Year</th></tr><tr><td>Upper</td><td>1734</td></tr></table><pre>a\n  b</pre><p hidden>unseen</p>',
    )
    expect(text).toBe('Before bold\n\n- one\n- two\n- inner\n\nMill | Year\nUpper | 1734\n\na\n  b')
  })

  test('its own word for its encoding is believed where it is not UTF-8', async () => {
    const page = '<html><head><meta charset="iso-8859-1"></head><body><p>Café Ödön</p></body></html>'
    expect((await readOne('a.html', Buffer.from(page, 'latin1'))).text).toBe('Café Ödön')
    expect((await readOne('b.html', Buffer.from(page, 'utf8'))).text).toBe('Café Ödön')
  })

  test('a page that nests without end is read all the same', async () => {
    expect((await readOne('a.html', `${'<div>'.repeat(3000)}deep`)).text).toBe('deep')
  })
})

describe('records', () => {
  test('JSON: the records of a list, of an object that holds one, and a record alone', async () => {
    const records = [{ text: 'One, [two].', title: 'T', id: 7 }, { text: 'Said "no" {so}.' }]
    const files = {
      'list.json': `\uFEFF ${JSON.stringify(records, null, 2)}\n`,
      'inside.json': JSON.stringify({ 'a "list"': [1, 2], version: '{[', data: records }),
      'alone.json': JSON.stringify(records[0]),
    }
    for (const [name, content] of Object.entries(files)) {
      const { result } = await read({ [name]: content })
      const found = result.documents.map(({ title, id, part, text, placed }) => {
        const [first] = placed
        const { charFrom = 0, charTo = 0 } = first?.passage.span ?? {}
        return [title, id, part?.number, text, content.slice(charFrom, charTo)]
      })
      const second = [
        name.split('.')[0],
        undefined,
        2,
        'Said "no" {so}.',
        expect.stringMatching(/^\{\s*"text":\s*"Said \\"no\\" \{so\}\."\s*\}$/),
      ]
      expect(found).toEqual([['T', '7', 1, 'One, [two].', 'One, [two].'], ...(name === 'alone.json' ? [] : [second])])
    }
  })

  test('JSON of any shape: its records are found where JSON.parse finds them', async () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 4 }),
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
        fc.nat(3),
        async (others, texts, indent) => {
          const records = texts.map((text, at) => ({ other: others[at] ?? null, text: `Text ${text}.`, more: others }))
          const source = JSON.stringify(indent === 0 ? records : { first: others[0] ?? 1, rows: records }, null, indent)
          const { result } = await read({ 'a.json': source })
          if (indent !== 0 && Array.isArray(others[0]) && others[0].length > 0) return
          expect(result.documents.map(({ text }) => text)).toEqual(records.map(({ text }) => text.trim()))
        },
      ),
      { numRuns: 60, seed: 7 },
    )
  })

  test('Parquet: a row a document, whatever its columns are packed with', async () => {
    for (const codec of ['UNCOMPRESSED', 'SNAPPY'] as const) {
      const bytes = parquetWriteBuffer({
        codec,
        columnData: [
          { name: 'name', data: ['Mills', 'Bridges', 'None'], type: 'STRING' },
          { name: 'body', data: ['Seven mills.\nTwo burnt.', 'One bridge.', ''], type: 'STRING' },
          { name: 'id', data: [1n, 2n, 3n], type: 'INT64' },
        ],
      })
      const { result } = await read({ 'a.parquet': new Uint8Array(bytes) })
      const found = result.documents.map(({ title, id, part, text, placed }) => [
        title,
        id,
        part,
        text,
        placed[0]?.passage.span.lineTo,
      ])
      expect(found).toEqual([
        ['Mills', '1', { unit: 'record', number: 1 }, 'Seven mills.\nTwo burnt.', 2],
        ['Bridges', '2', { unit: 'record', number: 2 }, 'One bridge.', 1],
      ])
    }
  })

  test('columns that were mapped are read, in every format, and one that is not there is named', async () => {
    const rows = [
      { title: 'no', label: 'Mills', abstract: 'Seven.', text: 'not this', ask: 'How many?', says: '7' },
      { title: 'no', label: 'Bridges', abstract: 'One.', text: 'nor this', ask: 'How many bridges?', says: '1' },
    ]
    const columns = { text: 'abstract', title: 'label', question: 'ask', answer: 'says' }
    const header = Object.keys(rows[0] ?? {})
    const values = (separator: string) =>
      [header, ...rows.map((row) => Object.values(row))].map((row) => row.join(separator)).join('\n')
    const files: Files = {
      'a.csv': values(','),
      'a.tsv': values('\t'),
      'a.json': JSON.stringify(rows),
      'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
      'a.parquet': new Uint8Array(
        parquetWriteBuffer({
          columnData: header.map((name) => ({
            name,
            data: rows.map((row) => row[name as keyof (typeof rows)[0]]),
            type: 'STRING' as const,
          })),
        }),
      ),
    }
    for (const [name, content] of Object.entries(files)) {
      const { result } = await read({ [name]: content }, { columns })
      expect(result.documents.map(({ title, text }) => [title, text])).toEqual([
        ['Mills', 'Seven.'],
        ['Bridges', 'One.'],
      ])
      const ids = result.passages.map(({ id }) => id)
      expect(result.questions).toEqual([
        { id: '1', question: 'How many?', answers: ['7'], passages: [ids[0]] },
        { id: '2', question: 'How many bridges?', answers: ['1'], passages: [ids[1]] },
      ])
      const missing = read({ [name]: content }, { columns: { text: 'summary' } })
      await expect(missing).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('no column "summary"'),
        remedy: expect.stringContaining('abstract'),
      })
    }
  })

  test('what is said of one file goes before what is said of all', async () => {
    const folder = await folderWith({ 'a.csv': 'x,y\none,two\n', 'b.csv': 'x,y\none,two\n' })
    const files = { [join(folder, 'b.csv')]: { columns: { text: 'y' } } }
    const { result } = await finish(readCorpus({ paths: [folder], columns: { text: 'x' }, files }))
    expect(result.documents.map(({ text }) => text)).toEqual(['one', 'two'])
  })
})

test('questions with answers in any shape; the same one asked twice has the passages of both', async () => {
  const lines = [
    {
      id: 'a',
      question: 'Who?',
      answers: { text: ['Oda', 'Oda Rinn'], answer_start: [1, 2] },
      context: 'Oda Rinn is mayor.',
    },
    { id: 'b', question: 'Who?', answers: ['Oda'], context: 'The mayor is Oda.' },
    { question: 'Which?', answers: [], passages: [{ text: 'Right.' }, { text: 'Wrong.', gold: false }] },
  ]
  const { result } = await read({ 'a.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') })
  const ids = result.passages.map(({ id }) => id)
  expect(result.questions).toEqual([
    { id: 'a', question: 'Who?', answers: ['Oda', 'Oda Rinn'], passages: [ids[0], ids[1]] },
    { id: '2', question: 'Which?', answers: [], passages: [ids[2]] },
  ])
})

test('text in another encoding is refused with the one it seems to be in, and read in the one that is named', async () => {
  const files = {
    'latin.txt': Buffer.from('Das Café in Ödön öffnet für Gäste, später schließt es wieder.', 'latin1'),
    'utf16.md': Buffer.from('\uFEFFDie Mühlen.', 'utf16le'),
    'kyrillic.txt': Buffer.from(
      Uint8Array.from('Мельница стоит на реке, и мост стоит на реке.', (letter) => {
        const code = letter.charCodeAt(0)
        return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code
      }) as never,
    ),
    'good.txt': 'Good.',
  }
  const { partials } = await read(files)
  expect(partials.map(({ file, remedy }) => [file.split('/').at(-1), /--encoding ([\w-]+)/.exec(remedy)?.[1]])).toEqual(
    [
      ['kyrillic.txt', 'windows-1251'],
      ['latin.txt', 'windows-1252'],
      ['utf16.md', 'utf-16le'],
    ],
  )
  const latin = await read({ 'latin.txt': files['latin.txt'], 'good.txt': 'Grüße.' }, { encoding: 'windows-1252' })
  expect(latin.result.documents.map(({ text }) => text.slice(0, 9))).toEqual(['Grüße.', 'Das Café '])
  expect((await readOne('utf16.md', files['utf16.md'], { encoding: 'utf-16le' })).text).toBe('\uFEFFDie Mühlen.')
  await expect(read({ 'latin.txt': files['latin.txt'] }, { encoding: 'klingon' })).rejects.toMatchObject({
    code: 'bad-input',
  })
})

/** The archive with its first entry said to unpack to so many bytes. */
function declaring(archive: Uint8Array, bytes: number): Uint8Array {
  const copy = Buffer.from(archive)
  copy.writeUInt32LE(bytes, copy.indexOf('PK\u0001\u0002', 0, 'latin1') + 24)
  return copy
}

test('an entry never grows past what it declares, so that a small claim hides no bomb', async () => {
  const bytes = docxOf([{ text: 'x'.repeat(100_000) }])
  const lying = declaring(bytes, 10)
  const { result, partials } = await read({ 'lying.docx': lying, 'good.txt': 'Good.' })
  expect([result.documents.length, partials[0]?.reason]).toEqual([1, expect.stringContaining('lying.docx')])
})

test('each file that cannot be read says why and what to do, and the others are read', async () => {
  const whole = docxOf([{ text: 'Text.' }])
  const many = zipSync(
    Object.fromEntries(Array.from({ length: 20_001 }, (_, at) => [`${at}.xml`, new Uint8Array(0)])),
    { level: 0 },
  )
  const bomb = declaring(docxOf([{ text: 'Text.' }]), 129 * 2 ** 20)
  const { result, partials } = await read({
    'broken.docx': whole.slice(0, whole.length / 2),
    'bomb.docx': bomb,
    'empty.txt': '\n',
    'good.docx': whole,
    'locked.docx': Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    'locked.epub': zipOf({
      'META-INF/encryption.xml': '<encryption xmlns:enc="e"><enc:CipherReference URI="text/a.xhtml"/></encryption>',
    }),
    'locked.pdf': pdfOf([[{ text: 'Secret.' }]], { locked: true }),
    'many.epub': many,
    'none.pptx': zipOf({ 'ppt/presentation.xml': '<p:presentation/>' }),
    'odd.ipynb': '{"cells": 1}',
    'odd.json': '3',
    'odd.parquet': 'PAR1',
    'scan.pdf': pdfOf([[], []]),
    'wrong.docx': zipOf({ 'a.xml': '<a/>' }),
  })
  expect(result.documents.map(({ text }) => text)).toEqual(['Text.'])
  const reasons = partials.map(
    ({ file, reason }) => `${file.split('/').at(-1)} ${reason.slice(file.length).trimStart()}`,
  )
  expect(reasons).toEqual([
    'bomb.docx holds more than 128 MiB of text unpacked.',
    expect.stringContaining('broken.docx cannot be unpacked'),
    'empty.txt holds no text.',
    'locked.docx is encrypted, or in the binary format of old Office programs.',
    'locked.epub is under copy protection (DRM): its text is encrypted.',
    'locked.pdf is encrypted: a password opens it.',
    'many.epub holds more than 20000 entries.',
    'none.pptx holds no slide.',
    expect.stringContaining('odd.ipynb is no notebook of format 4'),
    'odd.json holds no record: neither a list nor an object.',
    expect.stringContaining('odd.parquet cannot be read as Parquet'),
    'scan.pdf has no text layer: its 2 pages are a scan, or pictures of text.',
    'wrong.docx holds no Word document.',
  ])
  expect(partials.every(({ remedy }) => remedy.length > 20 && !remedy.includes('defect'))).toBe(true)
})

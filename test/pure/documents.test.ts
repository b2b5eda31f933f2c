/** Real documents as people drop them, with facts that a person found in them; skipped where they are not at hand. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/checks.ts'
import type { CorpusDocument } from '../../src/main/engine/corpus/document.ts'
import { readCorpus, type Corpus } from '../../src/main/engine/corpus/read.ts'
import { finish } from '../helpers/jobs.ts'

const folder = join(root, '..', 'shared', 'data', 'docs')
const here = existsSync(folder)
if (!here) console.log(`skipped: no documents in ${folder}`)

/** Words of a document, and where a person finds them: the part, the line, the headings above. */
type Fact = readonly [words: string, part: string, line: number, section: string]
type Known = {
  readonly title: string
  readonly documents?: number
  readonly parts?: number
  readonly facts: readonly Fact[]
}

const known: Readonly<Record<string, Known>> = {
  'Emma.md': {
    title: 'Title: Emma',
    facts: [
      ['Emma Woodhouse, handsome, clever, and rich', '', 13, 'Title: Emma › CHAPTER I'],
      ['Very little white satin, very few lace veils', '', 4857, 'VOLUME III › CHAPTER XIX'],
    ],
  },
  'REPAIR-2022-INV-001_multipage.pdf': {
    title: 'REPAIR-2022-INV-001_multipage',
    parts: 3,
    facts: [
      ['GRAND TOTAL 5,738', 'page 1', 20, ''],
      ['Make Batman', 'page 2', 2, 'ZAVA AUTO REPAIR'],
    ],
  },
  'chunking.md': { title: 'Introduction', facts: [['Usage Examples', '', 116, 'Usage Examples']] },
  'cli.md': {
    title: 'CLI reference',
    facts: [['docling convert [OPTIONS] source', '', 29, 'CLI reference › `docling` › `docling convert`']],
  },
  'code_and_formula.pdf': {
    title: 'JavaScript Code Example',
    parts: 2,
    facts: [['mod tempor invidunt ut labore', 'page 1', 4, 'JavaScript Code Example']],
  },
  'csv-comma.csv': { title: 'csv-comma', documents: 5, facts: [['Last Name: Lozano, Dr', 'record 2', 3, '']] },
  'docling-docs-faq-index.md': { title: 'FAQ', facts: [['Is Python 3.13 supported?', '', 13, 'FAQ']] },
  'epub_purvis_poetry.epub': {
    title: 'Poetry',
    facts: [['I blush that the impress of falsehood is there', '', 318, 'Poetry › My Country']],
  },
  'lorem_ipsum.docx': { title: 'lorem_ipsum', facts: [['Duis condimentum dui eget ullamcorper maximus', '', 3, '']] },
  'multi_page.pdf': {
    title: 'multi_page',
    parts: 5,
    facts: [
      ['The Evolution of the Word Processor', 'page 1', 1, ''],
      ['Patented in 1868 by Christopher Latham Sholes', 'page 1', 9, ''],
      ['from clunky typewriters to AI-powered platforms', 'page 5', 1, ''],
    ],
  },
  'powerpoint_sample.pptx': {
    title: 'Test Table Slide',
    parts: 3,
    facts: [
      ['R1 | True | False', 'slide 1', 7, 'Test Table Slide'],
      ['A rectangle shape with this text inside.', 'slide 2', 8, 'Second slide title'],
      ['Notes: Final notes on the third slide.', 'slide 3', 23, ''],
    ],
  },
  'pubmedqa-labelled-300.jsonl': {
    title: 'Do mitochondria play a role in remodelling lace plant leaves during programmed cell death?',
    documents: 300,
    facts: [['Programmed cell death (PCD) is the regulated death of cells', '', 1, '']],
  },
  'rust-ch04-01-ownership.md': {
    title: 'What Is Ownership?',
    facts: [['Luckily for us, Rust has a feature', '', 514, 'What Is Ownership? › Return Values and Scope']],
  },
  'test.docx': {
    title: 'AutoGen: Enabling Next-Gen LLM Applications via Multi-Agent Conversation',
    facts: [
      ['AutoGen is an open-source framework', '', 7, 'Abstract'],
      [
        '13 | 14 | 49e168b7-d2ae-407f-a055-2167576f39a1 | 15',
        '',
        21,
        'Introduction › d666f1f7-46cb-42bd-9a39-9a39cf2a509f',
      ],
    ],
  },
  'test.pdf': {
    title: '1 Introduction',
    parts: 1,
    facts: [['While there is contemporaneous exploration', 'page 1', 36, '1 Introduction']],
  },
  'test_blog.html': {
    title: 'Does Model and Inference Parameter Matter in LLM Applications? - A Case Study for MATH | AutoGen',
    facts: [['the tuned gpt-3.5-turbo model is selected as a better model', '', 36, 'Experiment Results']],
  },
  'test_notebook.ipynb': {
    title: 'Test Notebook Title',
    parts: 5,
    facts: [
      ['print("markitdown")', 'cell 2', 1, 'Test Notebook'],
      ['42', 'cell 4', 2, 'Test Notebook › Code Cell Below'],
    ],
  },
  'test_wikipedia.html': {
    title: 'Microsoft - Wikipedia',
    facts: [['2012 | 73,723 | 16,978', '', 206, 'Corporate affairs › Financial']],
  },
  'unit_test_headers_numbered.docx': {
    title: 'Test Document',
    facts: [['Paragraph 1.2.3.1', '', 23, 'Section 1 › Section 1.2 › Section 1.2.3']],
  },
  'wiki_duck.html': {
    title: 'Duck - Wikipedia',
    facts: [['Indian Runner ducks', '', 114, 'Relationship with humans › Domestication']],
  },
  'word_sample.docx': {
    title: 'Swimming in the lake',
    facts: [['Berries | Blueberry, Strawberry, Cranberry | 150', '', 35, 'Let’s swim! › Let’s eat']],
  },
}

describe.skipIf(!here)('the documents that people drop', () => {
  let corpus: Corpus
  beforeAll(async () => {
    corpus = (await finish(readCorpus({ paths: [folder] }))).result
  })

  const of = (name: string): readonly CorpusDocument[] => corpus.documents.filter(({ file }) => basename(file) === name)

  test('each gives its text, or a reason and a remedy', () => {
    expect(corpus.files.map(({ file }) => basename(file)).toSorted()).toEqual(Object.keys(known).toSorted())
    expect(
      corpus.failures.map(({ file, reason, remedy }) => [basename(file), reason.slice(file.length), remedy]),
    ).toEqual([
      [
        'MEDRPT-2024-PAT-3847_medical_report_scan.pdf',
        ' has no text layer: its 3 pages are a scan, or pictures of text.',
        expect.stringContaining('OCR'),
      ],
    ])
  })

  test.each(Object.entries(known))('%s', (name, { title, documents = 1, parts, facts }) => {
    const found = of(name)
    expect([found[0]?.title, found.length]).toEqual([title, documents])
    const placed = found.flatMap((document) => document.placed.map((each) => ({ ...each, text: document.text })))
    for (const { passage, text, from, to } of placed) expect(text.slice(from, to)).toBe(passage.text)
    if (parts !== undefined) expect(new Set(placed.map(({ passage }) => passage.span.part?.number)).size).toBe(parts)
    const where = facts.map(([words]) => {
      // A line may end between any two of the words.
      const spelled = new RegExp(
        words
          .split(' ')
          .map((word) => word.replaceAll(/[^\w\s]/g, '\\$&'))
          .join('\\s+'),
      )
      const passage = placed.map((each) => each.passage).find((each) => spelled.test(each.text))
      const { part, lineFrom = 0, section = '' } = passage?.span ?? {}
      // The passage says where it begins; the words may stand some lines on.
      const before = passage?.text.slice(0, passage.text.search(spelled)).split('\n').length ?? 0
      return [words, part === undefined ? '' : `${part.unit} ${part.number}`, lineFrom + before - 1, section]
    })
    expect(where).toEqual(facts)
  })
})

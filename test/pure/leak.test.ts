/** The leak check, and the report that stands on it: planted copies are found, what only looks alike is not. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAsked } from '../../src/main/engine/train/data/asked.ts'
import { readDocuments } from '../../src/main/engine/train/data/documents.ts'
import { findLeaks } from '../../src/main/engine/train/data/leak.ts'
import { reportDocuments, reportQuestions } from '../../src/main/engine/train/data/report.ts'
import { random } from '../../src/shared/random.ts'

const draws = random(3)
const words = (count: number): string => Array.from({ length: count }, () => `w${draws.int(0, 9999)}`).join(' ')
const run = 'the ferry to the outer islands leaves at nine and comes back before dusk'
const named = (texts: readonly string[]) => texts.map((text, i) => ({ name: `${i + 1}`, text }))

describe('a run of thirteen words', () => {
  // Fourteen words: two runs of thirteen.
  const planted = `${words(40)} ${run} ${words(40)}`

  test('that stands on both sides is found, with where it stands', () => {
    const train = named([words(90), planted, words(90)])
    expect(findLeaks(train, named([words(60), `${words(30)} ${run}`, 'too short']))).toEqual({
      words: 13,
      shared: 1,
      short: 1,
      first: { held: '2', trained: '2', run: run.split(' ').slice(0, 13).join(' ') },
    })
  })

  test('is found behind other case, punctuation and line breaks', () => {
    const shouted = run.toUpperCase().replaceAll(' ', ',\n')
    expect(findLeaks(named([planted]), named([shouted]))).toMatchObject({ shared: 1 })
  })

  test('is no run where one word is missing, nor where it crosses two documents', () => {
    const [left, right] = [run.split(' ').slice(0, 7).join(' '), run.split(' ').slice(7).join(' ')]
    expect(findLeaks(named([planted]), named([`${words(20)} ${left} ${words(1)} ${right}`]))).toMatchObject({
      shared: 0,
      first: null,
    })
    expect(findLeaks(named([left, right]), named([run]))).toMatchObject({ shared: 0 })
  })

  test('counts each held-out document once, those that share another among them', () => {
    const twice = named([`${run} ${words(5)} ${run}`, words(50), `${run} ${words(9)}`])
    expect(findLeaks(named([words(9), planted, planted]), twice)).toMatchObject({
      shared: 2,
      first: { held: '1', trained: '2' },
    })
  })

  test('agrees with looking for every run of one in the other', () => {
    // Few words, so that runs of three meet by chance.
    const few = (count: number) => Array.from({ length: count }, () => draws.pick(['a', 'b', 'c', 'd', 'e'])).join(' ')
    for (let round = 0; round < 50; round++) {
      const [train, held] = [named([few(8), few(6)]), named(Array.from({ length: 6 }, () => few(7)))]
      const shared = held.filter(({ text }) => {
        const own = text.split(' ')
        const runs = own.slice(2).map((_, at) => own.slice(at, at + 3).join(' '))
        return train.some((each) => runs.some((part) => each.text.includes(part)))
      })
      expect(findLeaks(train, held, 3)).toMatchObject({ shared: shared.length, short: 0 })
    }
  })
})

describe("the report on a run's data", () => {
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'leak-'))
  })
  afterAll(() => rm(home, { recursive: true }))

  test('names file and document of a leak, and counts what was left out', async () => {
    const documents = Array.from({ length: 60 }, () => `${words(50)}. ${run}.`)
    await writeFile(join(home, 'ferries.txt'), [...documents, documents[0]].join('\n<|endoftext|>\n'))
    const read = await readDocuments([join(home, 'ferries.txt')])
    const report = reportDocuments(read)
    const { train, valid } = report.sides!
    expect([train.items + valid.items, report.repeated]).toEqual([60, 1])
    expect(train.characters + valid.characters).toBe(documents.join('').length)
    expect(report.leak).toMatchObject({ shared: valid.items, short: 0 })
    expect(report.leak!.first!.held).toMatch(/^ferries\.txt, document \d+$/)
    expect(report.leak!.first!.held).not.toBe(report.leak!.first!.trained)
  })

  test('says of questions when the passage held out is read beside another', async () => {
    const passages = Array.from({ length: 60 }, () => words(30))
    const lines = passages.map((text, i) => ({
      question: `What is ${i}?`,
      answers: ['w'],
      passages: [{ text }, { text: passages[(i + 1) % 60] }],
    }))
    const write = (name: string, all: readonly object[]) =>
      writeFile(join(home, name), all.map((line) => JSON.stringify(line)).join('\n'))
    await write('beside.jsonl', [...lines, lines[4]!])
    await write(
      'alone.jsonl',
      lines.map((line) => ({ ...line, passages: line.passages.slice(0, 1) })),
    )
    const beside = reportQuestions(await readAsked([join(home, 'beside.jsonl')], { retrieve: null, unanswered: false }))
    expect(beside.repeated).toBe(1)
    expect(beside.sides!.train.items + beside.sides!.valid.items).toBe(60)
    expect(beside.leak!.shared).toBeGreaterThan(0)
    expect(beside.leak!.first!.trained).toMatch(/^beside\.jsonl, line \d+$/)
    const alone = reportQuestions(await readAsked([join(home, 'alone.jsonl')], { retrieve: null, unanswered: false }))
    expect(alone.leak).toMatchObject({ shared: 0, first: null })
  })
})

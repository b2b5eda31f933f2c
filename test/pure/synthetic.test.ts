/** The synthetic corpora: the same for a seed, split by name, exact to the character. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drawSheet } from '../../src/main/engine/corpus/synthetic.ts'
import { makeCorpus, writeCorpus } from '../../src/main/engine/corpus/synthetic/make.ts'
import { passageId } from '../../src/main/engine/corpus/identity.ts'
import { random } from '../../src/shared/random.ts'

async function hashesOf(folder: string) {
  const names = (await readdir(folder)).sort()
  const hash = async (name: string) =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hash(name)] as const)))
}

test('the same seed writes the same bytes, another seed others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'refrag-synthetic-'))
  const counts = await writeCorpus(join(folder, 'a'), { passages: 300, seed: 7 })
  await writeCorpus(join(folder, 'b'), { passages: 300, seed: 7 })
  await writeCorpus(join(folder, 'c'), { passages: 300, seed: 8 })
  expect(counts).toEqual({
    corpus: join(folder, 'a', 'corpus.txt'),
    passages: 300,
    questions: { train: 840, valid: 120, test: 240 },
  })
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => hashesOf(join(folder, name))))
  expect(Object.keys(a ?? {})).toEqual([
    'continuation.jsonl',
    'corpus.txt',
    'questions.test.jsonl',
    'questions.train.jsonl',
    'questions.valid.jsonl',
  ])
  expect(a).toEqual(b)
  expect(a?.['corpus.txt']).not.toEqual(c?.['corpus.txt'])
})

test('no entity of a test question occurs in any training passage, whatever the seed', () => {
  const seeds = [1, 7, 7919]
  const asked = new Set(
    seeds.flatMap((seed) =>
      makeCorpus({ passages: 400, seed })
        .sheets.filter((s) => s.split === 'test')
        .map((s) => s.entity),
    ),
  )
  const draw = random(99)
  const training = Array.from({ length: 20000 }, () => drawSheet(draw, 'train').text).join('\n')
  const occurs = (entity: string) => new RegExp(`(?<!\\p{L})${entity}(?!\\p{L})`, 'u').test(training)
  expect([...asked].filter((entity) => training.includes(entity) && occurs(entity))).toEqual([])
  expect(occurs(drawSheet(random(99), 'train').entity)).toBe(true)
})

test('every answer stands where its fact says, once, and its sentence names the entity', () => {
  const draw = random(3)
  for (let at = 0; at < 4000; at++) {
    const sheet = drawSheet(draw, 'any')
    expect(sheet.facts).toHaveLength(4)
    expect(sheet.text).not.toMatch(/[{}\n]|\s\s/)
    expect(sheet.text.split(sheet.entity)).toHaveLength(5)
    for (const fact of sheet.facts) {
      expect(sheet.text.slice(fact.from, fact.to)).toBe(fact.answer)
      expect(fact.question).toContain(sheet.entity)
    }
    expect(new Set(sheet.facts.map((fact) => fact.answer)).size).toBe(4)
  }
})

test('questions name the id of the passage that holds their answer', () => {
  const made = makeCorpus({ passages: 300, seed: 11 })
  const byId = new Map(made.sheets.map((sheet) => [passageId(sheet.text), sheet]))
  expect(byId.size).toBe(300)
  for (const split of ['train', 'valid', 'test'] as const) {
    for (const question of made.questions[split]) {
      const sheet = byId.get(question.passages[0] ?? '')
      expect(sheet?.split).toBe(split)
      expect(sheet?.text).toContain(question.answers[0])
    }
  }
})

test('a large corpus has as many entities as passages and all three languages', () => {
  const { sheets, questions, continuation } = makeCorpus({ passages: 12000, seed: 5 })
  const share = (language: string) => sheets.filter((sheet) => sheet.language === language).length / sheets.length
  expect(new Set(sheets.map((sheet) => sheet.entity)).size).toBe(12000)
  expect(share('es')).toBeCloseTo(0.05, 1.5)
  expect(share('zh')).toBeCloseTo(0.03, 1.5)
  expect([questions.train.length, questions.valid.length, questions.test.length, continuation.length]).toEqual([
    840, 120, 240, 400,
  ])
})

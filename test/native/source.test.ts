/** What trainers draw from: files and synthetic sheets, alone and together. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSource } from '../../src/main/engine/train/data/source.ts'
import { openTokenizer } from '../../src/main/engine/tokens/tokenizer.ts'
import { random } from '../../src/shared/random.ts'
import { faultOf } from '../helpers/faults.ts'
import { tinyBundle } from '../helpers/tinyBundle.ts'

let folder: string
let tokenizer: ReturnType<typeof openTokenizer>
const lines = (records: readonly unknown[]): string => records.map((record) => JSON.stringify(record)).join('\n')
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-'))
  tokenizer = openTokenizer((await tinyBundle()).tokenizer)
  const pairs = Array.from({ length: 40 }, (_, i) => ({ question: `Pair ${i}?`, passages: [{ text: `It is ${i}.` }] }))
  await writeFile(join(folder, 'pairs.jsonl'), lines(pairs))
  await writeFile(join(folder, 'asked.jsonl'), lines(pairs.map((pair) => ({ ...pair, answers: ['it'] }))))
})
afterAll(() => rm(folder, { recursive: true }))

test('files and synthetic sheets together are drawn about equally', async () => {
  const source = await openSource(['synthetic', join(folder, 'asked.jsonl')], 'questions', tokenizer)
  const draws = random(3)
  const drawn = Array.from({ length: 400 }, () => source.asked(draws, 'train')!)
  const own = drawn.filter(({ question }) => question.startsWith('Pair ')).length
  expect(own).toBeGreaterThan(160)
  expect(own).toBeLessThan(240)
  // The files hold no running text: it is then the sheets' every time.
  for (let i = 0; i < 8; i++) expect(source.text(draws, 'train', { context: 24, output: 8 })!.context).toHaveLength(24)
  expect(source.about).toContain('questions')
  expect(source.about).toContain('synthetic')
})

test('questions without answers are pairs to learn retrieval from, and nothing to learn answers from', async () => {
  const path = join(folder, 'pairs.jsonl')
  const source = await openSource([path], 'pairs', tokenizer)
  expect(source.asked(random(1), 'train')).toMatchObject({ answer: '', question: expect.stringMatching(/^Pair/) })
  const fault = await faultOf(openSource([path], 'questions', tokenizer))
  expect(fault).toMatchObject({ code: 'bad-record', message: expect.stringContaining('line 1: a question without') })
})

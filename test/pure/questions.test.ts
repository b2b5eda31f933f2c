/** Question sets. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { passageId } from '../../src/main/engine/corpus/identity.ts'
import { readQuestions } from '../../src/main/engine/corpus/questions.ts'
import { makeCorpus, writeCorpus } from '../../src/main/engine/corpus/synthetic/make.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'

test('a synthetic question set is read back as it was made', async () => {
  const folder = await folderWith()
  await writeCorpus(folder, { passages: 50, seed: 7 })
  expect(await readQuestions(join(folder, 'questions.test.jsonl'))).toEqual(
    makeCorpus({ passages: 50, seed: 7 }).questions.test,
  )
})

test('passages told in full become the ids that an index gives them, wrong ones are left out', async () => {
  const passages = [
    { title: 'T', text: ' Right. ', gold: true },
    { text: 'Wrong.', gold: false },
    { text: 'Unmarked.' },
  ]
  const folder = await folderWith({
    'q.jsonl': `\uFEFF\n${JSON.stringify({ id: 4, question: 'q?', answers: [], passages })}\n`,
  })
  expect(await readQuestions(join(folder, 'q.jsonl'))).toEqual([
    { id: '4', question: 'q?', answers: [], passages: [passageId('Right.'), passageId('Unmarked.')] },
  ])
})

test.each([
  ['{"question":"q?","answers":[]}\n{"question":', 'bad-record', 'line 2: not JSON'],
  ['{"query":"q?"}', 'bad-record', 'line 1: no question'],
  ['\n', 'bad-input', 'no question'],
])('a set with %j is refused', async (text, code, message) => {
  const folder = await folderWith({ 'q.jsonl': text })
  expect(await faultOf(readQuestions(join(folder, 'q.jsonl')))).toMatchObject({
    code,
    message: expect.stringContaining(message),
  })
  expect((await faultOf(readQuestions(join(folder, 'none.jsonl')))).code).toBe('file-missing')
})

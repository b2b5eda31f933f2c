/** Queries with the documents or passages that are right for them: what a ranking is judged by. */
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import { readBeir } from './beir.ts'
import type { QuerySet } from './query.ts'
import { readQuestions } from './questions.ts'

/**
 * Reads a BEIR folder, or a question set whose questions name their passages; those that name none are left out.
 * Throws the faults of `readBeir` and `readQuestions`, and bad-input where nothing is judged.
 */
export async function readQueries(path: string, split?: string): Promise<QuerySet> {
  if (await isFolder(path)) return readBeir(path, split)
  const questions = await readQuestions(path)
  const queries = questions
    .filter(({ passages }) => passages.length > 0)
    .map(({ id, question, passages }) => ({ id, text: question, grades: new Map(passages.map((each) => [each, 1])) }))
  if (queries.length === 0) {
    throw new Fault('bad-input', `No question of ${path} names the passages that are right for it.`, {
      remedy: 'Give "passages" with each question, or name a BEIR folder.',
    })
  }
  return { name: basename(path), of: 'passage', queries }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

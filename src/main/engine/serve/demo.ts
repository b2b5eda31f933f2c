/** The built-in demo: a small synthetic corpus, indexed on first use for the loaded bundle, with questions it never trained on. */
import { join } from 'node:path'
import type { IndexInfo, Question } from '../../../shared/corpus.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { readQuestions } from '../corpus/questions.ts'
import { writeCorpus } from '../corpus/synthetic/make.ts'
import { readIndexInfo } from '../retrieve/load.ts'
import { exists } from '../store/files.ts'
import type { Indexes } from './indexes.ts'
import type { Loader } from './loaded.ts'

const passages = 120
const seed = 2509
const questionsShown = 12

type Demo = { readonly index: IndexInfo; readonly questions: Question[] }

/** Makes what is missing and ends with the index and its questions. */
export async function* openDemo(
  home: string,
  { loader, indexes }: { readonly loader: Loader; readonly indexes: Indexes },
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<never, Demo>> {
  const { embedder } = await loader.light()
  const folder = join(home, 'demo')
  const file = join(folder, 'questions.test.jsonl')
  if (!(await exists(file))) await writeCorpus(folder, { passages, seed })
  const questions = (await readQuestions(file)).slice(0, questionsShown)
  // No index of a person's own has a space in its folder's name, so a file called Demo.txt cannot take this place.
  const out = join(home, 'indexes', 'Built-in demo')
  const known = await readIndexInfo(out).catch(() => null)
  if (known?.embedder === embedder.hash) {
    yield { type: 'done', result: { index: known, questions } }
    return
  }
  for await (const event of indexes.build({ paths: [join(folder, 'corpus.txt')], out, name: 'Demo' }, signal)) {
    if (event.type === 'progress') yield event
    if (event.type === 'done') yield { type: 'done', result: { index: event.result, questions } }
  }
}

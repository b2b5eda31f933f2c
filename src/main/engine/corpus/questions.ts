/** Question sets: jsonl, plain or gzipped, with answers and, where known, the passages that hold them. */
import { resolve } from 'node:path'
import * as z from 'zod'
import type { Question } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import { readTextFile } from './file.ts'
import { passageId } from './identity.ts'
import { linesOf, textStart } from './section.ts'

/** Passages by id, or told in full; only those not marked as wrong count. */
const Told = z.object({ text: z.string(), gold: z.boolean().default(true) })
const Line = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  question: z.string().min(1),
  answers: z.array(z.string()),
  /** Other names of the answer, as TriviaQA tells them: as good as `answers`, behind them. */
  aliases: z.array(z.string()).default([]),
  passages: z.array(z.union([z.string(), Told])).default([]),
})

/** Reads a question set. Throws Fault file-missing, bad-encoding, not-text or bad-record (naming file and line). */
export async function readQuestions(path: string): Promise<readonly Question[]> {
  const file = resolve(path)
  const source = await readTextFile(file).catch((cause: unknown) => {
    throw cause instanceof Fault ? cause : new Fault('file-missing', `${file} cannot be read.`, { cause })
  })
  const questions: Question[] = []
  for (const { from, to, line } of linesOf(source, textStart(source))) {
    const text = source.slice(from, to).trim()
    if (text !== '') questions.push(toQuestion(text, `${file}, line ${line}`, line))
  }
  if (questions.length === 0) throw new Fault('bad-input', `${file} holds no question.`)
  return questions
}

function toQuestion(text: string, where: string, line: number): Question {
  const { id, question, answers, aliases, passages } = parse(text, where)
  const gold = passages.flatMap((passage) => {
    if (typeof passage === 'string') return [passage]
    return passage.gold ? [passageId(passage.text.trim())] : []
  })
  return { id: String(id ?? line), question, answers: [...new Set([...answers, ...aliases])], passages: gold }
}

function parse(text: string, where: string): z.infer<typeof Line> {
  const fail = (reason: string, cause: unknown): never => {
    throw new Fault('bad-record', `${where}: ${reason}.`, {
      cause,
      remedy: 'A line is {"id", "question", "answers": [...], "passages": [...]}.',
    })
  }
  try {
    return Line.parse(JSON.parse(text))
  } catch (error) {
    return fail(error instanceof z.ZodError ? `no question (${z.prettifyError(error)})` : 'not JSON', error)
  }
}

/** Questions to train on, with the passages that answer them: jsonl files, parted by question into train and valid. */
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import { stableHash, type Random } from '../../../../shared/random.ts'
import { drawTogether } from '../recipe/tasks.ts'
import { readData, type Side } from './documents.ts'

/** One question, an answer to it, and what is read with it. */
export type Asked = { readonly passages: readonly string[]; readonly question: string; readonly answer: string }

const Line = z.object({
  question: z.string().min(1),
  answers: z.array(z.string()).default([]),
  passages: z.array(z.object({ text: z.string() })).min(1),
})

/**
 * Reads question sets; Fault bad-record names file and line, corpus-empty a set without questions. Where answers are not
 * `needed`, as to learn which passage is a question's, a question without one has an empty one.
 */
export async function readAsked(
  paths: readonly string[],
  needed: boolean,
): Promise<Readonly<Record<Side, readonly Asked[]>>> {
  const sides: Record<Side, Asked[]> = { train: [], valid: [] }
  for (const path of paths) {
    for (const [at, line] of (await readData(path)).split('\n').entries()) {
      if (line.trim() === '') continue
      const { question, answers, passages } = parse(line, `${path}, line ${at + 1}`)
      if (needed && answers.length === 0)
        throw new Fault('bad-record', `${path}, line ${at + 1}: a question without an answer.`)
      const asked = { question, answer: answers[0] ?? '', passages: passages.map(({ text }) => text) }
      // By passage, so that what is held out was not read either.
      sides[stableHash(asked.passages[0] as string) % 20 === 0 ? 'valid' : 'train'].push(asked)
    }
  }
  const [first, ...rest] = [...sides.train, ...sides.valid]
  if (!first) throw new Fault('corpus-empty', `${paths.join(', ')}: no question to train on.`)
  // Where chance put all on one side, one is held out.
  return sides.train.length > 0 && sides.valid.length > 0 ? sides : { train: rest, valid: [first] }
}

function parse(line: string, where: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(line))
  } catch (cause) {
    throw new Fault('bad-record', `${where}: not {"question", "answers": […], "passages": [{"text"}]}.`, { cause })
  }
}

/** A question on synthetic sheets, `count` of which are read with it. */
export function drawAsked(random: Random, side: Side, count: number): Asked {
  const sheets = drawTogether(random, side, count)
  const { question, answer } = random.pick(random.pick(sheets).facts)
  return { passages: sheets.map((sheet) => sheet.text), question, answer }
}

/** Questions to train on, with the passages that answer them: jsonl files, parted by question into train and valid. */
import { basename } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import { stableHash, type Random } from '../../../../shared/random.ts'
import { drawTogether } from '../recipe/tasks.ts'
import { readData, type Side } from './documents.ts'

/** One question, an answer to it, and what is read with it. */
export type Asked = { readonly passages: readonly string[]; readonly question: string; readonly answer: string }

/** Questions ready to draw from, each named by file and line. */
export type Questions = {
  readonly sides: Readonly<Record<Side, readonly (Asked & { readonly name: string })[]>>
  /** Questions left out because the very same came before. */
  readonly repeated: number
}

const Line = z.object({
  question: z.string().min(1),
  answers: z.array(z.string()).min(1),
  passages: z.array(z.object({ text: z.string() })).min(1),
})

/** Reads question sets; Fault bad-record names file and line, corpus-empty a set without questions. */
export async function readAsked(paths: readonly string[]): Promise<Questions> {
  const sides: Record<Side, (Asked & { readonly name: string })[]> = { train: [], valid: [] }
  const seen = new Set<string>()
  let repeated = 0
  for (const path of paths) {
    for (const [at, line] of (await readData(path)).split('\n').entries()) {
      if (line.trim() === '') continue
      const { question, answers, passages } = parse(line, `${path}, line ${at + 1}`)
      const asked = { question, answer: answers[0] as string, passages: passages.map(({ text }) => text) }
      const key = JSON.stringify(asked)
      if (seen.has(key)) {
        repeated++
        continue
      }
      seen.add(key)
      // By passage, so that what is held out was not read either.
      sides[stableHash(asked.passages[0] as string) % 20 === 0 ? 'valid' : 'train'].push({
        name: `${basename(path)}, line ${at + 1}`,
        ...asked,
      })
    }
  }
  const [first, ...rest] = [...sides.train, ...sides.valid]
  if (!first) throw new Fault('corpus-empty', `${paths.join(', ')}: no question to train on.`)
  // Where chance put all on one side, one is held out.
  return { sides: sides.train.length > 0 && sides.valid.length > 0 ? sides : { train: rest, valid: [first] }, repeated }
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

/** Questions to train on, with the passages read with them: jsonl files, parted by passage into train and valid. */
import { basename } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import { stableHash, type Random } from '../../../../shared/random.ts'
import { drawTogether } from '../recipe/tasks.ts'
import { readData, type Side } from './documents.ts'

/** Where an answer stands: the characters of one of the passages. */
export type Standing = { readonly passage: number; readonly from: number; readonly to: number }

/** One question, an answer to it, and what is read with it. */
export type Asked = {
  readonly passages: readonly string[]
  readonly question: string
  readonly answer: string
  /** Empty where no passage holds the answer word for word. */
  readonly standing: readonly Standing[]
}

/** Questions ready to draw from, each named by file and line. */
export type Questions = {
  readonly sides: Readonly<Record<Side, readonly (Asked & { readonly name: string })[]>>
  /** Questions left out because the very same came before. */
  readonly repeated: number
  /** Questions that came without passages, which were retrieved. */
  readonly retrieved: number
}

/** Finds the passages of a question that comes without any, best first. */
export type Retrieve = (question: string) => Promise<readonly string[]>

type Told = { readonly text: string; readonly gold?: boolean | undefined }

/** What is done about a question without passages, and whether one without an answer will do. */
type AskedOptions = { readonly retrieve: Retrieve | null; readonly unanswered: boolean }

/** Passages told in full are read with the question; ids, as question sets for measuring have, tell nothing of a text. */
const Line = z.object({
  question: z.string().min(1),
  answers: z.array(z.string()).default([]),
  passages: z.array(z.union([z.string(), z.object({ text: z.string(), gold: z.boolean().optional() })])).default([]),
})
type Read = {
  readonly where: string
  readonly question: string
  readonly answer: string
  readonly told: readonly Told[]
}

/**
 * Reads question sets, plain or gzipped. Passages of lines that have none come from `retrieve`.
 * Faults: bad-record names file and line, bad-input the first question without passages where nothing retrieves them,
 * corpus-empty a set without questions.
 */
export async function readAsked(paths: readonly string[], { retrieve, unanswered }: AskedOptions): Promise<Questions> {
  const lines: Read[] = []
  for (const path of paths) lines.push(...(await readLines(path, unanswered)))
  const bare = lines.filter(({ told }) => told.length === 0)
  if (bare[0] && !retrieve) throw withoutPassages(bare[0], bare.length)
  const sides: Record<Side, (Asked & { readonly name: string })[]> = { train: [], valid: [] }
  const seen = new Set<string>()
  let [repeated, retrieved] = [0, 0]
  for (const { where, question, answer, told } of lines) {
    const key = JSON.stringify([question, answer, told])
    if (seen.has(key)) {
      repeated++
      continue
    }
    seen.add(key)
    const found = told.length === 0 && retrieve ? await retrieve(question) : null
    if (found) retrieved++
    const read = found ? found.map((text): Told => ({ text })) : told
    const passages = read.map(({ text }) => text)
    const asked = { name: basename(where), question, answer, passages, standing: findAnswer(answer, read) }
    // By passage, so that what is held out was not read first by any question that trains.
    sides[stableHash(passages[0] ?? question) % 20 === 0 ? 'valid' : 'train'].push(asked)
  }
  const [first, ...rest] = [...sides.train, ...sides.valid]
  if (!first) throw new Fault('corpus-empty', `${paths.join(', ')}: no question to train on.`)
  // Where chance put all on one side, one is held out.
  const parted = sides.train.length > 0 && sides.valid.length > 0 ? sides : { train: rest, valid: [first] }
  return { sides: parted, repeated, retrieved }
}

async function readLines(path: string, unanswered: boolean): Promise<Read[]> {
  const read: Read[] = []
  for (const [at, line] of (await readData(path)).split('\n').entries()) {
    if (line.trim() === '') continue
    const where = `${path}, line ${at + 1}`
    const { question, answers, passages } = parse(line, where)
    const answer = answers.find((each) => each.trim() !== '')
    if (answer === undefined && !unanswered) throw new Fault('bad-record', `${where}: a question without an answer.`)
    const told = passages.flatMap((passage) => (typeof passage === 'string' ? [] : [passage]))
    read.push({ where, question, answer: answer ?? '', told })
  }
  return read
}

/** Every place where the answer stands word for word, whatever its case; in the passages marked gold where one of them has it. */
export function findAnswer(answer: string, passages: readonly Told[]): readonly Standing[] {
  const wanted = answer.trim().toLowerCase()
  if (wanted === '') return []
  const all = passages.flatMap(({ text, gold }, passage) => {
    const found: (Standing & { readonly gold: boolean })[] = []
    const lower = text.toLowerCase()
    // Lower case of some letters is longer: their places would be wrong, so such a text is searched as it is.
    const [body, word] = lower.length === text.length ? [lower, wanted] : [text, answer.trim()]
    for (let from = body.indexOf(word); from >= 0; from = body.indexOf(word, from + word.length))
      if (isWhole(body, from, from + word.length))
        found.push({ passage, from, to: from + word.length, gold: gold ?? false })
    return found
  })
  const gold = all.filter((each) => each.gold)
  return (gold.length > 0 ? gold : all).map(({ passage, from, to }) => ({ passage, from, to }))
}

const wordCharacter = /[\p{L}\p{N}]/u
/** Scripts that write no spaces between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

/** Whether `text` from `from` to `to` is no piece of a longer word or number. */
function isWhole(text: string, from: number, to: number): boolean {
  const joined = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && [a, b].every((each) => wordCharacter.test(each) && !unspaced.test(each))
  return !joined(text[from - 1], text[from]) && !joined(text[to - 1], text[to])
}

function withoutPassages({ where }: Read, count: number): Fault {
  const message = count === 1 ? 'this question comes' : `this and ${count - 1} more questions come`
  return new Fault('bad-input', `${where}: ${message} without passages.`, {
    remedy:
      'Train tune or policy and name an index or documents to retrieve them from: --corpus DIR. ' +
      'Or give each line its own: "passages": [{"text"}].',
  })
}

function parse(line: string, where: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(line))
  } catch (cause) {
    throw new Fault('bad-record', `${where}: not {"question", "answers": […]}, with or without "passages".`, { cause })
  }
}

/** A question on synthetic sheets, `count` of which are read with it. */
export function drawAsked(random: Random, side: Side, count: number): Asked {
  const sheets = drawTogether(random, side, count)
  const gold = random.pick(sheets)
  const { question, answer, from, to } = random.pick(gold.facts)
  const standing = [{ passage: sheets.indexOf(gold), from, to }]
  return { passages: sheets.map((sheet) => sheet.text), question, answer, standing }
}

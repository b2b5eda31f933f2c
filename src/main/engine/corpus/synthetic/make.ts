/** A synthetic corpus with question sets split by entity and continuation items, the same for the same seed. */
import { join } from 'node:path'
import type { Question } from '../../../../shared/corpus.ts'
import { random as seeded, type Random } from '../../../../shared/random.ts'
import { writeAtomic } from '../../store/files.ts'
import { passageId } from '../identity.ts'
import { drawSheet, retell, type Sheet } from '../synthetic.ts'
import type { Split } from './names.ts'

/** An item of continual pre-training: the continuation can be foretold from the context alone. */
export type Continuation = { readonly id: string; readonly context: string; readonly continuation: string }

export type SyntheticCorpus = {
  readonly sheets: readonly Sheet[]
  readonly questions: Readonly<Record<Split, readonly Question[]>>
  readonly continuation: readonly Continuation[]
}

/** Of every ten passages seven, one and two; and of 1,200 questions as many tenths. */
const tenths: Readonly<Record<Split, number>> = { train: 7, valid: 1, test: 2 }
const splits = ['train', 'valid', 'test'] as const
const questionCount = 1200
const continuationCount = 400

/** Draws `passages` sheets about as many entities, up to 1,200 questions and up to 400 continuation items. */
export function makeCorpus(options: { readonly passages: number; readonly seed: number }): SyntheticCorpus {
  const random = seeded(options.seed)
  const sheets = drawSheets(random, options.passages)
  const questions = { train: [], valid: [], test: [] } as Record<Split, Question[]>
  for (const split of splits) {
    const all = random.shuffle(sheets.filter((sheet) => sheet.split === split).flatMap(questionsOf))
    questions[split] = all
      .slice(0, (questionCount * tenths[split]) / 10)
      .map((each, at) => ({ ...each, id: `${split}-${at + 1}` }))
  }
  const train = random.shuffle(sheets.filter((sheet) => sheet.split === 'train')).slice(0, continuationCount)
  const continuation = train.map((sheet, at) => ({
    id: `continue-${at + 1}`,
    context: sheet.text,
    continuation: retell(random, sheet),
  }))
  return { sheets, questions, continuation }
}

/** Writes corpus.txt (a passage a line), questions.{train,valid,test}.jsonl and continuation.jsonl into `folder`. */
export async function writeCorpus(
  folder: string,
  options: { readonly passages: number; readonly seed: number },
): Promise<{
  readonly corpus: string
  readonly passages: number
  readonly questions: Readonly<Record<Split, number>>
}> {
  const made = makeCorpus(options)
  const corpus = join(folder, 'corpus.txt')
  await writeAtomic(corpus, made.sheets.map((sheet) => `${sheet.text}\n`).join(''))
  for (const split of splits)
    await writeAtomic(join(folder, `questions.${split}.jsonl`), jsonLines(made.questions[split]))
  await writeAtomic(join(folder, 'continuation.jsonl'), jsonLines(made.continuation))
  const { train, valid, test } = made.questions
  return {
    corpus,
    passages: made.sheets.length,
    questions: { train: train.length, valid: valid.length, test: test.length },
  }
}

/** Splits by quota, not by chance: even 300 passages then hold 60 test entities with four questions each. */
function drawSheets(random: Random, count: number): Sheet[] {
  const order = splits.flatMap((split) => Array<Split>(tenths[split]).fill(split))
  const taken = new Set<string>()
  const sheets: Sheet[] = []
  while (sheets.length < count) {
    const sheet = drawSheet(random, order[(sheets.length * 3) % 10] ?? 'train')
    if (taken.has(sheet.entity)) continue
    taken.add(sheet.entity)
    sheets.push(sheet)
  }
  return random.shuffle(sheets)
}

function questionsOf(sheet: Sheet): Omit<Question, 'id'>[] {
  const passages = [passageId(sheet.text)]
  return sheet.facts.map((fact) => ({ question: fact.question, answers: [fact.answer], passages }))
}

function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

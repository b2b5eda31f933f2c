/** What trainers draw from: files of the user's, or synthetic sheets. */
import { basename } from 'node:path'
import type { Random } from '../../../../shared/random.ts'
import type { DataReport } from '../../../../shared/train.ts'
import { drawSheet } from '../../corpus/synthetic.ts'
import type { Split } from '../../corpus/synthetic/names.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { Material } from '../courses/kinds.ts'
import { drawAsked, readAsked, type Asked, type Retrieve } from './asked.ts'
import { drawRetold } from './retold.ts'
import { drawText, readData, readDocuments, type Side } from './documents.ts'
import { reportDocuments, reportQuestions } from './report.ts'

export type Source = {
  /** Tokens that follow one another; null where nothing drawn was long enough. */
  readonly text: (
    random: Random,
    side: Side,
    length: { readonly context: number; readonly output: number },
  ) => Material | null
  /** A question with its passages; null where there is none. */
  readonly asked: (random: Random, side: Side) => Asked | null
  /** What the source holds, in words for a manifest. */
  readonly about: string
  /** The same in figures, with the leak check: that reads all of the data once. */
  readonly report: () => DataReport
}

/**
 * What a trainer draws: running text; questions; questions where the data has them, else text; or pairs of a question and
 * its own passage, which need no answer and cannot be retrieved.
 */
export type Reads = 'text' | 'questions' | 'pairs' | 'either'

type Encoding = Pick<Tokenizer, 'encode'>

/**
 * Opens the data of a run for a trainer. The word `synthetic` stands for sheets drawn as they are needed; beside files, for
 * every other draw. `retrieve` finds the passages of questions that come without any.
 */
export async function openSource(
  data: readonly string[],
  reads: Reads,
  tokenizer: Encoding,
  retrieve: Retrieve | null = null,
): Promise<Source> {
  const files = data.filter((each) => each !== 'synthetic')
  if (files.length === 0) return synthetic(tokenizer)
  const own = await openFiles(files, reads, tokenizer, retrieve)
  return files.length === data.length ? own : mix(own, synthetic(tokenizer))
}

/** Files or sheets, by chance; the other where the one drawn has nothing. */
function mix(first: Source, second: Source): Source {
  const either = <T>(random: Random, draw: (source: Source) => T | null): T | null => {
    const [one, other] = random.float() < 0.5 ? [first, second] : [second, first]
    return draw(one) ?? draw(other)
  }
  const about = `${first.about}; and ${second.about}`
  return {
    text: (random, side, length) => either(random, (source) => source.text(random, side, length)),
    asked: (random, side) => either(random, (source) => source.asked(random, side)),
    about,
    // The sheets have nothing to count: the figures are those of the files.
    report: () => ({ ...first.report(), about }),
  }
}

async function openFiles(
  data: readonly string[],
  reads: Reads,
  tokenizer: Encoding,
  retrieve: Retrieve | null,
): Promise<Source> {
  if (reads === 'questions' || reads === 'pairs' || (reads === 'either' && (await areQuestions(data)))) {
    const pairs = reads === 'pairs'
    const questions = await readAsked(data, { retrieve: pairs ? null : retrieve, unanswered: pairs })
    const { sides, retrieved } = questions
    const about =
      `${sides.train.length} questions, ${sides.valid.length} held out` +
      (retrieved === 0 ? '' : `, passages retrieved for ${retrieved}`)
    return {
      text: () => null,
      asked: (random, side) => (sides[side].length > 0 ? random.pick(sides[side]) : null),
      about,
      report: () => ({ about, ...reportQuestions(questions) }),
    }
  }
  const documents = await readDocuments(data)
  const about =
    `${documents.sides.train.length} documents, ${documents.sides.valid.length} held out, ` +
    `${documents.characters} characters, ${documents.repeated} repeated and left out`
  return {
    text(random, side, length) {
      const tokens = drawText(random, documents.sides[side], tokenizer, length)
      return tokens && { context: tokens.subarray(0, length.context), output: tokens.subarray(length.context) }
    },
    asked: () => null,
    about,
    report: () => ({ about, ...reportDocuments(documents) }),
  }
}

/** Texts to be judged on: all of a file, which is held out by whoever names it, or unseen sheets. */
export type HeldOut = {
  readonly name: string
  readonly draw: (random: Random, length: { readonly context: number; readonly output: number }) => Material | null
}

/** Opens one set: a file, or `synthetic` for sheets of entities that no training meets. */
export async function openHeldOut(name: string, tokenizer: Encoding): Promise<HeldOut> {
  if (name === 'synthetic') {
    const sheets = synthetic(tokenizer)
    return { name, draw: (random, length) => sheets.text(random, 'test', length) }
  }
  const { sides } = await readDocuments([name])
  const all = [...sides.train, ...sides.valid]
  return {
    name: basename(name),
    draw(random, length) {
      const tokens = drawText(random, all, tokenizer, length)
      return tokens && { context: tokens.subarray(0, length.context), output: tokens.subarray(length.context) }
    },
  }
}

/** Whether files hold questions: what their first line says. */
async function areQuestions(data: readonly string[]): Promise<boolean> {
  const first = (await readData(data[0] as string)).split('\n', 1)[0] ?? ''
  return /^\s*\{.*"question"/.test(first)
}

/** Sheets one after another and told again; entities of the two sides differ. */
function synthetic(tokenizer: Encoding) {
  const about = 'synthetic sheets; no entity stands on both sides'
  return {
    text: (random: Random, side: Split, length: { readonly context: number; readonly output: number }): Material =>
      drawRetold(random, tokenizer, length, () => drawSheet(random, side)),
    asked: (random: Random, side: Side): Asked => drawAsked(random, side, random.int(1, 4)),
    about,
    report: (): DataReport => ({ about, unit: 'sheet', sides: null, repeated: 0, leak: null }),
  }
}

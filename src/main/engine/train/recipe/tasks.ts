/** What is trained on: one function a task, from a seeded draw to a segment. */
import { random as seeded, type Random } from '../../../../shared/random.ts'
import { chunkRanges } from '../../compress/chunk.ts'
import { drawSheet, type Sheet } from '../../corpus/synthetic.ts'
import type { Split } from '../../corpus/synthetic/names.ts'
import { answerIds, askTokens, type TemplateIds } from '../../nets/template.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { drawRetold } from '../data/retold.ts'
import type { Item, Segment } from '../loop/rows.ts'

export type TaskContext = {
  readonly tokenizer: Pick<Tokenizer, 'encode' | 'piece'>
  readonly ids: TemplateIds
  readonly split: 'train' | 'valid'
  /** Token ids of real text, drawn from at random places; empty when there is none. */
  readonly text: Int32Array
}

export type TaskOptions = {
  readonly k: number
  /** Passages a segment, or chunks a reconstruction: drawn from 1 to this. */
  readonly most: number
  /** Always `most` of them, rather than a draw. */
  readonly exactly?: boolean
  /** Share of reconstructions and continuations that come from real text. */
  readonly textShare: number
  /** Fraction of chunks expanded; a draw when left out. */
  readonly p?: number | undefined
  /** What a token of expanded context counts, an answer's counting 1. */
  readonly contextWeight?: number | undefined
  /** Tokens of context and of what follows, for the tasks on running text. */
  readonly before?: number | undefined
  readonly after?: number | undefined
  /** Longest segment in positions. */
  readonly room: number
}

type Task = (random: Random, context: TaskContext, options: TaskOptions) => Segment

const token = (id: number, weight = 0): Item => ({ kind: 'token', id, weight })
const told = (piece: ArrayLike<number>, weight = 0): Item[] => Array.from(piece, (id) => token(id, weight))
/** What a token of expanded context counts unless the recipe says: it is mostly random and cannot be foretold. */
const lightly = 0.15

/** Mostly the two ends that are measured most, 0 and 1, the rest anything between: every p is met in training. */
function drawP(random: Random): number {
  const share = random.float()
  return share < 0.4 ? 0 : share < 0.65 ? 1 : random.float()
}

/** The layout of one passage's tokens, each chunk expanded with probability p. */
function layPassage(random: Random, tokens: ArrayLike<number>, k: number, p: number, weight: number): Item[] {
  return chunkRanges(tokens.length, k).flatMap(({ from, to }): Item[] => {
    const chunk = Array.from({ length: to - from }, (_, i) => tokens[from + i] as number)
    return random.float() < p ? chunk.map((id) => token(id, weight)) : [{ kind: 'chunk', tokens: chunk }]
  })
}

function realText({ text }: TaskContext, random: Random, length: number): Int32Array {
  const from = random.int(0, Math.max(0, text.length - length - 1))
  return text.subarray(from, from + length)
}

/** Chunk embeddings in, their own tokens out (paper §3.1, joint over 1 to `most` chunks). */
const reconstruct: Task = (random, context, { k, most, exactly, textShare }) => {
  const chunks = exactly ? most : random.int(1, most)
  const real = context.text.length > 0 && random.float() < textShare
  const whole = real
    ? realText(context, random, chunks * k)
    : context.tokenizer.encode(drawSheet(random, context.split).text)
  const start = real ? 0 : random.int(0, Math.max(0, whole.length - chunks * k))
  const tokens = whole.subarray(start, start + chunks * k)
  // Some of the time the text stands there in tokens: that teaches to copy, which answers are made of.
  const body = layPassage(random, tokens, k, random.float() < 0.15 ? 1 : 0, 0)
  return [...body, ...told(context.ids.repeat), ...told(tokens, 1), ...told(context.ids.end, 1)]
}

function questions(random: Random, context: TaskContext, sheets: readonly Sheet[], room: number): Item[] {
  const facts = random.shuffle(sheets.flatMap((sheet) => sheet.facts))
  const items: Item[] = []
  for (const [group, fact] of facts.entries()) {
    const asked = told(askTokens(context.ids, context.tokenizer.encode(fact.question)))
    const answer = answerIds(context.ids, context.tokenizer, fact.answer).map((id): Item => ({
      kind: 'token',
      id,
      weight: 1,
      group,
    }))
    if (items.length + asked.length + answer.length > room) break
    items.push(...asked, ...answer)
  }
  return items
}

/** How much two sheets are alike to a retriever: the same domain, words or beginnings of their names shared. */
function likeness(a: Sheet, b: Sheet): number {
  const words = new Set(a.entity.split(' '))
  const shared = b.entity.split(' ').filter((word) => words.has(word)).length
  let prefix = 0
  while (prefix < a.entity.length && a.entity[prefix] === b.entity[prefix]) prefix++
  return (a.domain === b.domain ? 2 : 0) + 2 * shared + Math.min(prefix, 6) / 2
}

/**
 * Sheets to be read together. Half of the time, unless it is said, the others are the likest of many draws to the first, as
 * what stands beside a retrieved passage is: without them a decoder never learns to tell one Elena from another.
 */
export function drawTogether(random: Random, split: Split, count: number, alike = random.float() < 0.5): Sheet[] {
  return random.shuffle(drawBeside(random, split, count, alike))
}

/** A sheet and others, the likest to it of many where they are to be `alike`. */
function drawBeside(random: Random, split: Split, count: number, alike: boolean): Sheet[] {
  const first = drawSheet(random, split)
  const others = Array.from({ length: count - 1 }, () => likest(random, split, first, alike ? 24 : 1))
  return [first, ...others]
}

/** The likest of `draws` sheets to `first`, and not of the same entity unless all are. */
function likest(random: Random, split: Split, first: Sheet, draws: number): Sheet {
  return Array.from({ length: draws }, () => drawSheet(random, split)).reduce((best, sheet) =>
    sheet.entity !== first.entity && likeness(first, sheet) > likeness(first, best) ? sheet : best,
  )
}

/** Passages at some p, then as many questions on them as there is room for. */
const answer: Task = (random, context, { k, most, exactly, p = drawP(random), room, contextWeight = lightly }) => {
  const sheets = drawTogether(random, context.split, exactly ? most : random.int(1, most))
  const body = sheets.flatMap((sheet) => [
    ...told(context.ids.passage),
    ...layPassage(random, context.tokenizer.encode(sheet.text), k, p, contextWeight),
  ])
  return [...body, ...questions(random, context, sheets, room - body.length)]
}

/** How often the passage asked about comes first: about as often as retrieval brings it so. */
const goldFirst = 0.85

/** Passages as a retriever brings them: the one asked about mostly first, others alike behind it, all questions on the one. */
const retrieved: Task = (random, context, { k, most, p = drawP(random), room, contextWeight = lightly }) => {
  const found = drawBeside(random, context.split, most, true)
  const body = (random.float() < goldFirst ? found : random.shuffle(found)).flatMap((sheet) => [
    ...told(context.ids.passage),
    ...layPassage(random, context.tokenizer.encode(sheet.text), k, p, contextWeight),
  ])
  return [...body, ...questions(random, context, found.slice(0, 1), room - body.length)]
}

/** The next paragraph after a context at some p (paper §3.1), on real text. */
const continuation: Task = (random, context, { k, p = drawP(random), most, room, after = 48, ...rest }) => {
  const { contextWeight = lightly } = rest
  const before = rest.before ?? Math.min(k * 8 * most, Math.floor((room - after) / k) * k)
  const tokens = realText(context, random, before + after)
  return [
    ...told(context.ids.passage),
    ...layPassage(random, tokens.subarray(0, before), k, p, contextWeight),
    ...told(tokens.subarray(before), 0.5),
  ]
}

/** How often the sheets of a document to be told again are alike. */
const alikeDocuments = 0.25

/** A long document of sheets at some p, then some of them told again (paper §3.1): all of it could be foretold. */
const retold: Task = (
  random,
  context,
  { k, p = drawP(random), before = 256, after = 128, contextWeight = lightly },
) => {
  const { split, tokenizer, ids } = context
  const first = drawSheet(random, split)
  const alike = random.float() < alikeDocuments
  const draw = (): Sheet => (alike ? likest(random, split, first, 8) : drawSheet(random, split))
  const material = drawRetold(random, tokenizer, { context: before, output: after }, draw)
  return [
    ...told(ids.passage),
    ...layPassage(random, material.context, k, p, contextWeight),
    ...told(material.output, 1),
  ]
}

export const tasks = { reconstruct, answer, retrieved, continuation, retold } as const satisfies Record<string, Task>
export type TaskName = keyof typeof tasks

/** The random stream of one step: a resumed run draws what an unbroken one would have. */
export function stepRandom(seed: number, step: number): Random {
  return seeded((Math.imul(seed, 0x9e3779b1) ^ Math.imul(step + 1, 0x85ebca6b)) | 0)
}

/** A template of pieces through the whole path: what is laid out, trained on, foretold and stopped at. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RetrievedPassage } from '../../src/shared/corpus.ts'
import { Plan, type PlanInput } from '../../src/shared/plan.ts'
import { random } from '../../src/shared/random.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { ask } from '../../src/main/engine/ask.ts'
import { layOut } from '../../src/main/engine/expand/layout.ts'
import { defaultTemplate, type Template } from '../../src/main/engine/nets/template.ts'
import { openParts, type Parts } from '../../src/main/engine/parts.ts'
import { contextOfAsked, readContext, rewardOf } from '../../src/main/engine/train/courses/contexts.ts'
import { kinds } from '../../src/main/engine/train/courses/kinds.ts'
import { tinyBundle } from '../helpers/tinyBundle.ts'

const inWords: Template = {
  ...defaultTemplate,
  start: ['<|pad|>', { text: 'Texts:' }],
  passage: [{ text: '\n\n' }],
  question: [{ text: '\n\nQuestion:\n' }],
  answer: [{ text: '\nAnswer:' }],
  repeat: [],
}
const texts = ['Kardova lies on the river Selm. Its mayor is Oda Rinn.', 'Selm has 48 bridges.']
const passages = texts.map((text, i): RetrievedPassage => ({
  id: `p${i}`,
  title: '',
  text,
  span: { file: 'towns.txt', lineFrom: 1, lineTo: 1, charFrom: 0, charTo: text.length },
  rank: i + 1,
  score: 1,
  scores: [],
}))
const question = 'Who is the mayor?'
const planOf = (input: Partial<PlanInput> = {}): Plan =>
  Plan.parse({ question, index: 'none', k: 4, maxTokens: 8, target: 'Oda Rinn', p: 0, policy: 'none', ...input })

let parts: Parts
beforeAll(async () => {
  parts = await openParts(await tinyBundle(7, { template: inWords }), { threads: 1 })
})
afterAll(() => parts.close())

async function run(input: Partial<PlanInput> = {}, own: Parts = parts) {
  const events: RunEvent[] = []
  own.held.keys = []
  const found = await ask(own, planOf(input), async () => passages, { emit: (event) => void events.push(event) })
  const told = events.flatMap((event) => (event.type === 'tokens' ? event.tokens : []))
  return { ...found, told }
}

test('each piece takes its tokens of the input, and is no part of the context', async () => {
  const { ids, tokenizer } = parts
  expect(ids.passage.length).toBeGreaterThan(1)
  const marks = {
    start: ids.start.length,
    passage: ids.passage.length,
    question: ids.question.length,
    answer: ids.answer.length,
  }
  const tokens = texts.map((text) => tokenizer.encode(text).length)
  const asked = tokenizer.encode(question).length
  const around = marks.start + 2 * marks.passage + marks.question + marks.answer
  const whole = await run({ policy: 'all', p: 1 })
  expect(whole.counts.marks).toEqual(marks)
  expect(whole.counts.positions).toBe(tokens[0]! + tokens[1]! + asked + around)
  expect(whole.counts.rate).toBe(1)
  const compressed = await run()
  const chunks = tokens.map((count) => Math.ceil(count / 4))
  expect(compressed.counts.positions).toBe(chunks[0]! + chunks[1]! + asked + around)
  expect(compressed.counts.rate).toBeCloseTo((tokens[0]! + tokens[1]!) / (chunks[0]! + chunks[1]!), 12)
})

test('what training reads of a question is what asking lays out, token for token', () => {
  const { ids, tokenizer } = parts
  const cut = texts.map((text) => tokenizer.encode(text))
  let index = 0
  const laid = cut.map((tokens) => ({
    chunks: Array.from({ length: Math.ceil(tokens.length / 4) }, (_, i) => ({
      index: index++,
      tokens: tokens.subarray(4 * i, 4 * i + 4),
    })),
  }))
  const asked = tokenizer.encode(question)
  const chunks = laid.flatMap((passage) => passage.chunks)
  const slots = layOut(
    laid,
    chunks.map(() => false),
    ids,
    asked,
  ).map((slot) => (slot.kind === 'token' ? slot.id : [...chunks[slot.index]!.tokens]))
  const answer = [...tokenizer.encode(' Oda Rinn'), ...ids.end]
  const lengths = { k: 4, chunks: 1, p: 0, output: 0 }
  const segment = kinds.tune.segment(random(1), ids, { passages: cut, question: asked, answer }, lengths)
  expect(segment.map((item) => (item.kind === 'token' ? item.id : [...item.tokens]))).toEqual([...slots, ...answer])
  expect(segment.filter((item) => item.kind === 'token' && item.weight > 0)).toHaveLength(answer.length)
})

test('a policy’s reward is the log-probability that asking gives the gold answer', async () => {
  const { quality } = await run()
  const asked = { passages: texts, question, answer: 'Oda Rinn', standing: [] }
  const context = contextOfAsked(parts.tokenizer, parts.ids, asked, 4)
  const { embeddings } = await readContext(parts, 'policy', context, 4)
  const reward = await rewardOf(
    parts,
    context,
    embeddings,
    context.chunks.map(() => false),
  )
  expect(reward).toBeCloseTo(-(quality.logPerplexity ?? 0), 5)
})

test('an answer ends where a stop of several tokens is whole, and what stops it is never told as text', async () => {
  const sampled = { temperature: 1, seed: 3 }
  const free = await run(sampled)
  const [first, second, third, fourth] = free.tokens.map(({ id }) => id)
  expect(new Set([first, second, third, fourth]).size).toBe(4)
  const stopAt = (...stop: number[]): Parts => ({ ...parts, ids: { ...parts.ids, stops: [...parts.ids.stops, stop] } })
  const stopped = await run(sampled, stopAt(second!, third!))
  expect(stopped.stopped).toBe('end')
  expect(stopped.tokens.map(({ id }) => id)).toEqual([first, second, third])
  expect(stopped.tokens.map(({ text }) => text)).toEqual([free.tokens[0]!.text, '', ''])
  expect(stopped.answer).toBe(free.tokens[0]!.text.trim())
  expect(stopped.told).toEqual(stopped.tokens)
  // What only begins like a stop is told after all.
  const going = await run(sampled, stopAt(second!, fourth!))
  expect(going.tokens).toEqual(free.tokens)
  expect(going.told).toEqual(free.tokens)
})

/** Every trainer of the table drives what it is judged by to its end on four examples: what it cannot learn it was not given. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { random } from '../../src/shared/random.ts'
import { TrainerName, TrainInput } from '../../src/shared/train.ts'
import { templateIds } from '../../src/main/engine/nets/template.ts'
import { openParts, type Parts } from '../../src/main/engine/parts.ts'
import { openBundle, writeBundle, type Bundle } from '../../src/main/engine/store/bundle.ts'
import { openTokenizer, type Tokenizer } from '../../src/main/engine/tokens/tokenizer.ts'
import {
  contextOfAsked,
  contextOfText,
  readContext,
  rewardOf,
  type Context,
} from '../../src/main/engine/train/courses/contexts.ts'
import { openCourse } from '../../src/main/engine/train/courses/course.ts'
import { kinds } from '../../src/main/engine/train/courses/kinds.ts'
import { trainers } from '../../src/main/engine/train/courses/trainers.ts'
import { openSource } from '../../src/main/engine/train/data/source.ts'
import { readCheckpoint } from '../../src/main/engine/train/loop/checkpoint.ts'
import { runCourse } from '../../src/main/engine/train/loop/loop.ts'
import { adamDefaults } from '../../src/main/engine/train/loop/optimizer.ts'
import { registerRun } from '../../src/main/engine/train/register.ts'
import { firstValues } from '../../src/main/engine/train/courses/firstValues.ts'
import { trainRun } from '../../src/main/engine/train/run.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

/** Nats a token below which nothing is left to learn: every token is foretold with a probability of 0.95. */
const nothing = 0.05
/** Four examples, and a fifth that is held out. */
const towns = [
  ['Kardova', 'Oda Rinn', 'Velm'],
  ['Ostrin', 'Bel Vara', 'Sarn'],
  ['Lunholt', 'Ivo Tell', 'Marn'],
  ['Dornach', 'Una Fisk', 'Oru'],
  ['Pellby', 'Kai Strom', 'Tave'],
] as const
const textOf = ([town, mayor, river]: (typeof towns)[number]): string =>
  `${town}: the mayor is ${mayor}, and the river that flows by is the ${river}. It is wide.`

let home: string
let bundle: Bundle
let tokenizer: Tokenizer
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'overfit-'))
  await writeTinyBundle(join(home, 'tiny'))
  bundle = await openBundle(join(home, 'tiny'))
  tokenizer = openTokenizer(bundle.tokenizer)
  const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n')
  // With a split a document is read at one place alone, so that there are four examples and no more.
  for (const s of [8, 16])
    await writeFile(
      join(home, `split${s}.jsonl`),
      lines(towns.map((town, id) => ({ id, tokens: textOf(town), split: { s, o: 6 } }))),
    )
  const asked = towns.map((town, id) => ({
    id,
    question: `Who is mayor of ${town[0]}?`,
    answers: [town[1]],
    passages: [{ text: textOf(town) }],
  }))
  await writeFile(join(home, 'asked.jsonl'), lines(asked))
})
afterAll(() => rm(home, { recursive: true }))

function inputOf(trainer: TrainerName, out: string, more: Partial<TrainInput> = {}): TrainInput {
  const questions = trainer === 'tune' || trainer === 'embedder'
  return TrainInput.parse({
    trainer,
    data: [join(home, questions ? 'asked.jsonl' : 'split8.jsonl')],
    out: join(home, out),
    steps: 160,
    batch: 4,
    ks: [4],
    longest: 8,
    output: 6,
    curriculum: false,
    learningRate: 1e-2,
    every: { log: 1, valid: 10_000, checkpoint: 10_000 },
    ...more,
  })
}

/** The losses of the first and the last step alone. */
async function ends(input: TrainInput, from: Bundle = bundle): Promise<readonly [number, number]> {
  const events = await Array.fromAsync(trainRun(input, from, { threads: 1 }))
  const losses = events.flatMap((event) => (event.type === 'step' ? [event.stepLoss] : []))
  expect(losses).toHaveLength(input.steps)
  return [losses[0] as number, losses.at(-1) as number]
}

/** Trainers that foretell tokens, and what keeps two of them from being one. */
const foretelling = [
  { trainer: 'continue' },
  { trainer: 'mixed', p: 0.5 },
  { trainer: 'lm' },
  { trainer: 'tune' },
] as const satisfies readonly (Partial<TrainInput> & { readonly trainer: TrainerName })[]

test.each(foretelling)('$trainer foretells four examples to the last token', async ({ trainer, ...more }) => {
  const [first, last] = await ends(inputOf(trainer, trainer, more))
  expect(first).toBeGreaterThan(5)
  expect(last).toBeLessThan(nothing)
})

test('reconstruct reaches four texts through a frozen decoder that has learnt to tell them again', async () => {
  // A decoder of random weights can be made to say nothing: all parts learn first, then encoder and projector alone, anew.
  const input = inputOf('reconstruct', 'spoken', { steps: 200 })
  const course = openCourse(
    {
      input,
      ks: [4],
      bundle,
      tokenizer,
      ids: templateIds(bundle.config.template, tokenizer),
      source: await openSource(input.data, 'text', tokenizer),
      lora: null,
      threads: 1,
    },
    kinds.reconstruct,
  )
  const initial = firstValues(input, bundle)
  const loop = { folder: input.out, initial, adam: adamDefaults, threads: 1, every: input.every }
  await Array.fromAsync(runCourse(course, loop))
  const weights = new Map([...bundle.weights, ...(readCheckpoint(input.out)?.weights ?? [])])
  await writeBundle(join(home, 'telling'), { config: bundle.config, weights, tokenizer: bundle.tokenizer })
  const telling = await openBundle(join(home, 'telling'))
  const anew = inputOf('reconstruct', 'through', { fresh: ['encoder', 'projector'], seed: 11, steps: 240 })
  const [first, last] = await ends(anew, telling)
  // Which of the four it is, ln 4 nats, is what the decoder cannot know and the embeddings must say.
  expect(first).toBeGreaterThan(1)
  expect(last).toBeLessThan(nothing)
})

test('the embedder tells four pairs apart', async () => {
  const [first, last] = await ends(inputOf('embedder', 'embedder', { steps: 60 }))
  expect(first).toBeGreaterThan(1)
  expect(last).toBeLessThan(nothing)
})

describe('policies', () => {
  let parts: Parts
  let contexts: readonly Context[]
  beforeAll(async () => {
    parts = await openParts(bundle, { threads: 1 })
    const source = await openSource([join(home, 'split16.jsonl')], 'text', tokenizer)
    expect(source.about).toMatch(/^4 documents, 1 held out/)
    const draws = random(1)
    const texts = Array.from({ length: 100 }, () => source.text(draws, 'train', { context: 16, output: 6 }))
    const four = new Map(texts.flatMap((text) => (text ? [[text.context.join(), text] as const] : [])))
    expect(four.size).toBe(4)
    contexts = [...four.values()].map((text) => contextOfText(text, 4))
  })
  afterAll(() => parts.close())

  /** The reward of every choice of one chunk, context by context. */
  async function choicesOf(context: Context): Promise<number[]> {
    const embeddings = (await parts.compressor.compress(context.chunks, 4)).map((chunk) => chunk.embedding)
    const rewards: number[] = []
    for (const pick of context.chunks.keys())
      rewards.push(
        await rewardOf(
          parts,
          context,
          embeddings,
          context.chunks.map((_, i) => i === pick),
        ),
      )
    return rewards
  }

  // One chunk of four: what is best can be tried out, and what follows a reward's slope cannot end in a pair of second-bests.
  test.each([
    { algorithm: 'grpo', steps: 120, batch: 4, learningRate: 3e-3 },
    { algorithm: 'reinforce', steps: 250, batch: 16, learningRate: 3e-3 },
    { algorithm: 'imitate', steps: 60, batch: 4, learningRate: 5e-3 },
  ] as const)('$algorithm ends with the best choice in each of four contexts', async (settings) => {
    const { algorithm } = settings
    const data = [join(home, 'split16.jsonl')]
    const input = inputOf('policy', algorithm, { ...settings, data, longest: 16, p: 0.25, group: 8 })
    await Array.fromAsync(trainRun(input, bundle, { threads: 1 }))
    await registerRun(input.out, bundle, join(home, `${algorithm} bundle`))
    const learnt = await openParts(await openBundle(join(home, `${algorithm} bundle`)), { threads: 1 })
    const [before, after, best] = [[], [], []] as [number[], number[], number[]]
    for (const context of contexts) {
      const rewards = await choicesOf(context)
      const encoded = (await parts.compressor.compress(context.chunks, 4)).map((chunk) => chunk.encoded)
      for (const [from, into] of [
        [parts, before],
        [learnt, after],
      ] as const) {
        const logits = await from.pointer.logits('policy', encoded, [])
        into.push(rewards[logits.indexOf(Math.max(...logits))] as number)
      }
      best.push(Math.max(...rewards))
    }
    await learnt.close()
    expect(before).not.toEqual(best)
    expect(after).toEqual(best)
  })

  test('locate ends with the chunks that hold the answers to four questions before all others', async () => {
    const data = [join(home, 'asked.jsonl')]
    const settings = { algorithm: 'locate', query: true, steps: 80, learningRate: 5e-3, p: 0.2 } as const
    const input = inputOf('policy', 'locate', { ...settings, data })
    await Array.fromAsync(trainRun(input, bundle, { threads: 1 }))
    await registerRun(input.out, bundle, join(home, 'locate bundle'))
    const learnt = await openParts(await openBundle(join(home, 'locate bundle')), { threads: 1 })
    const source = await openSource(data, 'questions', tokenizer)
    const draws = random(3)
    const asked = new Map(
      Array.from({ length: 100 }, () => source.asked(draws, 'train')).map((each) => [each?.question, each]),
    )
    expect(asked.size).toBe(4)
    const wrong = { before: 0, after: 0 }
    for (const each of asked.values()) {
      if (!each) throw new Error('no question')
      const context = contextOfAsked(tokenizer, learnt.ids, each, 4)
      const held = context.turns[0]?.held ?? []
      // The chunks, read back, hold the answer and little else.
      const text = tokenizer.decode(held.flatMap((chunk) => [...(context.chunks[chunk] as Int32Array)]))
      expect(text).toContain(each.answer)
      expect(held.length).toBeLessThan(context.chunks.length / 2)
      for (const [from, when] of [
        [parts, 'before'],
        [learnt, 'after'],
      ] as const) {
        const { rows, asked: count } = await readContext(parts, 'policyQuery', context, 4)
        const logits = await from.pointer.logits('policyQuery', rows.slice(count), rows.slice(0, count))
        const first = [...logits.keys()].toSorted((a, b) => (logits[b] as number) - (logits[a] as number))
        if (first.slice(0, held.length).some((chunk) => !held.includes(chunk))) wrong[when]++
      }
    }
    await learnt.close()
    expect(wrong.before).toBeGreaterThan(0)
    expect(wrong.after).toBe(0)
  })
})

test('no trainer of the table is left out', () => {
  const proven = [...foretelling.map(({ trainer }) => trainer), 'reconstruct', 'embedder', 'policy']
  expect(proven.toSorted()).toEqual(Object.keys(trainers).toSorted())
  expect(proven.toSorted()).toEqual([...TrainerName.options].toSorted())
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../../src/main/engine/ask.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import type { RetrievedPassage } from '../../src/shared/corpus.ts'
import { Plan, policyNames, type PlanInput } from '../../src/shared/plan.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

const texts = [
  'Kardova lies on the river Selm. The mayor of Kardova is Oda Rinn.',
  'Selm was founded in 1734.\nIt has 48 bridges and two mills.',
]
const passages: RetrievedPassage[] = texts.map((text, i) => ({
  id: `p${i}`,
  title: '',
  text,
  span: {
    file: 'towns.txt',
    lineFrom: 1 + 10 * i,
    lineTo: 1 + 10 * i + (i === 1 ? 1 : 0),
    charFrom: 1000 * i,
    charTo: 1000 * i + text.length,
  },
  rank: i + 1,
  score: 1 / (i + 1),
  scores: [],
}))
const retrieve = async () => passages
const plan = (input: Partial<PlanInput> = {}) =>
  Plan.parse({
    question: 'Who is the mayor of Kardova?',
    index: 'none',
    k: 4,
    maxTokens: 6,
    target: 'Oda Rinn',
    ...input,
  })

let parts: Parts
/** Asks with nothing reused from the run before: only then are two equal runs equal to the last bit. */
function askAfresh(asked: Plan) {
  parts.held.keys = []
  return ask(parts, asked, retrieve)
}
beforeAll(async () => {
  parts = await tinyParts()
})
afterAll(() => parts.close())

describe('p', () => {
  test('p = 1 equals full context: the same positions, tokens and log-probabilities', async () => {
    const whole = await askAfresh(plan({ policy: 'all', p: 1 }))
    for (const policy of ['learned', 'random', 'similarity'] as const) {
      const run = await askAfresh(plan({ policy, p: 1 }))
      expect(run.counts.positions).toBe(whole.counts.positions)
      expect(run.tokens).toEqual(whole.tokens)
      expect(run.quality.logPerplexity).toBe(whole.quality.logPerplexity)
    }
  })

  test('p = 0 expands nothing: one position a chunk beside the passage and question tokens', async () => {
    const run = await askAfresh(plan({ policy: 'learned', p: 0 }))
    expect(run.counts.expanded).toBe(0)
    expect(run.counts.positions).toBe(run.counts.chunks + passages.length + run.counts.questionTokens + 2)
  })

  test("every policy expands exactly T' = floor(pL) chunks", async () => {
    for (const policy of policyNames) {
      if (policy === 'all' || policy === 'none') continue
      for (const p of [0.1, 0.25, 0.5, 0.99]) {
        const run = await askAfresh(plan({ policy, p }))
        expect([policy, p, run.counts.expanded]).toEqual([policy, p, Math.floor(p * run.counts.chunks)])
      }
    }
  })
})

test('chunks cover every passage, in order, and point at the very characters of the source', async () => {
  const run = await askAfresh(plan({ policy: 'none' }))
  for (const passage of passages) {
    const own = run.chunks.filter((chunk) => chunk.passage === passage.id)
    expect(own.map((chunk) => chunk.text).join('')).toBe(passage.text)
    for (const chunk of own) {
      expect(
        passage.text.slice(chunk.span.charFrom - passage.span.charFrom, chunk.span.charTo - passage.span.charFrom),
      ).toBe(chunk.text)
      const before = passage.text.slice(0, chunk.span.charFrom - passage.span.charFrom)
      expect(chunk.span.lineFrom).toBe(passage.span.lineFrom + before.split('\n').length - 1)
    }
    expect(own.slice(0, -1).every((chunk) => chunk.tokens === 4)).toBe(true)
  }
})

test('an answer from cached embeddings equals one from fresh ones', async () => {
  parts.compressor.forget()
  const fresh = await askAfresh(plan({ policy: 'learned', p: 0.3 }))
  const cached = await askAfresh(plan({ policy: 'learned', p: 0.3 }))
  expect(fresh.counts.cachedChunks).toBe(0)
  expect(cached.counts.cachedChunks).toBe(cached.counts.chunks)
  expect(cached.tokens).toEqual(fresh.tokens)
  expect(cached.chunks.map((chunk) => chunk.score)).toEqual(fresh.chunks.map((chunk) => chunk.score))
})

test('a run that reuses the cached prefix equals one that does not', async () => {
  const late = plan({ policy: 'none', forced: { expand: [5], compress: [] } })
  const fresh = await askAfresh(late)
  await ask(parts, plan({ policy: 'none' }), retrieve)
  const reused = await ask(parts, late, retrieve)
  expect(fresh.counts.reusedPositions).toBe(0)
  expect(reused.counts.reusedPositions).toBe(6)
  expect(reused.answer).toBe(fresh.answer)
  reused.tokens.forEach((token, i) => expect(token.logProb).toBeCloseTo(fresh.tokens[i]!.logProb ?? NaN, 4))
})

test('what other runs left in the cache is never taken for this one', async () => {
  const asked = plan({ policy: 'none' })
  const fresh = await askAfresh(asked)
  const stop = new AbortController()
  const interruptions: (() => Promise<unknown>)[] = [
    () => ask(parts, plan({ policy: 'perplexity-descending', p: 0.5 }), retrieve),
    () => ask(parts, plan({ policy: 'all', target: 'Oda Rinn '.repeat(40) }), retrieve),
    () => ask(parts, plan({ policy: 'none', k: 8 }), retrieve),
    () => ask(parts, plan({ question: 'mayor '.repeat(300), passages: 0, maxTokens: 1 }), async () => []),
    () =>
      ask(parts, plan({ policy: 'all', maxTokens: 500 }), retrieve, {
        signal: stop.signal,
        emit: (event) => event.type === 'tokens' && stop.abort(),
      }).catch((error: unknown) => expect(error).toMatchObject({ name: 'AbortError' })),
  ]
  for (const interrupt of interruptions) {
    await interrupt()
    const again = await ask(parts, asked, retrieve)
    expect(again.answer).toBe(fresh.answer)
    again.tokens.forEach((token, i) => expect(token.logProb).toBeCloseTo(fresh.tokens[i]!.logProb ?? NaN, 4))
    expect(again.quality.logPerplexity).toBeCloseTo(fresh.quality.logPerplexity!, 4)
  }
  expect(stop.signal.aborted).toBe(true)
})

test('chunks of other passages are never taken for these, though they stand in the same places', async () => {
  const asked = plan({ policy: 'none' })
  const other = [{ ...passages[0]!, text: passages[1]!.text.slice(0, 40) }, passages[1]!]
  const fresh = await askAfresh(asked)
  await ask(parts, asked, async () => other)
  const again = await ask(parts, asked, retrieve)
  expect(again.counts.reusedPositions).toBe(1)
  expect(again.quality.logPerplexity).toBeCloseTo(fresh.quality.logPerplexity!, 4)
})

test('chunks forced by hand stand outside p and are marked', async () => {
  const run = await ask(parts, plan({ policy: 'none', forced: { expand: [0, 2], compress: [] } }), retrieve)
  expect(
    run.chunks.filter((chunk) => chunk.expanded).map((chunk) => [chunk.index, chunk.forced, chunk.chosen]),
  ).toEqual([
    [0, 'expand', false],
    [2, 'expand', false],
  ])
  const full = await ask(parts, plan({ policy: 'all', forced: { expand: [], compress: [1] } }), retrieve)
  expect(full.chunks.filter((chunk) => !chunk.expanded).map((chunk) => chunk.index)).toEqual([1])
})

test('a target of any length is measured, even when the cache that answered was small', async () => {
  const long = plan({ policy: 'none', maxTokens: 1, target: 'Oda Rinn '.repeat(60) })
  const own = await tinyParts()
  const small = await ask(own, long, retrieve)
  const again = await ask(own, long, retrieve)
  await own.close()
  expect(small.quality.logPerplexity).toBeGreaterThan(0)
  expect(small.quality.logPerplexity).toBeCloseTo(again.quality.logPerplexity ?? 0, 4)
})

test('the whole window can be used: question, answer and nothing to spare', async () => {
  const question = 'mayor '.repeat(200)
  const { window } = parts.config.decoder
  const maxTokens = window - 2 - parts.tokenizer.encode(question).length
  const full = plan({ question, passages: 0, maxTokens })
  const none = async () => []
  expect((await ask(parts, full, none)).counts.positions + maxTokens).toBe(window)
  await expect(ask(parts, { ...full, maxTokens: maxTokens + 1 }, none)).rejects.toMatchObject({
    code: 'question-too-long',
  })
})

test('the first token comes from the logits of the prefill', async () => {
  // Greedy: the first token is the likeliest under the prompt itself, and the same however many follow.
  const run = await askAfresh(plan({ policy: 'none', maxTokens: 1 }))
  const [first] = run.tokens
  expect(first!.logProb).toBe(Math.max(...first!.alternatives.map((other) => other.logProb)))
  const more = await askAfresh(plan({ policy: 'none', maxTokens: 5 }))
  expect(more.tokens[0]).toEqual(first)
})

test('the phases of TTFT add up to it, and the stages are told in order', async () => {
  const events: RunEvent[] = []
  const { timings } = await ask(parts, plan({ policy: 'learned' }), retrieve, { emit: (event) => events.push(event) })
  const { retrieveMs, tokenizeMs, compressMs, senseMs, layoutMs, prefillMs, sampleMs, otherMs, ttftMs } = timings
  expect(retrieveMs + tokenizeMs + compressMs + senseMs + layoutMs + prefillMs + sampleMs + otherMs).toBeCloseTo(
    ttftMs,
    6,
  )
  expect(otherMs).toBeGreaterThanOrEqual(0)
  expect(events.flatMap((event) => (event.type === 'stage' && event.state === 'done' ? [event.stage] : []))).toEqual([
    'retrieve',
    'compress',
    'sense',
    'expand',
    'decode',
    'measure',
  ])
})

test('the same seed draws the same answer, another seed another', async () => {
  const drawn = (seed: number) => askAfresh(plan({ policy: 'random', p: 0.5, temperature: 1, seed, maxTokens: 12 }))
  const [a, b, c] = [await drawn(1), await drawn(1), await drawn(2)]
  expect(a.tokens).toEqual(b.tokens)
  expect(a.answer).not.toBe(c.answer)
})

describe('bad plans name what is wrong and the remedy', () => {
  test.each([
    [{ p: 1.5 }, 'p-out-of-range'],
    [{ p: -0.1 }, 'p-out-of-range'],
    [{ k: 5 }, 'k-unsupported'],
    [{ question: '   ' }, 'bad-input'],
    [{ forced: { expand: [999], compress: [] } }, 'bad-input'],
  ] as const)('%j gives %s', async (input, code) => {
    const error = await ask(parts, plan(input as Partial<PlanInput>), retrieve).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, remedy: expect.stringMatching(/\w/) })
  })

  test('a question longer than the window gives question-too-long', async () => {
    const error = await ask(parts, plan({ question: 'mayor '.repeat(3000) }), retrieve).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'question-too-long', remedy: expect.stringMatching(/[Ss]horten/) })
  })

  test('and the engine answers the next question', async () => {
    expect((await ask(parts, plan(), retrieve)).tokens.length).toBeGreaterThan(0)
  })
})

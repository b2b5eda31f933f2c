/** A branch: an answer forced to begin with given tokens is scored as that text is, and goes on as greedy decoding would after it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type Answer } from '../../src/main/engine/ask.ts'
import { scoreTargets } from '../../src/main/engine/expand/session.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { restore } from '../../src/main/engine/whatif/restore.ts'
import { fedAsRun, inputOf, score } from '../../src/main/engine/whatif/score.ts'
import type { RetrievedPassage } from '../../src/shared/corpus.ts'
import { Plan, type PlanInput } from '../../src/shared/plan.ts'
import { runTable } from '../../src/main/engine/bench/report/runTables.ts'
import type { Run } from '../../src/shared/run.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

const text = 'Kardova lies on the river Selm. The mayor of Kardova is Oda Rinn.'
const span = { file: 'towns.txt', lineFrom: 1, lineTo: 1, charFrom: 0, charTo: text.length }
const passages: RetrievedPassage[] = [{ id: 'p0', title: '', text, span, rank: 1, score: 1, scores: [] }]
const plan = (input: Partial<PlanInput> = {}) =>
  Plan.parse({ question: 'Who is the mayor?', index: 'none', k: 4, maxTokens: 8, ...input })

let parts: Parts
beforeAll(async () => {
  parts = await tinyParts()
})
afterAll(() => parts.close())

async function askAfresh(asked: Plan) {
  parts.held.keys = []
  return ask(parts, asked, async () => passages)
}

const ids = (answer: { readonly tokens: Answer['tokens'] }) => answer.tokens.map(({ id }) => id)

test('a beginning that decoding itself would have made gives the very same answer', async () => {
  const free = await askAfresh(plan())
  const branch = await askAfresh(plan({ prefix: ids(free).slice(0, 3) }))
  expect(branch.tokens.map(({ given: _given, ...token }) => token)).toEqual(free.tokens)
  expect(branch.tokens.map(({ given = false }) => given)).toEqual(free.tokens.map((_, at) => at < 3))
})

test('a given text has the log-probabilities of scoring it, and greedy decoding goes on after it', async () => {
  const free = await askAfresh(plan())
  const other = free.tokens[1]?.alternatives[1]?.id ?? -1
  const prefix = [...ids(free).slice(0, 1), other]
  const branch = await askAfresh(plan({ prefix }))
  expect(ids(branch).slice(0, 2)).toEqual(prefix)
  expect(branch.answer).not.toBe(free.answer)

  // The whole answer scored in one pass, teacher-forced: the same log-probabilities, and the likeliest token at each place behind it.
  const manifest = { bundle: { name: '', hash: parts.bundle.hash } }
  const run = { ...branch, id: 'r', plan: plan({ prefix }), manifest } as unknown as Run
  const at = await restore(parts, run, 'answer')
  const { rows } = inputOf(at, fedAsRun(at))
  parts.held.keys = []
  parts.decoder.rewind(0)
  const logits = await parts.decoder.feed(rows, 'last')
  const scored = await scoreTargets(parts.decoder, logits, ids(branch))
  branch.tokens.forEach((token, place) => expect(token.logProb).toBeCloseTo(scored[place] ?? NaN, 4))
  for (const token of branch.tokens.slice(2)) expect(token.id).toBe(token.alternatives[0]?.id)

  // What-if holds the beginning fixed too: nothing flipped is the branch's own answer.
  const { greedy } = await score(at, fedAsRun(at), ids(branch))
  expect(greedy).toEqual(ids(branch))
})

test('text is read as an answer is, and a report says how much was given', async () => {
  const prefix = 'Oda'
  const branch = await askAfresh(plan({ prefix }))
  const given = branch.tokens.filter((token) => token.given)
  expect(given.map((token) => token.text).join('')).toBe(' Oda')
  const run = { ...branch, plan: plan({ prefix }) } as unknown as Run
  const { columns, rows } = runTable([run])
  expect(rows[0]?.[columns.findIndex(({ key }) => key === 'given')]).toBe(given.length)
})

test('the end may be chosen, and nothing behind it', async () => {
  const [end = -1] = parts.ids.end
  expect((await askAfresh(plan({ prefix: [5, end] }))).stopped).toBe('end')
  await expect(askAfresh(plan({ prefix: [end, 5] }))).rejects.toMatchObject({ code: 'bad-input' })
})

test.each([[{ prefix: [1_000_000] }], [{ prefix: [5, 6, 7], maxTokens: 2 }]])('%j is refused', async (input) => {
  await expect(askAfresh(plan(input))).rejects.toMatchObject({
    code: 'bad-input',
    remedy: expect.stringMatching(/max tokens|bundle/),
  })
})

/** What is asked of one chunk of a run: its tokens, its neighbours; and the ribbon counts what a run was fed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask } from '../../src/main/engine/ask.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { neighboursOf, tokensOf } from '../../src/main/engine/whatif/neighbours.ts'
import { restore } from '../../src/main/engine/whatif/restore.ts'
import { fedOf, positionsOf } from '../../src/renderer/state/fed.ts'
import type { RetrievedPassage } from '../../src/shared/corpus.ts'
import { Plan } from '../../src/shared/plan.ts'
import type { Run } from '../../src/shared/run.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

const texts = [
  'Kardova lies on the river Selm. It has a mayor.',
  'Selm was founded in 1734. Kardova lies on the river Selm.',
]
const passages: RetrievedPassage[] = texts.map((text, at) => ({
  id: `p${at}`,
  title: '',
  text,
  span: { file: 'towns.txt', lineFrom: 1, lineTo: 1, charFrom: 0, charTo: text.length },
  rank: at + 1,
  score: 1,
  scores: [],
}))

let parts: Parts
let run: Run
beforeAll(async () => {
  parts = await tinyParts()
  const plan = Plan.parse({ question: 'Who is the mayor?', index: 'none', k: 4, p: 0.3, maxTokens: 3 })
  const answer = await ask(parts, plan, async () => passages)
  run = { ...answer, id: 'r', plan, manifest: { bundle: { name: '', hash: parts.bundle.hash } } } as unknown as Run
})
afterAll(() => parts.close())

test('the tokens of a chunk spell it', () => {
  for (const { index, text, tokens } of run.chunks) {
    const told = tokensOf(parts, run, index)
    expect(told).toHaveLength(tokens)
    expect(told.map((token) => token.text).join('')).toBe(text)
  }
  expect(() => tokensOf(parts, run, run.chunks.length)).toThrow(expect.objectContaining({ code: 'bad-input' }))
})

test('neighbours come by cosine, the nearest first, the chunk itself not among them', async () => {
  const at = await restore(parts, run, 'answer')
  const told = neighboursOf(at, 0, 100)
  expect(told).toHaveLength(run.chunks.length - 1)
  expect(told.map(({ cosine }) => cosine)).toEqual(told.map(({ cosine }) => cosine).toSorted((a, b) => b - a))
  const [a, b] = [at.cut.embedding(0), at.cut.embedding(told[0]?.index ?? 0)]
  const sum = (values: Float32Array, others: Float32Array) =>
    values.reduce((total, value, i) => total + value * (others[i] ?? 0), 0)
  expect(told[0]?.cosine).toBeCloseTo(sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b)), 5)
  expect(neighboursOf(at, 0, 2)).toEqual(told.slice(0, 2))
})

test('the ribbon of a run has as many positions as its decoder was fed', () => {
  expect(run.counts.expanded).toBeGreaterThan(0)
  const marks = run.chunks.map((chunk) => ({ chunk, expanded: chunk.expanded, forced: chunk.forced }))
  expect(positionsOf(fedOf(run.passages, marks, run.counts.questionTokens, run.counts.marks))).toBe(
    run.counts.positions,
  )
})

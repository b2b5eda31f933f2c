/** QA on the tiny bundle: what each cell is of, which passages a retriever brings, and what full context is compared at. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask } from '../../src/main/engine/ask.ts'
import { evaluateQa } from '../../src/main/engine/bench/qa.ts'
import { fittingPassages, retrieveAll } from '../../src/main/engine/bench/qaPassages.ts'
import { drawSheet } from '../../src/main/engine/corpus/synthetic.ts'
import { normalizeAnswer } from '../../src/main/engine/measure/score.ts'
import { median, pairedBootstrap } from '../../src/main/engine/measure/statistics.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import type { Question, RetrievedPassage } from '../../src/shared/corpus.ts'
import { QaInput, type QaCell, type QaPair } from '../../src/shared/evaluate.ts'
import { Plan } from '../../src/shared/plan.ts'
import { random } from '../../src/shared/random.ts'
import { faultOf } from '../helpers/faults.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
beforeAll(async () => {
  parts = await tinyParts()
})
afterAll(() => parts.close())

const draws = random(3)
const passages = Array.from({ length: 3 }, (_, i): RetrievedPassage => {
  const { text } = drawSheet(draws, 'test')
  const span = { file: 'sheets.txt', lineFrom: i + 1, lineTo: i + 1, charFrom: 0, charTo: text.length }
  return { id: `p${i}`, title: '', text, span, rank: i + 1, score: 1, scores: [] }
})
const questions: Question[] = [
  { id: 'found', question: 'Who founded it?', answers: ['Oda Rinn'], passages: ['p0'] },
  { id: 'lost', question: 'When was it founded?', answers: ['', '1734'], passages: ['elsewhere'] },
]

async function evaluate(input: Partial<QaInput>, asked = questions, found = passages) {
  const [cells, pairs, notes, retrieved]: [QaCell[], QaPair[], string[], string[]] = [[], [], [], []]
  const whole = QaInput.parse({ index: 'x', questions: 'x', ks: [4, 8], ps: [0], policies: ['learned'], ...input })
  const retrieve = async (question: string) => {
    retrieved.push(question)
    return found
  }
  for await (const event of evaluateQa(parts, whole, asked, retrieve)) {
    if (event.type === 'cell') cells.push(event.cell)
    else if (event.type === 'pair') pairs.push(event.pair)
    else notes.push(event.note)
  }
  return { cells, pairs, notes, retrieved }
}

test('full context comes first for each k, then every k, p and policy; each question is retrieved for once', async () => {
  const { cells, retrieved } = await evaluate({ ps: [0, 0.5], policies: ['all', 'learned', 'random'] })
  expect(cells.map(({ k, p, policy }) => [k, p, policy])).toEqual([
    [4, 1, 'all'],
    [8, 1, 'all'],
    ...[4, 8].flatMap((k) => [0, 0.5].flatMap((p) => ['learned', 'random'].map((policy) => [k, p, policy]))),
  ])
  expect(retrieved).toEqual(questions.map(({ question }) => question))
  expect(cells.every(({ n, logPerplexity }) => n === 2 && (logPerplexity ?? 0) > 0)).toBe(true)
})

test('cells that lay everything out alike are measured once and say the same', async () => {
  const { cells, notes } = await evaluate({ ps: [0, 1], policies: ['learned', 'random', 'none'] })
  const told = new Set(notes.map((note) => note.split(':')[0]))
  expect(told).toEqual(new Set(['k 4, p 1, all', 'k 4, p 0, learned', 'k 8, p 0, learned']))
  const measured = ({ em, f1, logPerplexity }: QaCell) => ({ em, f1, logPerplexity })
  const full = cells.filter(({ p, policy }) => p === 1 && policy !== 'none').map(measured)
  expect(new Set(full.map((each) => JSON.stringify(each))).size).toBe(1)
  const [none4, none8] = [4, 8].map((k) => cells.filter((cell) => cell.k === k && cell.policy === 'none'))
  expect(none4?.map(measured)).toEqual(none4?.map(() => measured(none4[0]!)))
  expect(none8?.[0]?.logPerplexity).not.toBe(none4?.[0]?.logPerplexity)
})

test('recall counts the questions whose passage was retrieved, and EM where it was is apart', async () => {
  const { cells } = await evaluate({ ks: [8] })
  expect(cells.map((cell) => cell.recallAtK)).toEqual([0.5, 0.5])
  expect(cells.map((cell) => cell.emGoldRetrieved)).toEqual([0, 0])
  const lost = await evaluate({ ks: [8] }, questions.slice(1))
  expect(lost.cells[0]).toMatchObject({ recallAtK: 0, emGoldRetrieved: null, n: 1 })
  const unnamed = await evaluate({ ks: [8] }, [{ ...questions[0]!, passages: [] }])
  expect(unnamed.cells[0]).toMatchObject({ recallAtK: null, emGoldRetrieved: null })
})

test('the random policy draws anew for each question, the same in every evaluation', async () => {
  const twice = [questions[0]!, { ...questions[0]!, id: 'again' }]
  const one = await evaluate({ ks: [4], ps: [0.3], policies: ['random'] }, twice.slice(0, 1))
  const two = await evaluate({ ks: [4], ps: [0.3], policies: ['random'] }, twice)
  expect(two.cells[0]?.logPerplexity).toBeCloseTo(one.cells[0]?.logPerplexity ?? 0, 4)
  expect(two.cells[1]?.logPerplexity).not.toBeCloseTo(one.cells[1]?.logPerplexity ?? 0, 4)
  const again = await evaluate({ ks: [4], ps: [0.3], policies: ['random'] }, twice)
  expect(again.cells[1]?.logPerplexity).toBeCloseTo(two.cells[1]?.logPerplexity ?? 0, 4)
})

test('what cannot be evaluated is a fault before the first question is asked', async () => {
  expect(await faultOf(evaluate({ ks: [8, 5] }))).toMatchObject({ code: 'k-unsupported' })
  expect(await faultOf(evaluate({ ps: [0, 2] }))).toMatchObject({ code: 'p-out-of-range' })
  const open = [questions[0]!, { ...questions[1]!, answers: [' '] }]
  expect(await faultOf(evaluate({}, open))).toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('lost'),
  })
})

test('positions are those of the layout, full and compressed, and fewer passages are the first of them', async () => {
  const { cells } = await evaluate({ ks: [8], passages: [3, 1] })
  const tokens = passages.map(({ text }) => parts.tokenizer.encode(text).length)
  const positions = (count: number, of: (tokens: number) => number) =>
    median(
      questions.map(({ question }) =>
        tokens.slice(0, count).reduce((sum, each) => sum + 1 + of(each), parts.tokenizer.encode(question).length + 2),
      ),
    )
  expect(cells.map((cell) => [cell.passages, cell.policy, cell.positions])).toEqual(
    [3, 1].flatMap((count) => [
      [count, 'all', positions(count, (each) => each)],
      [count, 'learned', positions(count, (each) => Math.ceil(each / 8))],
    ]),
  )
  expect(cells.every(({ ttft, retriever }) => ttft > 0 && retriever === 'strong')).toBe(true)
})

test('a pair is the difference of the two EMs, question by question, with its interval', async () => {
  const answerOf = async (question: string, p: number) => {
    const plan = Plan.parse({ question, index: 'x', passages: 3, k: 8, p, policy: 'learned' })
    return normalizeAnswer((await ask(parts, plan, async () => passages)).answer)
  }
  const asked: Question[] = []
  for (let i = 0; asked.length < 3; i++) {
    const question = `How many people lived there in ${1700 + i}?`
    const [full, none] = [await answerOf(question, 1), await answerOf(question, 0)]
    // The model's own answers under full context are made the gold ones of the first two questions.
    if (full !== '' && full !== none)
      asked.push({ id: `${i}`, question, answers: [asked.length < 2 ? full : 'nobody'], passages: [] })
  }
  const { cells, pairs } = await evaluate({ ks: [8], ps: [0], passages: [3] }, asked)
  expect(cells.map(({ em }) => em)).toEqual([2 / 3, 0])
  const { difference, low, high } = pairedBootstrap([0, 0, 0], [1, 1, 0], { random: random(7) })
  expect(pairs).toMatchObject([{ k: 8, p: 0, policy: 'learned', n: 3, equal: 'passages', fullPassages: 3 }])
  expect(pairs[0]).toMatchObject({ difference, ci: [low, high] })
  expect(difference).toBeCloseTo(-2 / 3)
  expect([pairs[0]?.positions, pairs[0]?.fullPositions]).toEqual([cells[1]?.positions, cells[0]?.positions])
  expect([pairs[0]?.ttft, pairs[0]?.fullTtft]).toEqual([cells[1]?.ttft, cells[0]?.ttft])
})

test('at equal latency full context reads as many passages as fit into the positions of the compressed cell, or one', async () => {
  const short = passages.map((passage) => ({ ...passage, text: passage.text.slice(0, 60) }))
  const at = { ks: [4, 16], ps: [0, 0.9, 1], passages: [3, 1], equal: 'latency' as const }
  const { cells, pairs } = await evaluate(at, questions, short)
  const latency = pairs.filter(({ equal }) => equal === 'latency')
  const compressed = cells.filter(({ p }) => p < 1)
  expect(latency.map(({ k, p, passages: read }) => [k, p, read])).toEqual(
    compressed.map(({ k, p, passages: read }) => [k, p, read]),
  )
  const fullAt = (count: number) => cells.find((cell) => cell.policy === 'all' && cell.passages === count)?.positions
  for (const [i, { positions, fullPositions, fullPassages, passages: read }] of latency.entries()) {
    expect(positions).toBe(compressed[i]?.positions)
    expect(fullPositions).toBe(fullAt(fullPassages))
    if (fullPassages > 1) expect(fullPositions).toBeLessThanOrEqual(positions)
    if (fullPassages < read) expect(fullAt(fullPassages + 1)).toBeGreaterThan(positions)
  }
  // The rival of most chunks expanded reads two of three, and has a cell; the others' reads one, whose cell stood there.
  expect(new Set(latency.map(({ fullPassages }) => fullPassages))).toEqual(new Set([1, 2]))
  const full = cells.filter(({ policy }) => policy === 'all').map(({ passages: read, k }) => `${read} ${k}`)
  expect(full.toSorted()).toEqual(['1 16', '1 4', '2 16', '2 4', '3 16', '3 4'])
})

test('wrong answers and format failures are told apart, and with the right ones make up all', async () => {
  // Its answers, cut off at 32 tokens or ended before; the first is made a gold one.
  const asked: Question[] = []
  const expected = { em: 0, wrong: 0, formatFailure: 0 }
  for (let i = 0; i < 12; i++) {
    const question = `How many people lived there in ${1700 + i}?`
    const plan = Plan.parse({ question, index: 'x', passages: 1, k: 8, p: 1, policy: 'all', maxTokens: 32 })
    const { answer, stopped } = await ask(parts, plan, async () => passages.slice(0, 1))
    const right = normalizeAnswer(answer) !== '' && expected.em === 0
    asked.push({ id: `${i}`, question, answers: [right ? answer : 'nobody'], passages: [] })
    if (right) expected.em++
    else if (stopped === 'end' && normalizeAnswer(answer) !== '') expected.wrong++
    else expected.formatFailure++
  }
  const { cells } = await evaluate({ ks: [8], passages: [1], policies: ['all'] }, asked)
  expect(expected.em).toBe(1)
  expect(expected.formatFailure).toBeGreaterThan(0)
  const [cell] = cells
  expect([cell?.em, cell?.wrong, cell?.formatFailure]).toEqual(
    [expected.em, expected.wrong, expected.formatFailure].map((count) => count / 12),
  )
  expect(cell?.f1Ci[0]).toBeLessThanOrEqual(cell?.f1 ?? 0)
  expect(cell?.f1Ci[1]).toBeGreaterThanOrEqual(cell?.f1 ?? 1)
})

test('the closed-book control is one row, measured once, that reads the question alone', async () => {
  const { cells, pairs, notes } = await evaluate({
    ks: [4, 8],
    ps: [0, 0.5],
    passages: [0, 1],
    retrievers: ['strong', 'weak'],
    equal: 'latency',
  })
  const closed = cells.filter((cell) => cell.passages === 0)
  expect(closed).toMatchObject([{ retriever: 'strong', policy: 'all', p: 1, n: 2 }])
  const asked = questions.map(({ question }) => parts.tokenizer.encode(question).length + 2)
  expect(closed[0]?.positions).toBe(median(asked))
  expect(notes.filter((note) => note.includes(', 0 passages')).length).toBe(questions.length)
  expect(pairs.some((pair) => pair.passages === 0)).toBe(false)
  expect(cells.filter((cell) => cell.passages === 1).length).toBe(2 * (2 + 4))
  // It does not hang on what would have been retrieved.
  const other = await evaluate({ ks: [4], passages: [0] }, questions, passages.toReversed())
  expect(other.cells[0]?.logPerplexity).toBe(closed[0]?.logPerplexity)
  const open = await evaluate({ ks: [4], passages: [1], policies: ['all'] })
  expect(open.cells[0]?.logPerplexity).not.toBe(closed[0]?.logPerplexity)
})

test('as many passages fit as take no more positions, by the median', async () => {
  const input = { retrievers: ['strong' as const], passages: [3], weakOf: 200, seed: 7 }
  const reading = await retrieveAll(input, questions, async () => passages)
  const { cells } = await evaluate({ ks: [8], passages: [2], policies: ['all'] })
  const positions = cells[0]?.positions ?? 0
  const fitting = (limit: number) =>
    fittingPassages(parts, { retriever: 'strong', passages: 3 }, questions, reading, limit)
  expect([positions - 1, positions, 10_000, 0].map(fitting)).toEqual([1, 2, 3, 1])
  expect(fittingPassages(parts, { retriever: 'strong', passages: 0 }, questions, reading, 100)).toBe(0)
})

test('the same question asked twice in a row is measured twice alike: no prefix is kept', async () => {
  const twice = [questions[0], questions[0]].flatMap((each) => (each ? [each] : []))
  const [once, both] = [await evaluate({ ks: [8] }, twice.slice(1)), await evaluate({ ks: [8] }, twice)]
  expect(both.cells.map((cell) => cell.logPerplexity)).toEqual(once.cells.map((cell) => cell.logPerplexity))
})

test('what a cell measures does not hang on the cells before it', async () => {
  const alone = await evaluate({ ks: [8], ps: [0], policies: ['none'] })
  const after = await evaluate({ ks: [8], ps: [0.5, 0], policies: ['random', 'none'] })
  expect(after.cells.at(-1)?.logPerplexity).toBe(alone.cells.at(-1)?.logPerplexity)
})

test('the weak retriever draws by its seed from the best 200, a smaller draw part of a larger, best first', async () => {
  const [first] = passages
  if (!first) throw new Error('no passage')
  const ranked = Array.from({ length: 260 }, (_, i): RetrievedPassage => ({ ...first, id: `r${i}`, rank: i + 1 }))
  const asked = Array.from({ length: 60 }, (_, i) => ({ ...(questions[0] as Question), id: `${i}` }))
  const counts = new Set<number>()
  const read = async (seed: number, found = ranked, weakOf = 200) =>
    retrieveAll({ retrievers: ['strong', 'weak'], passages: [8], weakOf, seed }, asked, async (_, count) => {
      counts.add(count)
      return found.slice(0, count)
    })
  const weak = { retriever: 'weak', passages: 8 } as const
  const [reading, again, other] = [await read(7), await read(7), await read(8)]
  const ranks = (one: typeof reading, passages: number) =>
    asked.map((_, i) => one({ ...weak, passages }, i).map(({ rank }) => rank))
  const drawn = ranks(reading, 8)
  expect(counts).toEqual(new Set([8, 200]))
  expect(ranks(again, 8)).toEqual(drawn)
  expect(ranks(other, 8)).not.toEqual(drawn)
  for (const [i, own] of drawn.entries()) {
    expect(new Set(own).size).toBe(8)
    expect(own).toEqual(own.toSorted((a, b) => a - b))
    expect(own).toEqual(expect.arrayContaining(ranks(reading, 3)[i] ?? []))
  }
  // 480 draws of 200 leave about 17 out; none comes from beyond.
  const seen = new Set(drawn.flat())
  expect(seen.size).toBeGreaterThan(165)
  expect(Math.max(...seen)).toBeLessThanOrEqual(200)
  expect(Math.max(...seen)).toBeGreaterThan(180)
  expect(reading({ retriever: 'strong', passages: 3 }, 5).map(({ rank }) => rank)).toEqual([1, 2, 3])
  const narrow = ranks(await read(7, ranked, 20), 8).flat()
  expect(new Set(narrow)).toEqual(new Set(Array.from({ length: 20 }, (_, i) => i + 1)))
  const few = await read(7, ranked.slice(0, 5))
  expect(few(weak, 0).map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5])
})

test('retrievers stand side by side, each with its own full context, asked once a question', async () => {
  const { cells, pairs, retrieved } = await evaluate({ ks: [8], retrievers: ['strong', 'weak'], passages: [1] })
  expect(cells.map(({ retriever, policy }) => `${retriever} ${policy}`)).toEqual([
    'strong all',
    'strong learned',
    'weak all',
    'weak learned',
  ])
  expect(pairs.map(({ retriever }) => retriever)).toEqual(['strong', 'weak'])
  expect(retrieved).toHaveLength(4)
})

test('a full context longer than the window is a fault before the first question is asked', async () => {
  const long = [{ ...(passages[0] as RetrievedPassage), text: 'Oda Rinn came to Port Vel in 1734. '.repeat(80) }]
  const { retrieved } = await evaluate({ passages: [0] }, questions, long)
  expect(retrieved).toHaveLength(2)
  expect(await faultOf(evaluate({ passages: [1] }, questions, long))).toMatchObject({ code: 'context-too-long' })
})

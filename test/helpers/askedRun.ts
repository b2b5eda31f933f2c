/** A run on the tiny bundle as what-if takes it: two passages, few chunks, answered anew. */
import { ask } from '../../src/main/engine/ask.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import type { AskedRun } from '../../src/main/engine/whatif/restore.ts'
import type { Turn } from '../../src/main/engine/whatif/score.ts'
import type { RetrievedPassage } from '../../src/shared/corpus.ts'
import { Plan, type PlanInput } from '../../src/shared/plan.ts'

const texts = [
  'Kardova lies on the river Selm. The mayor of Kardova is Oda Rinn.',
  'Selm was founded in 1734.\nIt has 48 bridges and two mills.',
]

export const passages: readonly RetrievedPassage[] = texts.map((text, i) => ({
  id: `p${i}`,
  title: '',
  text,
  span: { file: 'towns.txt', lineFrom: 1 + i, lineTo: 1 + i, charFrom: 100 * i, charTo: 100 * i + text.length },
  rank: i + 1,
  score: 1 / (i + 1),
  scores: [],
}))

export const planOf = (input: Partial<PlanInput> = {}): Plan =>
  Plan.parse({
    question: 'Who is the mayor of Kardova?',
    index: 'none',
    k: 8,
    p: 0.3,
    maxTokens: 6,
    target: 'Oda Rinn',
    ...input,
  })

/** Asks with nothing reused from the run before. */
export async function askAfresh(parts: Parts, plan: Plan) {
  parts.held.keys = []
  return ask(parts, plan, async (_, count) => passages.slice(0, count))
}

/** A whole run as it is kept, less what no what-if reads. */
export async function askedRun(parts: Parts, plan: Plan): Promise<AskedRun & Awaited<ReturnType<typeof askAfresh>>> {
  const found = await askAfresh(parts, plan)
  const { passages: read, chunks, tokens } = found
  const bundle = { name: parts.config.name, hash: parts.bundle.hash }
  return {
    ...found,
    id: 'r1',
    plan,
    passages: [...read],
    chunks: [...chunks],
    tokens: [...tokens],
    manifest: { bundle },
  }
}

/** Nobody else wants the decoder. */
export const atOnce: Turn = (work) => work()

/** All that a generator yields. */
export async function allOf<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const all: Event[] = []
  for await (const event of events) all.push(event)
  return all
}

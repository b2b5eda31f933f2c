/** The passages that an arm of QA reads: by the strong or the weak retriever, and how many fit where. */
import type { QaInput, Retriever } from '../../../shared/evaluate.ts'
import type { Question, RetrievedPassage } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import { median } from '../measure/statistics.ts'
import { templatePositions } from '../nets/template.ts'
import type { Parts } from '../parts.ts'
import { stepRandom } from '../train/recipe/tasks.ts'

export type Retrieve = (question: string, count: number) => Promise<readonly RetrievedPassage[]>
/** What an arm reads for the question with an index. */
export type Reading = (arm: { readonly retriever: Retriever; readonly passages: number }, question: number) => Found
type Found = readonly RetrievedPassage[]
type Measuring = Pick<Parts, 'tokenizer' | 'config' | 'ids'>

/** Tokens of the longest answer. */
export const answerTokens = 32

/** Retrieves once for every question and retriever; a weak draw is seeded, and a smaller one is part of a larger. */
export async function retrieveAll(
  { retrievers, passages, weakOf, seed }: Pick<QaInput, 'retrievers' | 'passages' | 'weakOf' | 'seed'>,
  questions: readonly Question[],
  retrieve: Retrieve,
): Promise<Reading> {
  const depth: Readonly<Record<Retriever, number>> = { strong: Math.max(...passages), weak: weakOf }
  const found = new Map<Retriever, Found[]>()
  for (const retriever of retrievers) {
    const own: Found[] = []
    for (const [i, { question }] of questions.entries()) {
      const best = await retrieve(question, depth[retriever])
      own.push(retriever === 'weak' ? stepRandom(seed, i).shuffle(best.slice(0, weakOf)) : best)
    }
    found.set(retriever, own)
  }
  return ({ retriever, passages: count }, question) => {
    const read = (found.get(retriever)?.[question] ?? []).slice(0, count)
    // A weak retriever knows its own order: what it brings stands best first, as a strong one's does.
    return retriever === 'weak' ? read.toSorted((a, b) => a.rank - b.rank) : read
  }
}

/** Positions that full context of these passages takes, the question's included. */
function fullPositions({ tokenizer, ids }: Measuring, { question }: Question, passages: Found): number {
  const context = passages.reduce((sum, { text }) => sum + tokenizer.encode(text).length, 0)
  return context + tokenizer.encode(question).length + templatePositions(ids, passages.length)
}

/** Fault context-too-long where a full context would not fit the decoder's window, before hours were spent on others. */
export function checkRoom(
  parts: Measuring,
  { retrievers, passages }: Pick<QaInput, 'retrievers' | 'passages'>,
  questions: readonly Question[],
  reading: Reading,
): void {
  const { window } = parts.config.decoder
  const most = Math.max(...passages)
  for (const retriever of retrievers)
    for (const [i, question] of questions.entries()) {
      const room = fullPositions(parts, question, reading({ retriever, passages: most }, i)) + answerTokens
      if (room > window)
        throw new Fault(
          'context-too-long',
          `Question ${question.id} with ${most} passages takes ${room} positions in full; the decoder has ${window}.`,
          { remedy: 'Ask for fewer passages.' },
        )
    }
}

/**
 * How many passages full context may read to cost no more than `positions`, by the median over the questions; at least one,
 * where a compressed arm read any, for full context without a passage would be no rival.
 */
export function fittingPassages(
  parts: Measuring,
  arm: { readonly retriever: Retriever; readonly passages: number },
  questions: readonly Question[],
  reading: Reading,
  positions: number,
): number {
  for (let passages = arm.passages; passages > 1; passages--) {
    const taken = questions.map((question, i) => fullPositions(parts, question, reading({ ...arm, passages }, i)))
    if (median(taken) <= positions) return passages
  }
  return Math.min(1, arm.passages)
}

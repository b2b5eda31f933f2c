/** The decoder's input as it is fed, position by position: a separator and the chunks of each passage, then the question in its marks. Pure. */
import type { RetrievedPassage } from '../../shared/corpus.ts'
import type { Marks } from '../../shared/run.ts'
import type { Mark } from './strip.ts'

/** Positions that belong together, in the order in which the decoder is fed them. */
export type FedSlot = {
  /** `start` opens the input, `passage` is the separator before a passage; `ask` and `answer` are the marks about the question. */
  readonly kind: 'start' | 'passage' | 'chunk' | 'ask' | 'question' | 'answer'
  /** Index of its chunk; null for all else. */
  readonly index: number | null
  /** Position id of the first, from 0, and how many there are. */
  readonly from: number
  readonly positions: number
  readonly expanded: boolean
  readonly forced: boolean
}

/** The template of bundles made whole: a token each, and none before all else. */
const usual: Marks = { start: 0, passage: 1, question: 1, answer: 1 }

/** `questionTokens` null leaves the question out, where how long it is has not been told yet. */
export function fedOf(
  passages: readonly Pick<RetrievedPassage, 'id'>[],
  marks: readonly Pick<Mark, 'chunk' | 'expanded' | 'forced'>[],
  questionTokens: number | null,
  template: Marks = usual,
): readonly FedSlot[] {
  const byPassage = Map.groupBy(marks, ({ chunk }) => chunk.passage)
  const slots: FedSlot[] = []
  let from = 0
  const put = (kind: FedSlot['kind'], positions: number, own: Partial<FedSlot> = {}): void => {
    if (positions === 0) return
    slots.push({ kind, index: null, from, positions, expanded: true, forced: false, ...own })
    from += positions
  }
  put('start', template.start)
  for (const { id } of passages) {
    put('passage', template.passage)
    for (const { chunk, expanded, forced } of byPassage.get(id) ?? []) {
      put('chunk', expanded ? chunk.tokens : 1, { index: chunk.index, expanded, forced: forced !== null })
    }
  }
  if (questionTokens === null) return slots
  put('ask', template.question)
  put('question', questionTokens)
  put('answer', template.answer)
  return slots
}

/** How many positions there are in all. */
export function positionsOf(slots: readonly FedSlot[]): number {
  const last = slots.at(-1)
  return last === undefined ? 0 : last.from + last.positions
}

/** A question as text for servers that take nothing else: the expanded chunks as they stand in their passages, gaps marked. */
import type { CutChunk } from '../../compress/passages.ts'

const gap = '[…]'

export type Texts = {
  readonly passages: readonly { readonly id: string }[]
  readonly chunks: readonly CutChunk[]
  readonly expanded: readonly boolean[]
  readonly question: string
}

/** What is sent: passages that have an expanded chunk, numbered in their order, then the question. */
export function promptOf({ passages, chunks, expanded, question }: Texts): string {
  const texts = passages.flatMap(
    ({ id }) =>
      textOf(
        chunks.filter(({ passage }) => passage === id),
        expanded,
      ) ?? [],
  )
  if (texts.length === 0) return `Answer the question in a few words.\n\nQuestion: ${question}`
  const numbered = texts.map((text, at) => `[${at + 1}] ${text}`)
  return `Answer the question from the passages in a few words. ${gap} marks what was left out.\n\n${numbered.join('\n\n')}\n\nQuestion: ${question}`
}

/** The expanded chunks of a passage; null where there is none. */
function textOf(chunks: readonly CutChunk[], expanded: readonly boolean[]): string | null {
  if (!chunks.some(({ index }) => expanded[index])) return null
  const parts = chunks.map((chunk) => (expanded[chunk.index] === true ? chunk.text : null))
  return parts
    .flatMap((text, at) => (text !== null ? [text] : at > 0 && parts[at - 1] === null ? [] : [` ${gap} `]))
    .join('')
    .trim()
}

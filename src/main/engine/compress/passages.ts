/** Passages to chunks: k decoder tokens each, with the characters of the source that each stands for. */
import type { RetrievedPassage, Span } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { chunkRanges } from './chunk.ts'

/** A chunk before it is compressed. */
export type CutChunk = {
  readonly index: number
  readonly passage: string
  readonly tokens: Int32Array
  readonly text: string
  readonly span: Span
}

/** The source span of characters [from, to) of a passage. */
function spanOf(passage: RetrievedPassage, from: number, to: number): Span {
  const lines = (text: string): number => text.split('\n').length - 1
  const lineFrom = passage.span.lineFrom + lines(passage.text.slice(0, from))
  const exact = passage.span.charTo - passage.span.charFrom === passage.text.length
  return {
    ...passage.span,
    lineFrom: Math.min(lineFrom, passage.span.lineTo),
    lineTo: Math.min(lineFrom + lines(passage.text.slice(from, to)), passage.span.lineTo),
    // Where a field was unescaped, its characters are not the file's: the whole record is named.
    charFrom: exact ? passage.span.charFrom + from : passage.span.charFrom,
    charTo: exact ? passage.span.charFrom + to : passage.span.charTo,
  }
}

/** Fault k-unsupported for a k that the encoder was not trained for. */
export function checkK(k: number, ks: readonly number[]): void {
  if (!ks.includes(k))
    throw new Fault('k-unsupported', `This bundle's encoder does not support k = ${k}.`, {
      remedy: `Choose k from ${ks.join(', ')}.`,
    })
}

/** Cuts passages in order, k tokens a chunk. */
export function cutPassages(
  passages: readonly RetrievedPassage[],
  k: number,
  tokenizer: Pick<Tokenizer, 'offsets'>,
): readonly CutChunk[] {
  const chunks: CutChunk[] = []
  for (const passage of passages) {
    const { ids, starts, ends } = tokenizer.offsets(passage.text)
    for (const { from, to } of chunkRanges(ids.length, k)) {
      const [charFrom, charTo] = [starts[from] as number, ends[to - 1] as number]
      chunks.push({
        index: chunks.length,
        passage: passage.id,
        tokens: ids.subarray(from, to),
        text: passage.text.slice(charFrom, charTo),
        span: spanOf(passage, charFrom, charTo),
      })
    }
  }
  return chunks
}

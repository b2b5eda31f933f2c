/** A stretch of a document cut at the boundaries of its passages and chunks, ready to be laid out. Pure. */
import type { DocumentChunks, DocumentText, PlacedPassage } from '../../../shared/documents.ts'
import type { Marked } from '../../state/reader.ts'

/** Characters that stand together: a chunk of a passage, a passage that is not cut, or what no passage holds. */
export type Piece = {
  readonly text: string
  readonly from: number
  readonly passage: PlacedPassage | null
  /** Its chunk, counted from 0 in its passage, with its tokens; null where the chunks are not known. */
  readonly chunk: { readonly at: number; readonly of: number; readonly tokens: number } | null
  readonly first: boolean
  readonly marked: boolean
}

/** The pieces in order; together they are the text, to the character. */
export function piecesOf(
  { text, from, passages }: Pick<DocumentText, 'text' | 'from' | 'passages'>,
  chunks: DocumentChunks | null,
  marked: Marked | null,
): readonly Piece[] {
  const end = from + text.length
  const cuts = new Map(chunks?.passages.map((passage) => [`${passage.id} ${passage.from}`, passage]))
  const pieces: Piece[] = []
  let at = from
  const push = (to: number, piece: Pick<Piece, 'passage' | 'chunk' | 'first'>): void => {
    const [left, right] = [Math.max(at, from), Math.min(to, end)]
    if (right <= left) return
    // What is marked may begin in the middle of a chunk.
    for (const [low, high] of parts(left, right, marked))
      pieces.push({
        ...piece,
        first: piece.first && low === left,
        text: text.slice(low - from, high - from),
        from: low,
        marked: marked !== null && low >= marked.from && high <= marked.to,
      })
    at = right
  }
  for (const passage of passages) {
    push(passage.from, { passage: null, chunk: null, first: false })
    const cut = cuts.get(`${passage.id} ${passage.from}`)
    if (cut === undefined) {
      push(passage.to, { passage, chunk: null, first: at <= passage.from })
      continue
    }
    const { ends, tokens } = cut
    const k = chunks?.k ?? 0
    for (const [i, to] of ends.entries()) {
      const own = i + 1 < ends.length ? k : tokens - k * (ends.length - 1)
      push(to, { passage, chunk: { at: i, of: ends.length, tokens: own }, first: i === 0 })
    }
    push(passage.to, { passage, chunk: null, first: false })
  }
  push(end, { passage: null, chunk: null, first: false })
  return pieces
}

function parts(from: number, to: number, marked: Marked | null): readonly (readonly [number, number])[] {
  const inner = marked === null ? [] : [marked.from, marked.to].filter((edge) => edge > from && edge < to)
  const edges = [from, ...new Set(inner), to]
  return edges.slice(1).map((edge, i) => [edges[i] as number, edge])
}

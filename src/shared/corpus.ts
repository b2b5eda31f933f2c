/** Corpus words: documents, passages, indexes, and what retrieval gives back. */
import * as z from 'zod'

/** Where a text stands in its source file; lines from 1, characters (UTF-16 units) from 0, end exclusive. */
export const Span = z.object({
  file: z.string(),
  lineFrom: z.number().int(),
  lineTo: z.number().int(),
  charFrom: z.number().int(),
  charTo: z.number().int(),
})
export type Span = z.infer<typeof Span>

/** One retrievable text. `text` is exactly the characters of `span`; chunks never cross passages. */
export const Passage = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  span: Span,
  document: z.string().optional().describe('the id that its document bears in the source, where it bears one'),
})
export type Passage = z.infer<typeof Passage>

/** One measured value with its metric's name and the direction that is better. */
export const Score = z.object({ metric: z.string(), value: z.number(), better: z.enum(['higher', 'lower']) })
export type Score = z.infer<typeof Score>

/** A retrieved passage: `score` is the fused score that ranks it, `scores` every raw value behind it. */
export const RetrievedPassage = Passage.extend({ rank: z.number().int(), score: z.number(), scores: z.array(Score) })
export type RetrievedPassage = z.infer<typeof RetrievedPassage>

/** An index on disk, as listed. */
export const IndexInfo = z.object({
  path: z.string(),
  name: z.string(),
  documents: z.number().int(),
  passages: z.number().int(),
  vectors: z.number().int(),
  dimension: z.number().int(),
  embedder: z.string().describe('hash of the embedder weights that made the vectors'),
  made: z.string().describe('ISO time'),
  failures: z.array(z.object({ file: z.string(), reason: z.string(), remedy: z.string() })),
})
export type IndexInfo = z.infer<typeof IndexInfo>

/** A question with its accepted answers and, where known, the ids of the passages that hold them. */
export const Question = z.object({
  id: z.string(),
  question: z.string(),
  answers: z.array(z.string()),
  passages: z.array(z.string()),
})
export type Question = z.infer<typeof Question>

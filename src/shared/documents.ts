/** Documents of an index as a reader shows them: their text, their passages and their chunks, and the health of the index. */
import * as z from 'zod'
import { FormatName, Part, Span } from './corpus.ts'

/** A document: a whole file, or a record of one. */
export const DocumentInfo = z.object({
  number: z.number().int().describe('from 0, in corpus order'),
  title: z.string(),
  id: z.string().optional().describe('the id that it bears in the source'),
  file: z.string(),
  format: FormatName,
  part: Part.optional().describe('the record of its file'),
  characters: z.number().int(),
  passages: z.number().int(),
  bytes: z.number().int().describe('of its file'),
  hash: z.string().describe('SHA-256 of its file when it was read'),
})
export type DocumentInfo = z.infer<typeof DocumentInfo>

/** A page of documents; `total` counts all that were asked for. */
export const DocumentPage = z.object({ total: z.number().int(), documents: z.array(DocumentInfo) })
export type DocumentPage = z.infer<typeof DocumentPage>

/** A passage in its document: characters [from, to) of the document's text are its text. */
export const PlacedPassage = z.object({
  id: z.string(),
  title: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  span: Span,
  repeated: z
    .boolean()
    .describe('the very same text stands earlier in the corpus, and is named by that place in answers'),
})
export type PlacedPassage = z.infer<typeof PlacedPassage>

/** Where a passage stands: in which document, and at which of its characters. */
export const PassagePlace = z.object({ document: z.number().int(), from: z.number().int(), to: z.number().int() })
export type PassagePlace = z.infer<typeof PassagePlace>

/** What of a document is wanted: `count` characters from `from`, or all that one message carries well. */
export const DocumentWindow = z.object({
  path: z.string().describe('folder of the index'),
  document: z.number().int().min(0),
  from: z.number().int().min(0).default(0),
  count: z.number().int().min(1).max(2_000_000).default(200_000),
})
export type DocumentWindow = z.infer<typeof DocumentWindow>

/** A stretch of a document's text, from character `from`, and the passages that reach into it. */
export const DocumentText = z.object({
  document: DocumentInfo,
  from: z.number().int(),
  text: z.string(),
  passages: z.array(PlacedPassage),
})
export type DocumentText = z.infer<typeof DocumentText>

/** The chunks of a passage: the first begins at `from`, each other where the one before it ends. */
export const PassageChunks = z.object({
  id: z.string(),
  from: z.number().int().describe('character of the document at which the passage begins'),
  tokens: z.number().int(),
  ends: z.array(z.number().int()).describe('character of the document at which each chunk ends'),
})
export type PassageChunks = z.infer<typeof PassageChunks>

/** Chunks of k decoder tokens, by the tokenizer of the loaded bundle; chunks never cross passages, the last one is ragged. */
export const DocumentChunks = z.object({
  k: z.number().int(),
  supported: z.boolean().describe("the bundle's encoder takes this k"),
  tokenizer: z.string().describe('hash of the tokenizer'),
  passages: z.array(PassageChunks),
})
export type DocumentChunks = z.infer<typeof DocumentChunks>

/** One thing that must hold of an index; it agrees where `found` is `expected`. */
export const HealthCheck = z.object({
  name: z.enum(['documents', 'passages', 'vectors', 'words', 'placed', 'texts', 'chunks']),
  about: z.string(),
  expected: z.number().int(),
  found: z.number().int(),
})
export type HealthCheck = z.infer<typeof HealthCheck>

/** Whether an index is whole and finds what exact search finds. */
export const IndexHealth = z.object({
  k: z.number().int(),
  counts: z.object({
    sources: z.number().int(),
    documents: z.number().int(),
    passages: z.number().int(),
    chunks: z.number().int().describe('of k tokens'),
    tokens: z.number().int(),
    vectors: z.number().int(),
  }),
  checks: z.array(HealthCheck),
  agree: z.boolean().describe('every check agrees'),
  recallAt10: z.number().describe('share of the 10 exact nearest that the index finds'),
  sample: z.number().int().describe('seeded queries behind the recall'),
  lexical: z.number().int().describe('entries that words are found by'),
  passages: z.number().int(),
  vectors: z.number().int(),
  bytes: z.number().describe('of its files'),
})
export type IndexHealth = z.infer<typeof IndexHealth>

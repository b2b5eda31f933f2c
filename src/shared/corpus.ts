/** Corpus words: documents, passages, indexes, and what retrieval gives back. */
import * as z from 'zod'

/** Ways to read a file. `lines` (a passage a line) and `prose` can be asked for; the others go by the file's extension. */
export const formatNames = [
  'text',
  'lines',
  'prose',
  'markdown',
  'html',
  'pdf',
  'docx',
  'pptx',
  'epub',
  'notebook',
  'csv',
  'tsv',
  'json',
  'jsonl',
  'parquet',
] as const
export const FormatName = z.enum(formatNames)
export type FormatName = z.infer<typeof FormatName>

/** What a column of records can hold. */
export const columnRoles = ['text', 'title', 'id', 'question', 'answer'] as const
export type ColumnRole = (typeof columnRoles)[number]

/** The column of each role, by its name in the file; a role left out is found by the usual names. */
export const ColumnMapping = z.object({
  text: z.string().optional(),
  title: z.string().optional(),
  id: z.string().optional(),
  question: z.string().optional().describe('records with a question make the question set of the index'),
  answer: z.string().optional(),
})
export type ColumnMapping = z.infer<typeof ColumnMapping>

/** How one file is read, where its extension, UTF-8 and the usual column names do not say it. */
export const FileReading = z.object({
  format: FormatName.optional(),
  columns: ColumnMapping.optional(),
  encoding: z.string().optional().describe('where its bytes are not UTF-8: a WHATWG label, as in windows-1252'),
})
export type FileReading = z.infer<typeof FileReading>

/** What an index is built from, and how: `files` says it of single files, by path, before what is said of all. */
export const BuildInput = FileReading.extend({
  paths: z.array(z.string()).min(1).describe('files and folders'),
  out: z.string().optional(),
  name: z.string().optional(),
  files: z.record(z.string(), FileReading).optional(),
  embedder: z.string().optional().describe('an imported embedder by its name; the bundle’s own when left out'),
})
export type BuildInput = z.infer<typeof BuildInput>

/** A numbered part of a source, from 1: what a person turns to before they count lines. */
export const Part = z.object({ unit: z.enum(['page', 'slide', 'cell', 'record']), number: z.number().int() })
export type Part = z.infer<typeof Part>

/**
 * Where a text stands in its source; lines from 1, characters (UTF-16 units) from 0, end exclusive. Characters are those of
 * the file where its format is text (txt, md, csv, tsv, json, jsonl), else those of the text that its reader made. Lines
 * likewise, and from the first of the part where the reader made the text.
 */
export const Span = z.object({
  file: z.string(),
  lineFrom: z.number().int(),
  lineTo: z.number().int(),
  charFrom: z.number().int(),
  charTo: z.number().int(),
  part: Part.optional(),
  section: z.string().optional().describe('the headings above it, outermost first, parted by " › "'),
})
export type Span = z.infer<typeof Span>

/**
 * One retrievable text; chunks never cross passages. `text` is exactly the characters of `span`, but where a record spells it
 * otherwise (escapes, joined columns): then `span` is the whole record's.
 */
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

/** A file that could not be read, and what to do about it. */
export const FileFailure = z.object({ file: z.string(), reason: z.string(), remedy: z.string() })
export type FileFailure = z.infer<typeof FileFailure>

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
  failures: z.array(FileFailure),
  sources: z.number().int().optional().describe('files read into it; unknown of an index made by an older version'),
  repeated: z.number().int().optional().describe('passages left out, the very same text having stood before'),
  questions: z.number().int().optional().describe('in its question set, made of mapped columns'),
  model: z.string().optional().describe('the imported embedder that made the vectors; the bundle’s own when left out'),
  cut: z
    .object({ passages: z.number().int(), window: z.number().int() })
    .optional()
    .describe('passages longer than the window of the embedder in tokens: their ends are in no vector'),
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

/** The review of files and folders before any work starts: what each is, whether it can be read, and what reading it comes to. */
import * as z from 'zod'
import { ColumnMapping, FileReading, FormatName, Part } from './corpus.ts'

/** What is reviewed, read as an index would be built from it. */
export const ReviewInput = FileReading.extend({
  paths: z.array(z.string()).min(1).describe('files and folders'),
  files: z
    .record(z.string(), FileReading)
    .optional()
    .describe('how single files are read, by path, before what is said of all'),
  seconds: z
    .number()
    .min(0)
    .default(20)
    .describe('files are read through for this long; those left then are looked at and estimated'),
})
export type ReviewInput = z.infer<typeof ReviewInput>

/** The first records of a file as text, long values cut short. */
export const TablePreview = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())).describe('a cell a column'),
  records: z.number().int().nullable().describe('null where only reading all of the file would tell'),
  mapping: ColumnMapping.describe(
    'as it will be read; text left out: column by column (csv, tsv, parquet), or not at all',
  ),
})
export type TablePreview = z.infer<typeof TablePreview>

/** What reading a file comes to, exactly. */
export const TextCounts = z.object({
  documents: z.number().int(),
  passages: z.number().int(),
  characters: z.number().int(),
  questions: z.number().int(),
  parts: z
    .object({ unit: Part.shape.unit, count: z.number().int() })
    .nullable()
    .describe('pages, slides or cells with text'),
})
export type TextCounts = z.infer<typeof TextCounts>

export const ReviewedFile = z.object({
  file: z.string(),
  name: z.string().describe('its path below what was dropped'),
  format: FormatName.nullable().describe('null where there is no reader for it'),
  bytes: z.number().int(),
  hash: z.string().nullable().describe('SHA-256; null where the file is not read at all'),
  duplicateOf: z.string().nullable().describe('an earlier file of the review with the very same bytes'),
  fault: z
    .object({ code: z.string(), reason: z.string(), remedy: z.string() })
    .nullable()
    .describe('why it cannot be read, and what to do'),
  text: TextCounts.nullable().describe('null where it cannot be read, or time was up before it was'),
  table: TablePreview.nullable().describe('for records'),
})
export type ReviewedFile = z.infer<typeof ReviewedFile>

/** What building the index will take, by what it rests on. */
export const Estimate = z.object({
  passages: z.number().int(),
  exact: z
    .boolean()
    .describe('every file was read through; else those that were not are taken to be like the others of their format'),
  seconds: z.number().nullable().describe('reading and embedding; null where no bundle is loaded'),
  bytes: z.number().describe('on disk'),
  sample: z.number().int().describe('passages embedded to time it'),
})
export type Estimate = z.infer<typeof Estimate>

/** Files in the order of reading. `estimate` leaves out duplicates and what cannot be read; null where nothing is left. */
export const Review = z.object({ files: z.array(ReviewedFile), estimate: Estimate.nullable() })
export type Review = z.infer<typeof Review>

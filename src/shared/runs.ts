/** Kept runs as they are listed, and what a person writes on them. */
import * as z from 'zod'
import { PolicyName } from './plan.ts'
import { Run } from './run.ts'

/** As many tags as a run can carry. */
export const mostTags = 20

/** What a person writes on a run; the run itself is never changed. */
export const RunMarks = z.object({
  star: z.boolean(),
  tags: z.array(z.string().trim().min(1).max(40)).max(mostTags),
  note: z.string().max(4000),
})
export type RunMarks = z.infer<typeof RunMarks>

/** A run as listed: its settings and its figures. */
export const RunSummary = RunMarks.extend({
  id: z.string(),
  time: z.string().describe('ISO time at which it ended'),
  question: z.string(),
  answer: z.string(),
  gold: z.string().nullable().describe('the gold answer that came with the plan'),
  index: z.string().describe('folder of the index'),
  bundle: z.string(),
  passages: z.number().int().describe('K'),
  k: z.number(),
  p: z.number(),
  policy: PolicyName,
  overrides: z.number().int().describe('chunks forced by hand'),
  seed: z.number().int(),
  chunks: z.number().int().describe('L'),
  expanded: z.number().int(),
  contextTokens: z.number().int().describe('s'),
  positions: z.number().int().describe('fed to the decoder in the prefill'),
  reusedPositions: z.number().int().describe('of those, taken from the KV cache of the run before'),
  ttftMs: z.number(),
  ttitMs: z.number().nullable(),
  totalMs: z.number(),
  logPerplexity: z.number().nullable().describe('nats a token of the gold answer'),
  exactMatch: z.boolean().nullable(),
  f1: z.number().nullable(),
})
export type RunSummary = z.infer<typeof RunSummary>

/** A kept run, whole, with what was written on it. */
export const KeptRun = z.object({ run: Run, marks: RunMarks })
export type KeptRun = z.infer<typeof KeptRun>

/** As many runs as a list can ask for at once. */
export const mostListed = 20_000

const ids = z.array(z.string()).min(1).max(mostListed)
export const RunIds = z.object({ ids })
/** Marks to write; those left out stay. */
export const MarksChange = RunMarks.partial()
export type MarksChange = z.infer<typeof MarksChange>
export const MarkRuns = z.object({ ids, marks: MarksChange })

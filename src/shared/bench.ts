/** Words of timing: TTFT rows, training speed. */
import * as z from 'zod'

/** One row of `bench ttft`: medians over `n` interleaved repeats, with quartiles. Times in milliseconds. */
export const TtftRow = z.object({
  arch: z.string(),
  context: z.number().int().describe('s: context tokens'),
  k: z.number().int(),
  p: z.number(),
  cached: z.boolean(),
  n: z.number().int(),
  positions: z.number().int().describe('fed to the decoder in the prefill, those of the question included'),
  fullMs: z.number(),
  fullQuartiles: z.tuple([z.number(), z.number()]),
  refragMs: z.number(),
  refragQuartiles: z.tuple([z.number(), z.number()]),
  speedup: z.number().describe('fullMs / refragMs'),
  bound: z.number().describe('ratio of the operation counts'),
  boundShare: z.number().describe('speedup / bound'),
  encodeMs: z.number().nullable().describe('encoder and projector; null when cached'),
  refragTokensPerSecond: z.number().nullable().describe('decode throughput after the prefill'),
})
export type TtftRow = z.infer<typeof TtftRow>

export const TtftInput = z.object({
  arch: z.string().default('refrag-mini').describe('refrag-mini, or the name of a random-weight shape'),
  contexts: z.array(z.number().int().min(1)).min(1),
  ks: z.array(z.number().int()).min(1),
  ps: z.array(z.number()).min(1).default([0]),
  cached: z.enum(['cached', 'uncached', 'both']).default('both'),
  repeats: z.number().int().min(1).default(3),
  seed: z.number().int().default(7),
  secondsLimit: z.number().optional().describe('stop with what there is after this long'),
})
export type TtftInput = z.infer<typeof TtftInput>

export const TrainSpeed = z.object({
  tokensPerSecond: z.number(),
  quartiles: z.tuple([z.number(), z.number()]),
  parameters: z.number().int(),
  steps: z.number().int(),
  batch: z.number().int(),
  length: z.number().int(),
  threads: z.number().int(),
  firstLoss: z.number(),
  lastLoss: z.number(),
})
export type TrainSpeed = z.infer<typeof TrainSpeed>

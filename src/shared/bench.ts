/** Words of timing: TTFT rows, training speed. */
import * as z from 'zod'
import { TtftArm, TtftRest } from './latency.ts'

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
  fullSamples: z.array(z.number()).describe('milliseconds of every repeat; the arms were interleaved'),
  refragSamples: z.array(z.number()),
  speedup: z.number().describe('fullMs / refragMs'),
  bound: z.number().describe('ratio of the operation counts'),
  boundShare: z.number().describe('speedup / bound'),
  encodeMs: z.number().nullable().describe('encoder and projector; null when cached'),
  refragTokensPerSecond: z.number().nullable().describe('decode throughput after the prefill'),
  batch: z.number().int().describe('questions answered together; times are of all of them, positions of each'),
  output: z.number().int().describe('o: output tokens'),
  full: TtftArm,
  refrag: TtftArm,
  rest: TtftRest.describe('what stands between the speed-up and its bound'),
  paper: z
    .number()
    .nullable()
    .describe("the paper's speed-up at this context and k (7B, A100); null where it has none"),
  disturbed: z.array(z.string()).describe('what else was going on while it was measured; empty when nothing was seen'),
})
export type TtftRow = z.infer<typeof TtftRow>

export const TtftInput = z.object({
  arch: z.string().default('refrag-mini').describe('refrag-mini, or the name of a random-weight shape'),
  contexts: z.array(z.number().int().min(1)).min(1),
  ks: z.array(z.number().int()).min(1),
  ps: z.array(z.number()).min(1).default([0]),
  cached: z.enum(['cached', 'uncached', 'both']).default('both'),
  repeats: z.number().int().min(1).default(3),
  batch: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('questions answered together, each with a context of its own'),
  seed: z.number().int().default(7),
  output: z.number().int().min(1).default(16).describe('o: output tokens, the first included'),
  memory: z.boolean().default(false).describe('also weigh each arm, in a process of its own'),
  secondsLimit: z.number().optional().describe('stop with what there is after this long'),
})
export type TtftInput = z.infer<typeof TtftInput>

export const Spread = z.object({ median: z.number(), quartiles: z.tuple([z.number(), z.number()]) })
export type Spread = z.infer<typeof Spread>

/** Milliseconds of a step by phase, from three graphs run in turn; each difference is of one round. */
export const TrainPhases = z.object({
  rounds: z.number().int(),
  forward: Spread.describe('the graph of the loss alone'),
  backward: Spread.describe('the graph of loss and gradient, less forward'),
  optimizer: Spread.describe('the graph of the whole step, less that of loss and gradient'),
  step: Spread.describe('the graph of the whole step: not the sum of the medians above'),
  host: Spread.describe("part of step: what it took beyond the runtime's own time, under the runtime's trace"),
})
export type TrainPhases = z.infer<typeof TrainPhases>

/** The same step in PyTorch. */
export const TorchSpeed = z.object({
  version: z.string(),
  threads: z.number().int(),
  parameters: z.number().int(),
  tokensPerSecond: z.number(),
  quartiles: z.tuple([z.number(), z.number()]),
  firstLoss: z.number(),
  lastLoss: z.number(),
})
export type TorchSpeed = z.infer<typeof TorchSpeed>

/** Training speed at one length. */
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
  phases: TrainPhases,
  torch: TorchSpeed.nullable().describe('run between two runs of ours'),
  torchNote: z.string().nullable().describe('why torch is null'),
  again: z.number().nullable().describe('tokens a second of the run after PyTorch'),
  ratio: z.number().nullable().describe("mean of our two runs over PyTorch's"),
})
export type TrainSpeed = z.infer<typeof TrainSpeed>

export const TrainSpeedInput = z.object({
  steps: z.number().int().min(1).default(20),
  lengths: z.array(z.number().int().min(2)).min(1).default([256]).describe('positions a step stay about 2,048'),
  recompute: z.boolean().default(false),
  seed: z.number().int().default(7),
})
export type TrainSpeedInput = z.infer<typeof TrainSpeedInput>

/** Peak memory of training at one length, batch 1, in a process of its own; numbers are null where it did not fit. */
export const TrainMemory = z.object({
  length: z.number().int(),
  recompute: z.boolean(),
  peakMiB: z.number().nullable().describe('resident at its peak'),
  baseMiB: z
    .number()
    .nullable()
    .describe('resident before the first step at this length, weights and moments included'),
  stepSeconds: z.number().nullable(),
  loss: z.number().nullable().describe('of the first step: the same with and without recomputation'),
  gradientNorm: z.number().nullable(),
  note: z.string().nullable(),
})
export type TrainMemory = z.infer<typeof TrainMemory>

export const TrainMemoryInput = z.object({
  steps: z.number().int().min(1).default(2),
  lengths: z.array(z.number().int().min(2)).min(1).default([512, 1024, 2048, 4096]),
  seed: z.number().int().default(7),
})
export type TrainMemoryInput = z.infer<typeof TrainMemoryInput>

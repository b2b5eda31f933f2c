/** Words of latency: what an arm of `bench ttft` took and held, and the paper's latency model fitted to this machine. */
import * as z from 'zod'

const quartiles = z.tuple([z.number(), z.number()])

/** Milliseconds of TTFT by phase, medians; `other` is what no phase explains. */
export const TtftPhases = z.object({
  retrieve: z.number().nullable().describe('null: this measurement draws its context and uses no index'),
  select: z.number().describe('chunks cut and those to expand drawn at random'),
  lookUp: z.number().describe('chunk embeddings looked for in the cache, their keys hashed'),
  encode: z.number(),
  project: z.number(),
  layout: z.number(),
  prefill: z.number(),
  sample: z.number().describe('the first token from its logits'),
  other: z.number(),
})
export type TtftPhases = z.infer<typeof TtftPhases>

/** Memory of one arm, measured in a process of its own; numbers are null where it did not fit, and the note says why. */
export const ArmMemory = z.object({
  peakMiB: z.number().nullable().describe('resident at its peak'),
  baseMiB: z
    .number()
    .nullable()
    .describe(
      'resident before the question: weights, runtime, and where cached the chunk embeddings and what making them left',
    ),
  kvBytes: z.number().nullable().describe('of the buffers that hold the KV cache, whole blocks of 256 positions'),
  note: z.string().nullable(),
})
export type ArmMemory = z.infer<typeof ArmMemory>

/** One arm of a row. Times in milliseconds, medians over the row's n. */
export const TtftArm = z.object({
  positions: z.number().int().describe('fed to the decoder in the prefill, those of the question included'),
  ttftMs: z.number(),
  ttftQuartiles: quartiles,
  ttitMs: z.number().nullable().describe('each token after the first; null when only one is asked for'),
  ttitQuartiles: quartiles.nullable(),
  tokensPerSecond: z.number().describe('output tokens over TTFT and the tokens after it'),
  phases: TtftPhases,
  kvBytes: z.number().describe('computed: keys and values of every position, the output included, fp32'),
  neededMiB: z.number().describe('computed: KV cache, rows fed and activations of a block, beside the base'),
  memory: ArmMemory.nullable().describe('null: not measured, see --memory'),
})
export type TtftArm = z.infer<typeof TtftArm>

/**
 * Where REFRAG's TTFT goes beyond its operations at the rate of full context's prefill. `idealMs` and the parts add up to
 * the sum of the phases' medians.
 */
export const TtftRest = z.object({
  idealMs: z.number().describe('its operations at the rate of full context'),
  prefillMs: z.number().describe('prefill beyond its own operations: smaller matrices, fixed costs of a run'),
  logitsMs: z.number().describe('part of the prefill: the row of logits, the same in every arm'),
  encodeMs: z.number().describe('encoder and projector beyond their operations'),
  layoutMs: z.number(),
  hostMs: z.number().describe('in JavaScript outside of these: chunks cut and looked up, the first token drawn'),
  copiedBytes: z.number().describe('of results copied out of the runtime for the first token: logits alone'),
})
export type TtftRest = z.infer<typeof TtftRest>

const Predicted = z.object({
  ttftMs: z.number(),
  ttitMs: z.number().nullable(),
  tokensPerSecond: z.number(),
  kvBytes: z.number(),
})

/** One arm under the paper's formulas and as measured. */
export const LatencyModelRow = z.object({
  context: z.number().int(),
  k: z.number().int().nullable().describe('null: full context'),
  p: z.number().nullable(),
  cached: z.boolean().nullable(),
  predicted: Predicted,
  measured: Predicted,
  leftOut: z
    .object({ questionMs: z.number(), encoderMs: z.number() })
    .describe('what the formula knows nothing of: positions of the question, encoder and projector'),
})
export type LatencyModelRow = z.infer<typeof LatencyModelRow>

/** The latency model of the paper (B.4, Tables 6 and 9) with f and m from this machine's full context. */
export const LatencyModel = z.object({
  f: z.number().describe('FLOP/s'),
  m: z.number().nullable().describe('bytes/s; null where one token alone was asked for'),
  bytesPerNumber: z.number().describe('the paper has 2'),
  hidden: z.number().int(),
  layers: z.number().int(),
  parameters: z.number().int(),
  question: z.number().int().describe('tokens of the question'),
  output: z.number().int().describe('o: output tokens'),
  residuals: z
    .object({ contexts: z.array(z.number()), ttft: z.array(z.number()), ttit: z.array(z.number()) })
    .describe('measured over fitted, less 1, for each context in full'),
  rows: z.array(LatencyModelRow),
})
export type LatencyModel = z.infer<typeof LatencyModel>

/** A context, or a part of it, that was not measured. */
export const LeftOut = z.object({ context: z.number().int(), reason: z.string() })
export type LeftOut = z.infer<typeof LeftOut>

/** Claims: statements of the paper tried at the scale of this machine, each with the paper's figure and ours. */
import * as z from 'zod'

/** `cannot tell`: the interval of at least one trial holds the neutral value, and none contradicts. */
export const Verdict = z.enum(['holds', 'does not', 'cannot tell'])
export type Verdict = z.infer<typeof Verdict>

/** What is measured once and serves several claims. */
export const MeasurementName = z.enum(['ttft', 'ppl', 'curriculum', 'reconstruction', 'qa'])
export type MeasurementName = z.infer<typeof MeasurementName>

/** One place where a claim was tried. */
export const ClaimTrial = z.object({
  at: z.string().describe('k, p, tokens or retriever'),
  value: z.number(),
  ci: z.tuple([z.number(), z.number()]).describe('95 % bootstrap interval'),
  n: z.number().int().describe('repeats, texts or questions'),
  verdict: Verdict,
})
export type ClaimTrial = z.infer<typeof ClaimTrial>

export const Claim = z.object({
  name: z.string(),
  statement: z.string(),
  paper: z.string().describe("the paper's own figure, and where it stands"),
  measure: z.string().describe('what a value is, with its unit'),
  neutral: z.number().describe('above it a value speaks for the statement, below it against'),
  source: MeasurementName,
  trials: z.array(ClaimTrial),
  verdict: Verdict.describe('holds: in every trial; does not: one trial at least contradicts'),
})
export type Claim = z.infer<typeof Claim>

export const ClaimScale = z.enum(['quick', 'standard'])
export type ClaimScale = z.infer<typeof ClaimScale>

export const ClaimsInput = z.object({
  out: z.string().describe('folder of the measurements; the same call goes on there'),
  scale: ClaimScale.default('standard').describe('standard takes up to half an hour on two cores, quick a few minutes'),
  only: z.array(MeasurementName).min(1).optional().describe('measurements taken; all when left out'),
  seed: z.number().int().default(7),
})
export type ClaimsInput = z.infer<typeof ClaimsInput>

/** A measurement as it was taken. */
export const Taken = z.object({
  name: MeasurementName,
  seconds: z.number(),
  time: z.string().describe('ISO time of its end'),
  command: z.string().describe('what takes it alone'),
})
export type Taken = z.infer<typeof Taken>

export const ClaimsResult = z.object({
  claims: z.array(Claim),
  measurements: z.array(Taken),
  manifest: z.object({
    scale: ClaimScale,
    seed: z.number().int(),
    bundle: z.object({ name: z.string(), hash: z.string() }),
    version: z.string(),
    onnxruntime: z.string(),
    device: z.string(),
    processor: z.string(),
    threads: z.number().int(),
    memoryBytes: z.number(),
  }),
})
export type ClaimsResult = z.infer<typeof ClaimsResult>

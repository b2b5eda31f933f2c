/** Ablation words: two trainings that differ in one thing, and what each is worth on the same texts (paper Tables 11, 12). */
import * as z from 'zod'
import { TrainEvent, TrainInput } from './train.ts'

/** What one of the two arms goes without. */
export const AblationWhat = z.enum(['curriculum', 'reconstruction'])
export type AblationWhat = z.infer<typeof AblationWhat>

const size = z.number().int().min(1)
const { data, positions, longest, output, stages, schedule, seed, every } = TrainInput.shape

export const AblationInput = z.object({
  what: AblationWhat,
  data,
  held: z.string().optional().describe('text judged on, or "synthetic"; what the data holds out when left out'),
  out: z.string().describe('folder of the runs, the bundles made of them and the figures'),
  k: size.optional().describe('tokens per chunk; the smallest of the bundle when left out'),
  steps: size.default(200).describe('of each arm'),
  before: size.optional().describe('steps of the reconstruction that goes before; as many as an arm has when left out'),
  batch: size
    .default(16)
    .describe('longest contexts a step: an arm that draws shorter ones draws more, as many tokens'),
  positions,
  longest,
  output,
  stages,
  learningRate: z.number().positive().optional().describe("of both arms; the trainer's own when left out"),
  rateBefore: z.number().positive().optional().describe('of the reconstruction that goes before'),
  schedule,
  lengths: z.array(size).default([16, 32, 64]).describe('tokens judged from the first; the whole comes by itself'),
  limit: size.default(50).describe('texts judged'),
  seed,
  every,
})
export type AblationInput = z.infer<typeof AblationInput>

/** `none` reads nothing and `full` every token, both by the decoder that the arms begin with. */
export const AblationArm = z.enum(['none', 'full', 'without', 'with'])
export type AblationArm = z.infer<typeof AblationArm>

const interval = z.tuple([z.number(), z.number()]).describe('95 % bootstrap interval over the texts')

export const AblationRow = z.object({
  what: AblationWhat,
  arm: AblationArm,
  length: z.number().int().describe('tokens judged of each text, from its first'),
  n: z.number().int().describe('texts, the same for every row'),
  tokens: z.number().int().describe('judged in all'),
  logPpl: z.number().describe('mean NLL in nats a token'),
  ci: interval,
})
export type AblationRow = z.infer<typeof AblationRow>

/** The first of `arms` less the second, text by text. */
export const AblationPair = z.object({
  what: AblationWhat,
  arms: z.tuple([AblationArm, AblationArm]),
  length: z.number().int(),
  n: z.number().int(),
  difference: z.number().describe('nats a token; above zero where the second arm foretells better'),
  ci: interval,
})
export type AblationPair = z.infer<typeof AblationPair>

export const AblationResult = z.object({ rows: z.array(AblationRow), pairs: z.array(AblationPair) })
export type AblationResult = z.infer<typeof AblationResult>

/** What a training of an ablation tells as it goes. */
export const AblationTold = z.object({ run: z.string(), event: TrainEvent })
export type AblationTold = z.infer<typeof AblationTold>

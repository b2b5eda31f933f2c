/** Pairing: an imported decoder becomes a bundle, with an encoder and a projector sized to fit it. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
import { jobEvent } from './job.ts'
import { UntrainedPart } from './untrained.ts'

const size = z.number().int().min(1)

/**
 * What stands about question and passages, in a decoder's own words: `plain` nothing, so that a text is gone on with; `question` the
 * words Question and Answer; `chat` its chat template.
 */
export const templateKinds = ['plain', 'question', 'chat'] as const
export const TemplateKind = z.enum(templateKinds)
export type TemplateKind = z.infer<typeof TemplateKind>

export const PairInput = z.object({
  decoder: z.string().min(1).describe('an imported decoder, by its name'),
  encoder: z
    .string()
    .min(1)
    .default('own')
    .describe('an imported encoder or embedder, or `own`: a small one over the decoder’s tokens'),
  ks: z.array(size.max(512)).min(1).default([8, 16]).describe('tokens a chunk that the encoder is for'),
  queries: size.max(64).optional().describe('vectors that the own encoder pools a chunk into'),
  template: TemplateKind.optional().describe('chat where the decoder has a chat template, else question'),
  end: z.string().optional().describe('token that ends a text, where the config names one that the decoder never met'),
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .optional()
    .describe('of the bundle; the decoder’s with “refrag” when left out'),
  out: z.string().optional().describe('its folder; in the workbench’s `bundles` when left out'),
  seed: z.number().int().default(7).describe('of the weights that begin random'),
  dry: z.boolean().default(false).describe('estimates and writes nothing'),
})
export type PairInput = z.infer<typeof PairInput>

/** What one way of training the bundle takes. */
export const PairTraining = z.object({
  way: z.enum(['reconstruct', 'continue, decoder frozen', 'continue, adapters', 'continue, all parts']),
  moves: z.number().int().describe('parameters that move'),
  bytes: z.number().describe('memory: weights, moments, gradients and activations of one micro-batch, by the sizes'),
  secondsAStep: z.number().nullable().describe('median of the steps timed; null where none was'),
  steps: z.number().int().describe('steps timed, after one that compiles'),
  tokensPerSecond: z
    .number()
    .nullable()
    .describe('context and output tokens that a step reads, chunks counted by their tokens'),
  note: z.string().describe('why none was timed; empty where some were'),
})
export type PairTraining = z.infer<typeof PairTraining>

/** What the bundle will be, and what it takes on this machine. Bytes. */
export const PairEstimate = z.object({
  parts: z.array(
    z.object({
      part: z.enum(['decoder', 'encoder', 'projector', 'policy', 'policyQuery', 'embedder']),
      parameters: z.number().int(),
    }),
  ),
  untrained: z.array(UntrainedPart),
  disk: z.number().describe('of the bundle'),
  weights: z.number().describe('in memory, when it answers'),
  cacheEach: z.number().describe('of the KV cache, a position'),
  free: z.number().describe('memory that is free now'),
  sample: z.object({ k: size, chunks: size, output: size, sequences: size }).describe('the step that was timed'),
  training: z.array(PairTraining),
  timed: z.string().describe('ISO time at which the ways were timed'),
  notes: z.array(z.string()).describe('what to know of it, a sentence each'),
})
export type PairEstimate = z.infer<typeof PairEstimate>

export const PairResult = z.object({
  estimate: PairEstimate,
  bundle: z
    .object({ name: z.string(), out: z.string(), hash: z.string() })
    .nullable()
    .describe('null where only an estimate was asked for'),
})
export type PairResult = z.infer<typeof PairResult>

/** Texts that a decoder writes by itself: something to train on that it can surely write. */
export const WriteInput = z.object({
  model: z.string().min(1).describe('an imported decoder, by its name'),
  texts: size.default(500),
  out: z.string().min(1).describe('file; texts are parted by lines of <|endoftext|>'),
  tokens: size.default(480).describe('most tokens a text'),
  prompt: z.string().default('').describe('what every text begins with'),
  temperature: z.number().min(0).default(1),
  topP: z.number().min(0).max(1).default(1),
  seed: z.number().int().default(7),
})
export type WriteInput = z.infer<typeof WriteInput>

export const WriteResult = z.object({
  out: z.string(),
  texts: z.number().int().describe('written, the same text once'),
  repeated: z.number().int().describe('left out because the very same came before'),
  tokens: z.number().int(),
  ended: z.number().int().describe('texts that the decoder ended itself'),
  seconds: z.number(),
})
export type WriteResult = z.infer<typeof WriteResult>

export const pairContract = {
  /**
   * Estimates, then makes a bundle of an imported decoder; where the same was estimated since the engine started, nothing is timed again
   * for the making. A partial result is a way to train it, as soon as its steps are timed. Faults
   * model-missing, model-unsupported where one has no tokenizer, bad-input where a bundle stands there already or where what is named
   * as the encoder is a decoder.
   */
  pair: base.input(PairInput).output(eventIterator(jobEvent(PairTraining, PairResult))),
  /** Lets a decoder write texts into a file; a partial result is the first of them. */
  write: base.input(WriteInput).output(eventIterator(jobEvent(z.string(), WriteResult))),
}

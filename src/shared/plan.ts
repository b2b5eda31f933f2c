/** Plans: everything that decides a run. */
import * as z from 'zod'
import { RemoteName } from './remote.ts'

/** The selection policies, in the order in which they are offered; each is described in `engine/sense`. */
export const policyNames = [
  'learned',
  'learned-query',
  'similarity',
  'perplexity-descending',
  'perplexity-ascending',
  'random',
  'all',
  'none',
] as const
export const PolicyName = z.enum(policyNames)
export type PolicyName = z.infer<typeof PolicyName>

/** Chunks forced by hand, by chunk index: they stand whatever the policy says, and count outside p. */
export const Forced = z.object({
  expand: z.array(z.number().int().min(0)).default([]),
  compress: z.array(z.number().int().min(0)).default([]),
})
export type Forced = z.infer<typeof Forced>

/** How an answer is forced to begin: tokens by their ids, exactly, or a text. */
export const AnswerPrefix = z.union([z.array(z.number().int().min(0)), z.string()])
export type AnswerPrefix = z.infer<typeof AnswerPrefix>

/** A plan: one question against one index under one setting. */
export const Plan = z.object({
  question: z.string(),
  index: z.string().describe('folder of the index'),
  passages: z.number().int().min(0).max(200).default(4).describe('K: passages retrieved'),
  k: z.number().int().default(8).describe('tokens per chunk'),
  p: z.number().default(0.25).describe("fraction of chunks expanded: T' = floor(pL)"),
  policy: PolicyName.default('learned'),
  forced: Forced.default({ expand: [], compress: [] }),
  seed: z.number().int().default(7),
  maxTokens: z.number().int().min(1).max(2048).default(32),
  temperature: z.number().min(0).default(0).describe('0 is greedy'),
  topP: z.number().min(0).max(1).default(1),
  topK: z.number().int().min(0).default(0).describe('0 is off'),
  target: z.string().optional().describe('gold answer: its log-perplexity is measured under this plan'),
  prefix: AnswerPrefix.optional().describe('the answer is forced to begin so and goes on from there: a branch'),
  decoder: RemoteName.optional().describe(
    'a confirmed server that decodes; the bundle’s own decoder where it is left out',
  ),
})
export type Plan = z.infer<typeof Plan>
/** True for a plan whose answer was begun for it: what is measured of the answer is that of a branch. */
export function isBranch({ prefix }: Pick<Plan, 'prefix'>): boolean {
  return prefix !== undefined && prefix.length > 0
}

/** A plan as a door sends it: fields with defaults may be left out. */
export type PlanInput = z.input<typeof Plan>

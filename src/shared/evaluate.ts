/** Words of judging: log-perplexity, policies and answers. Every interval is a 95 % bootstrap one, `n` says over how many. */
import * as z from 'zod'
import { WeightName } from './devices.ts'
import { PolicyName, policyNames } from './plan.ts'
import { RemoteName } from './remote.ts'

const Interval = z.tuple([z.number(), z.number()])

/** One row of `eval ppl`: what the tokens after a context cost under one condition; k, p and policy are null where they mean nothing. */
export const PplRow = z.object({
  set: z.string(),
  condition: z
    .enum(['none', 'full', 'truncated', 'matched', 'refrag'])
    .describe('nothing read; all; the last s/k tokens; all, by the baseline continued without compression; chunks'),
  k: z.number().int().nullable(),
  p: z.number().nullable(),
  policy: PolicyName.nullable(),
  n: z.number().int().describe('texts, the same for every row of a set'),
  tokens: z.number().int().describe('foretold in all'),
  logPpl: z.number().describe('mean NLL in nats a token'),
  ci: Interval.describe('over the texts'),
  gapClosed: z
    .number()
    .nullable()
    .describe('(none - this) / (none - the lower of full and matched), paper footnote 2; null without a gap'),
})
export type PplRow = z.infer<typeof PplRow>

/** The gap closed of one row again, with its interval: texts are drawn jointly for all that stands in the ratio. */
export const PplGap = PplRow.pick({
  set: true,
  condition: true,
  k: true,
  p: true,
  policy: true,
  gapClosed: true,
}).extend({ gapCi: Interval.nullable() })
export type PplGap = z.infer<typeof PplGap>

/** Two rows of one set compared text by text; k, p and policy are what both share, null where they part or mean nothing. */
export const PplPair = z.object({
  set: z.string(),
  k: z.number().int().nullable(),
  p: z.number().nullable(),
  policy: PolicyName.nullable(),
  better: z.string().describe('a policy, "k 8", or a condition: the one expected to cost less'),
  worse: z.string(),
  n: z.number().int(),
  difference: z.number().describe('logPpl of worse - logPpl of better, nats a token: above 0 where it is as expected'),
  ci: Interval,
})
export type PplPair = z.infer<typeof PplPair>

/** One condition with the decoder's matrices held smaller, beside f32 on the same texts. */
export const PplCost = PplRow.pick({ set: true, condition: true, k: true, p: true, policy: true, n: true }).extend({
  weights: WeightName,
  f32: z.number().describe('mean NLL in nats a token'),
  logPpl: z.number().describe('the same with these weights'),
  difference: z.number().describe('logPpl - f32, nats a token: what it costs'),
  ci: Interval,
  f32Bytes: z.number().describe("of the decoder's weights in f32"),
  bytes: z.number().describe('of the same held so, the f32 table of token embeddings included'),
})
export type PplCost = z.infer<typeof PplCost>

export const PplInput = z.object({
  data: z.array(z.string()).min(1).describe('text or jsonl files, each a set; "synthetic" for unseen sheets'),
  matched: z.string().optional().describe('bundle of the baseline'),
  context: z.number().int().min(1).default(256),
  output: z.number().int().min(1).default(64),
  ks: z.array(z.number().int()).min(1),
  ps: z.array(z.number()).min(1).default([0, 0.1, 0.25]),
  policies: z.array(PolicyName).min(1).default(['learned', 'random']),
  limit: z.number().int().min(1).default(50).describe('texts a set'),
  weights: z
    .array(WeightName.exclude(['f32']))
    .optional()
    .describe('held smaller: each is set beside f32'),
  seed: z.number().int().default(7),
})
export type PplInput = z.infer<typeof PplInput>

/** What `eval policy` judges: the policies that choose, and the leave-one-out oracle. */
export const judgedNames = [
  ...policyNames.filter((name) => name !== 'all' && name !== 'none'),
  'oracle',
] as const satisfies readonly (PolicyName | 'oracle')[]
export const Judged = z.enum(judgedNames)
export type Judged = z.infer<typeof Judged>

/** One row of `eval policy`: one policy's choices of T' chunks, T' at least 1. Means over the same contexts for every row of a k. */
export const PolicyRow = z.object({
  k: z.number().int(),
  p: z.number(),
  policy: Judged,
  n: z.number().int().describe('contexts'),
  chunks: z.number().describe('mean L'),
  picks: z.number().describe("mean T'"),
  gold: z.number().describe('share of the chunks that hold an answer which were expanded'),
  goldCi: Interval,
  precision: z.number().describe('share of the expanded chunks that hold an answer'),
  precisionCi: Interval,
  reward: z.number().describe('mean log-probability of the answers, nats a token'),
  rewardCi: Interval,
  overlap: z
    .number()
    .nullable()
    .describe(
      "share of the oracle's choice that was chosen too; chance has T' / L; null where the oracle is not judged",
    ),
  overlapCi: Interval.nullable(),
  regretN: z
    .number()
    .int()
    .describe("small contexts, of at most 10 chunks and T' at most 2, where every subset was tried"),
  regret: z
    .number()
    .nullable()
    .describe("reward of the best subset of T' chunks - own reward; null without small contexts"),
  regretCi: Interval.nullable(),
})
export type PolicyRow = z.infer<typeof PolicyRow>

/** Two policies compared context by context: `policy` less `against`. */
export const PolicyPair = z.object({
  k: z.number().int(),
  p: z.number(),
  measure: z.enum(['gold', 'precision', 'reward']),
  policy: Judged,
  against: Judged,
  n: z.number().int(),
  difference: z.number(),
  ci: Interval,
})
export type PolicyPair = z.infer<typeof PolicyPair>

export const PolicyInput = z.object({
  ks: z.array(z.number().int()).min(1),
  ps: z.array(z.number()).min(1).default([0.1, 0.25]),
  policies: z
    .array(Judged)
    .min(1)
    .default([...judgedNames]),
  side: z.enum(['valid', 'test']).default('test').describe('entities that no training met'),
  passages: z.number().int().min(1).max(200).default(4),
  questions: z.number().int().min(1).default(1).describe('asked of a context; policies that read a question take one'),
  limit: z.number().int().min(1).default(100).describe('contexts'),
  small: z.number().int().min(0).default(50).describe('small contexts, for the regret'),
  seed: z.number().int().default(7),
})
export type PolicyInput = z.infer<typeof PolicyInput>

/** The retrievers of the paper: the top K, or K drawn at random of the top 200. */
export const Retriever = z.enum(['strong', 'weak'])
export type Retriever = z.infer<typeof Retriever>

/** One cell of `eval qa`: full context is policy `all` with p = 1; no passages at all is the closed-book control. Rates are fractions 0..1. */
export const QaCell = z.object({
  retriever: Retriever,
  passages: z.number().int().describe('K: passages read'),
  k: z.number().int(),
  p: z.number(),
  policy: PolicyName,
  n: z.number().int(),
  em: z.number(),
  emCi: Interval,
  wrong: z.number().describe('answered, but not as any gold answer: 1 - em - formatFailure'),
  formatFailure: z.number().describe('no answer to judge: without a word, or not ended within the tokens allowed'),
  f1: z.number(),
  f1Ci: Interval,
  emGoldRetrieved: z.number().nullable().describe('EM over the questions whose gold passage was retrieved'),
  logPerplexity: z
    .number()
    .nullable()
    .describe('of the gold answer, nats a token; null where a server decoded, which cannot be made to score'),
  recallAtK: z.number().nullable().describe('null where no question names its passages'),
  positions: z.number().describe('fed to the decoder before the answer, those of the question included: median'),
  ttft: z
    .number()
    .describe(
      'milliseconds, retrieval left out, chunk embeddings at hand, no prefix kept here: median; with the network of a server',
    ),
  decoder: z
    .string()
    .optional()
    .describe('the server that answered, in words; the bundle’s own decoder where left out'),
})
export type QaCell = z.infer<typeof QaCell>

/** A compressed cell against full context on the same questions, at equal passages or at equal latency. */
export const QaPair = QaCell.pick({
  retriever: true,
  passages: true,
  k: true,
  p: true,
  policy: true,
  n: true,
  decoder: true,
}).extend({
  equal: z.enum(['passages', 'latency']),
  fullPassages: z
    .number()
    .int()
    .describe(
      'read by full context; at equal latency as many as fit into the positions of the compressed cell, at least 1',
    ),
  difference: z.number().describe('EM of the compressed cell - EM of full context'),
  ci: Interval,
  positions: z.number(),
  fullPositions: z.number(),
  ttft: z.number(),
  fullTtft: z.number(),
})
export type QaPair = z.infer<typeof QaPair>

export const QaInput = z.object({
  index: z.string(),
  questions: z.string().describe('jsonl file'),
  ks: z.array(z.number().int()).min(1),
  ps: z.array(z.number()).min(1),
  policies: z.array(PolicyName).min(1),
  retrievers: z.array(Retriever).min(1).default(['strong']),
  weakOf: z.number().int().min(1).max(1000).default(200).describe('the weak retriever draws from so many, or from all'),
  passages: z.array(z.number().int().min(0).max(200)).min(1).default([4]),
  equal: z.enum(['passages', 'latency']).default('passages').describe('latency: full context at equal latency too'),
  limit: z.number().int().min(1).default(200),
  seed: z.number().int().default(7),
  decoder: RemoteName.optional().describe('a confirmed server that answers; log-perplexity is not measured then'),
})
export type QaInput = z.infer<typeof QaInput>

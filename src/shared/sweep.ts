/** Words of sweeps: a grid over every axis, what each of its cells came to, and a sweep as listed. Times in milliseconds. */
import * as z from 'zod'
import { Spread } from './bench.ts'
import { Retriever } from './evaluate.ts'
import { remedies, type FaultCode } from './fault.ts'
import { PolicyName } from './plan.ts'
import { RemoteName } from './remote.ts'

const Interval = z.tuple([z.number(), z.number()])
const size = z.number().int().min(1)
const FaultName = z.enum(Object.keys(remedies) as [FaultCode, ...FaultCode[]])
const Fault = z.object({ code: FaultName, message: z.string(), remedy: z.string() })

/** What a cell may run on: the CPU alone today. */
export const SweepDevice = z.enum(['cpu'])

/** The axes of a grid; question sets and bundles by the hash of what is in them. */
export const SweepAxes = z.object({
  ks: z.array(size).min(1),
  ps: z.array(z.number()).min(1),
  policies: z.array(PolicyName).min(1),
  passages: z.array(size.max(200)).min(1),
  retrievers: z.array(Retriever).min(1),
  sets: z.array(z.string()).min(1),
  bundles: z.array(z.string()).min(1),
  devices: z.array(SweepDevice).min(1),
})
export type SweepAxes = z.infer<typeof SweepAxes>

/** What a cell holds fixed. Where nothing or everything is expanded the policy has no say: `none` with p 0, `all` with p 1. */
export const SweepPoint = z.object({
  set: z.string().describe('hash of the question set'),
  bundle: z.string().describe('hash of the bundle'),
  device: SweepDevice,
  retriever: Retriever,
  passages: z.number().int().describe('K: passages read'),
  k: z.number().int().nullable().describe('tokens per chunk; null for full context, which has no chunk'),
  p: z.number(),
  policy: PolicyName,
})
export type SweepPoint = z.infer<typeof SweepPoint>

/** Times within TTFT, in the order of the clock; retrieval is left out, chunk embeddings are at hand. */
export const sweepPhases = ['tokenize', 'compress', 'sense', 'layout', 'prefill', 'sample', 'other'] as const

/** What one case came to in a cell; its TTFT is the median of its repeats. */
export const SweepCase = z.object({
  id: z.string().describe('of the question'),
  question: z.string(),
  gold: z.string(),
  answer: z.string(),
  em: z.number(),
  formatFailure: z.boolean().describe('no word, or cut off before its end: not a wrong answer, and no exact match'),
  f1: z.number(),
  logPerplexity: z.number().nullable().describe('of the gold answer, nats a token; null where a server decoded'),
  positions: z.number().int(),
  ttftMs: z.number(),
  ttitMs: z.number().nullable().describe('null where no answer had a second token'),
})
export type SweepCase = z.infer<typeof SweepCase>

export const SweepQuality = z.object({
  n: z.number().int().describe('cases'),
  em: z.number(),
  emCi: Interval,
  formatFailure: z.number().describe('share of the cases without an answer in form; the rest of 1 - em is wrong'),
  f1: z.number(),
  f1Ci: Interval,
  logPerplexity: z.number().nullable().describe('null where a server decoded, which cannot be made to score'),
  logPerplexityCi: Interval.nullable(),
  recall: z.number().nullable().describe('share of the gold passages read; null where no question names any'),
})
export type SweepQuality = z.infer<typeof SweepQuality>

export const SweepTiming = z.object({
  n: z.number().int().describe('asks timed: cases times repeats'),
  ttft: Spread,
  ttit: Spread.nullable().describe('over the cases whose answer had a second token'),
  phases: z.record(z.enum(sweepPhases), z.number()).describe('medians'),
  networkMs: z
    .number()
    .optional()
    .describe(
      'median of what writing, connecting and sending to a server took, within TTFT; left out where none decoded',
    ),
  full: Spread.nullable().describe('TTFT of full context asked in turn with this cell; null where it does not fit'),
  speedup: Spread.nullable().describe('TTFT of full context over that of this cell, ask by ask'),
  positions: z.number().describe('median'),
})
export type SweepTiming = z.infer<typeof SweepTiming>

const Difference = z.object({ difference: z.number(), ci: Interval })

/** This cell less full context on the same questions and passages, case by case. */
export const SweepAgainst = z.object({
  n: z.number().int(),
  em: Difference,
  f1: Difference,
  logPerplexity: Difference.nullable(),
})
export type SweepAgainst = z.infer<typeof SweepAgainst>

/** A cell that was measured, failed, or ran while the machine slept: `invalid`, its times mean nothing. */
export const SweepCell = SweepPoint.extend({
  key: z.string(),
  state: z.enum(['done', 'failed', 'invalid']),
  fault: Fault.nullable().describe('why it failed or is invalid'),
  seconds: z.number().describe('taken in all'),
  quality: SweepQuality.nullable(),
  timing: SweepTiming.nullable(),
  against: SweepAgainst.nullable().describe('null for full context itself, and where that has not been measured'),
  cases: z.array(SweepCase),
})
export type SweepCell = z.infer<typeof SweepCell>

/** What a sweep is asked for. The same call on the same folder goes on; another grid there is measured beside. */
export const SweepInput = z.object({
  index: z.string(),
  questions: z.array(z.string()).min(1).describe('jsonl files, each a set'),
  bundles: z.array(z.string()).default([]).describe('folders; the loaded bundle when empty. It retrieves for all'),
  ks: SweepAxes.shape.ks,
  ps: SweepAxes.shape.ps,
  policies: SweepAxes.shape.policies.default(['learned']),
  passages: SweepAxes.shape.passages.default([4]),
  retrievers: SweepAxes.shape.retrievers.default(['strong']),
  weakOf: size.max(1000).default(200).describe('the weak retriever draws from so many, or from all'),
  devices: SweepAxes.shape.devices.default(['cpu']),
  limit: size.default(50).describe('cases of each set'),
  repeats: size.default(1).describe('asks of a case that are timed'),
  warmups: z.number().int().min(0).default(1).describe('asks before the clock of a cell counts'),
  seed: z.number().int().default(7),
  minutes: z.number().positive().optional().describe('no cell is begun after this long; the one in hand is finished'),
  decoder: RemoteName.optional().describe('a confirmed server that answers; log-perplexity is not measured then'),
  errors: size.default(5).describe('stop when so many cells of this sitting have failed'),
  out: z.string().describe('folder of the sweep'),
})
export type SweepInput = z.infer<typeof SweepInput>

/** A sweep as listed: what it measures, on what, and how far it is. */
export const SweepInfo = z.object({
  id: z.string(),
  input: SweepInput,
  index: z.object({ path: z.string(), name: z.string() }),
  sets: z.array(z.object({ hash: z.string(), name: z.string(), path: z.string(), cases: z.number().int() })),
  bundles: z.array(z.object({ hash: z.string(), name: z.string(), folder: z.string() })),
  grids: z.array(SweepAxes).describe('those asked for so far; the cells are those of all of them'),
  machine: z.object({
    onnxruntime: z.string(),
    device: z.string(),
    threads: z.number().int(),
    node: z.string(),
    decoder: z
      .string()
      .optional()
      .describe('the server that decoded, in words; the bundles’ own decoders where left out'),
  }),
  began: z.string().describe('ISO time'),
  cells: z.number().int(),
  done: z.number().int(),
  failed: z.number().int().describe('failed or invalid: measured again when the sweep goes on'),
  state: z.enum(['running', 'stopped', 'finished', 'failed']),
  fault: Fault.nullable(),
})
export type SweepInfo = z.infer<typeof SweepInfo>

/** What a sweep tells: the cell that is being measured, and each cell as it ends. */
export const SweepTold = z.discriminatedUnion('type', [
  z.object({ type: z.literal('running'), key: z.string() }),
  z.object({ type: z.literal('cell'), cell: SweepCell }),
])
export type SweepTold = z.infer<typeof SweepTold>

export const SweepResult = z.object({
  out: z.string(),
  ended: z.enum(['finished', 'stopped', 'minutes', 'errors']).describe('why it ended'),
  cells: z.number().int(),
  done: z.number().int(),
  failed: z.number().int(),
  pending: z.number().int(),
})
export type SweepResult = z.infer<typeof SweepResult>

/** What a sweep would ask and about how long each ask takes, from a few asks of its first case. */
export const SweepProbe = z.object({
  cases: z.number().int().describe('of all sets together'),
  fullMs: z.number().describe('one ask with its answer under full context'),
  compressedMs: z.number().describe('the same with every chunk compressed, at the smallest k'),
  firstMs: z.number().describe('TTFT of full context'),
})
export type SweepProbe = z.infer<typeof SweepProbe>

/** Training words: what a run is asked for, and what it tells. */
import * as z from 'zod'
import { Score } from './corpus.ts'
import { remedies, type FaultCode } from './fault.ts'

const FaultName = z.enum(Object.keys(remedies) as [FaultCode, ...FaultCode[]])

/** What ended a training, as it is kept with it. */
export const TrainFault = z.object({ code: FaultName, message: z.string(), remedy: z.string() })

/** The trainers, by the names users of the open scripts know. */
export const TrainerName = z.enum(['reconstruct', 'continue', 'mixed', 'lm', 'tune', 'policy', 'embedder'])
export type TrainerName = z.infer<typeof TrainerName>

/**
 * How a policy learns: GRPO (paper A.1), REINFORCE with a baseline, imitation of the leave-one-out oracle, or of where the
 * answers of questions stand.
 */
export const PolicyAlgorithm = z.enum(['grpo', 'reinforce', 'imitate', 'locate'])
export type PolicyAlgorithm = z.infer<typeof PolicyAlgorithm>

/** The parts of a bundle that a run may begin anew. */
export const Part = z.enum(['encoder', 'projector', 'decoder'])
export type Part = z.infer<typeof Part>

const size = z.number().int().min(1)

/** A training run. Kept beside its checkpoint: a run goes on only with the settings it began with. */
export const TrainInput = z.object({
  trainer: TrainerName,
  data: z.array(z.string()).min(1).describe('text or jsonl files, plain or .gz; "synthetic" draws sheets'),
  out: z.string().describe('folder of the run: config, events, checkpoint'),
  corpus: z.string().optional().describe('index or documents that passages of questions without any come from'),
  passages: size.default(4).describe('passages retrieved for such a question'),
  fresh: z
    .array(Part)
    .default([])
    .describe('parts that begin with weights drawn with the seed, not those of the bundle'),
  steps: size.default(200),
  batch: size.default(16).describe('sequences a step'),
  tokens: size.optional().describe('context tokens a step of text, in place of batch: short contexts come in numbers'),
  positions: size.default(2048).describe('most positions of one micro-batch; a step gathers as many as it needs'),
  ks: z.array(size).min(1).optional().describe('tokens per chunk; those of the bundle when left out'),
  p: z.number().min(0).max(1).optional().describe('fraction of chunks kept as tokens'),
  longest: size.default(256).describe('longest context in tokens'),
  output: size.default(64).describe('tokens predicted after the context'),
  stages: size.default(9).describe('stages of the curriculum; 1 mixes all lengths from the start'),
  curriculum: z.boolean().default(true).describe('false draws the longest context alone, from the first step'),
  learningRate: z.number().positive().optional().describe("the trainer's own when left out"),
  schedule: z.enum(['constant', 'linear', 'cosine']).default('cosine'),
  warmup: z.number().min(0).max(1).default(0.04).describe('share of the steps'),
  frozen: z.array(Part).min(1).optional().describe('parts that stay as they are, of those the trainer would move'),
  lora: size.optional().describe("rank of adapters on the decoder's linear layers; the layers themselves then stay"),
  algorithm: PolicyAlgorithm.default('grpo').describe('of the policy trainer'),
  query: z.boolean().default(false).describe('train the query-aware policy, which needs questions'),
  group: z.number().int().min(2).default(4).describe('selections a context of GRPO'),
  recompute: z.boolean().default(false).describe('compute layers again in the backward pass: slower, holds less'),
  patience: size.optional().describe('validations without a better loss before the run ends by itself'),
  seed: z.number().int().default(7),
  every: z
    .object({ log: size.default(10), valid: size.default(50), checkpoint: size.default(50) })
    .default({ log: 10, valid: 50, checkpoint: 50 }),
})
export type TrainInput = z.infer<typeof TrainInput>

/** Values counted in bins: the i-th holds edges[i - 1] <= value < edges[i], the first and the last all that lies beyond. */
export const Histogram = z.object({
  metric: z.string(),
  edges: z.array(z.number()).describe('rising; one fewer than there are bins'),
  groups: z.array(z.object({ name: z.string(), counts: z.array(z.number().int()) })).describe('a count a bin'),
})
export type Histogram = z.infer<typeof Histogram>

/** What a run tells as it goes; one line of its events.jsonl. Losses in nats a token. */
export const TrainEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('step'),
    step: z.number().int(),
    stage: z.string(),
    loss: z.number().describe('mean over about the last fifty steps'),
    stepLoss: z.number().optional().describe('of this step alone'),
    learningRate: z.number(),
    gradientNorm: z.number().describe('before clipping'),
    tokensPerSecond: z.number(),
    scores: z.array(Score).describe('what else the trainer tells of the step'),
  }),
  z.object({
    type: z.literal('valid'),
    step: z.number().int(),
    loss: z.number().describe('the one that is watched'),
    scores: z.array(Score),
    samples: z
      .array(z.object({ name: z.string(), wanted: z.array(z.string()), likeliest: z.array(z.string()) }))
      .describe('a held-out text token by token, and the likeliest at each of its places given all that stood before'),
    histogram: Histogram.optional().describe('of a policy: how its scores lie over the held-out chunks'),
  }),
  z.object({ type: z.literal('saved'), step: z.number().int() }).describe('a checkpoint that was asked for is kept'),
])
export type TrainEvent = z.infer<typeof TrainEvent>

/** One side of the data: what trains, or what is held out. Characters are UTF-16 units. */
const DataSide = z.object({ items: z.number().int(), characters: z.number().int() })

/** What the data of a run holds, and whether what is held out can be met in training. */
export const DataReport = z.object({
  about: z.string().describe('what the data holds, in words'),
  unit: z.enum(['document', 'question', 'sheet']),
  sides: z
    .object({ train: DataSide, valid: DataSide })
    .nullable()
    .describe('null where texts are drawn as they are needed'),
  repeated: z.number().int().describe('left out because the very same came before'),
  leak: z
    .object({
      words: z.number().int().describe('length of a run that counts as shared'),
      shared: z.number().int().describe('held-out items with a run of words that stands in training too'),
      short: z.number().int().describe('held-out items too short for such a run: not checked'),
      first: z
        .object({ held: z.string(), trained: z.string(), run: z.string() })
        .nullable()
        .describe('the first such item, where its run stands in training, and the run'),
    })
    .nullable()
    .describe('null where the two sides are apart by construction'),
})
export type DataReport = z.infer<typeof DataReport>

/** What a dry run found: steps of the very run, spread over its length, taken on weights that stay as they are. */
export const DryRun = z.object({
  data: DataReport,
  steps: z.number().int().describe('steps timed'),
  stepSeconds: z.object({ median: z.number(), low: z.number(), high: z.number() }).describe('low, high: quartiles'),
  tokensPerSecond: z.number(),
  residentBytes: z.object({ before: z.number(), peak: z.number() }).describe("the process's memory"),
  run: z
    .object({
      steps: z.number().int(),
      seconds: z.number().describe('all steps, preparing and validations; checkpoints not counted'),
      preparingSeconds: z.number().describe('compiling the shapes that the timed steps met, once each'),
      validations: z.number().int(),
      validationSeconds: z.number().nullable().describe('of each; null where the trainer has none'),
      checkpoints: z.number().int(),
    })
    .describe('what the whole run will take'),
  scores: z.array(Score).describe('held out, before the first step'),
})
export type DryRun = z.infer<typeof DryRun>

/** A training that a bundle has behind it. */
export const Lineage = z.object({
  from: z.string().describe('hash of the bundle that was trained on'),
  trainer: z.string(),
  steps: z.number().int(),
  data: z.string(),
  seed: z.number().int(),
})
export type Lineage = z.infer<typeof Lineage>

/** A bundle made of a training's checkpoint. */
export const MadeBundle = z.object({
  name: z.string(),
  out: z.string().describe('its folder'),
  hash: z.string(),
  step: z.number().int().describe('of the checkpoint'),
  lineage: z.array(Lineage).describe('oldest first; the last is the training it was made of'),
})
export type MadeBundle = z.infer<typeof MadeBundle>

/** A training as listed: what it began with and how far it is. */
export const TrainingInfo = z.object({
  id: z.string(),
  input: TrainInput,
  bundle: z.string().describe('name of the bundle it began from'),
  data: z.string().describe('what the data held, in words'),
  report: DataReport.nullable().describe('null for trainings begun before reports were kept'),
  began: z.string().describe('ISO time'),
  step: z.number().int().describe('of the last checkpoint'),
  state: z.enum(['running', 'stopped', 'finished', 'failed']),
  fault: TrainFault.nullable(),
  bundles: z.array(MadeBundle).describe('made of it so far, and still there; the latest last'),
})
export type TrainingInfo = z.infer<typeof TrainingInfo>

export const TrainResult = z.object({
  out: z.string(),
  steps: z.number().int(),
  finished: z.boolean().describe('false when it was stopped before its end: the same command goes on'),
  scores: z.array(Score).describe('the last validation'),
})
export type TrainResult = z.infer<typeof TrainResult>

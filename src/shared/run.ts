/** Runs: what a plan gave, and the events that lead to it. */
import * as z from 'zod'
import { RetrievedPassage, Span } from './corpus.ts'
import { DeviceName, WeightName } from './devices.ts'
import { Plan, PolicyName } from './plan.ts'
import { RunDecoder } from './remote.ts'
import { UntrainedPart } from './untrained.ts'

/** The six stages in order; panes, folders and events carry the same names. */
export const stageNames = ['retrieve', 'compress', 'sense', 'expand', 'decode', 'measure'] as const
export const StageName = z.enum(stageNames)
export type StageName = z.infer<typeof StageName>

/** A chunk: at most k decoder tokens of one passage. */
export const Chunk = z.object({
  index: z.number().int().describe('position in context order, from 0'),
  passage: z.string().describe('id of its passage'),
  tokens: z.number().int().describe('token count, at most k; only the last of a passage may be shorter'),
  text: z.string(),
  span: Span,
  cached: z.boolean().describe('its embedding came from the cache'),
})
export type Chunk = z.infer<typeof Chunk>

/** What the policy said of a chunk and what was done with it. */
export const Decision = z.object({
  index: z.number().int(),
  score: z.number().nullable().describe('raw policy score; null where the policy has none'),
  probability: z.number().nullable().describe('softmax over the chunks of the first pick, where the policy is learned'),
  chosen: z.boolean().describe('the policy wanted it expanded'),
  forced: z.enum(['expand', 'compress']).nullable(),
  expanded: z.boolean(),
})
export type Decision = z.infer<typeof Decision>

/** A chunk with its decision: a row of `ask --json`. */
export const RunChunk = Chunk.extend(Decision.shape)
export type RunChunk = z.infer<typeof RunChunk>

/** The policy's scoring, once for all chunks. */
export const Sensed = z.object({
  policy: PolicyName,
  metric: z.string().describe('name of the score'),
  better: z.enum(['higher', 'lower']).describe('direction in which a chunk is expanded first'),
  budget: z.number().int().describe("T' = floor(pL)"),
})
export type Sensed = z.infer<typeof Sensed>

/** A decoded token: natural-log probability, the chosen rank, and the best alternatives. */
export const Token = z.object({
  id: z
    .number()
    .int()
    .nullable()
    .describe('null where a decoder elsewhere sends text alone, maybe several tokens at once'),
  text: z.string(),
  logProb: z.number().nullable().describe('null where a decoder elsewhere does not tell it, and for what it was given'),
  entropy: z.number().nullable().describe('nats; null from a decoder elsewhere, which tells of a few tokens alone'),
  alternatives: z.array(
    z.object({
      id: z.number().int().optional().describe('runs of earlier versions, and servers that are sent text, do not say'),
      text: z.string(),
      logProb: z.number(),
    }),
  ),
  given: z.boolean().optional().describe('of the forced beginning of the answer, not decoded'),
})
export type Token = z.infer<typeof Token>

/** Times in milliseconds. `ttftMs` runs from the question's arrival to the first token in hand and holds all the rest. */
export const Timings = z.object({
  retrieveMs: z.number(),
  tokenizeMs: z.number(),
  compressMs: z.number(),
  senseMs: z.number(),
  layoutMs: z.number(),
  prefillMs: z
    .number()
    .describe('decoded elsewhere: waiting for the first token, the way back and the queue there included'),
  serializeMs: z.number().optional().describe('decoded elsewhere: writing the request'),
  connectMs: z.number().optional().describe('decoded elsewhere: name, connection, encryption'),
  sendMs: z.number().optional().describe('decoded elsewhere: until the last byte was handed to the network'),
  sampleMs: z.number().describe('first sample from the logits of the prefill'),
  otherMs: z.number().describe('what ttftMs holds beyond the phases named: waiting for a turn, opening an index'),
  ttftMs: z.number(),
  ttitMs: z
    .number()
    .nullable()
    .describe('mean time per token after the first; null when only one came, or nobody counted them'),
  decodeMs: z.number(),
  totalMs: z.number(),
  tokensPerSecond: z
    .number()
    .nullable()
    .describe('answer tokens over the whole time, TTFT included; null where nobody counted them'),
})
export type Timings = z.infer<typeof Timings>

/** Positions of the template's pieces: before all else, before each passage, before the question and before the answer. */
export const Marks = z.object({
  start: z.number().int(),
  passage: z.number().int(),
  question: z.number().int(),
  answer: z.number().int(),
})
export type Marks = z.infer<typeof Marks>

export const Counts = z.object({
  contextTokens: z.number().int().describe('s: tokens of the retrieved passages'),
  questionTokens: z.number().int(),
  positions: z
    .number()
    .int()
    .describe(
      'positions fed to the decoder in the prefill, all included; of text sent elsewhere its tokens, by the server’s count, else by the bundle’s tokenizer',
    ),
  reusedPositions: z.number().int().describe('of those, taken from the KV cache of the run before'),
  chunks: z.number().int().describe('L'),
  expanded: z.number().int(),
  cachedChunks: z.number().int(),
  rate: z.number().describe('context tokens over context positions; 1 where text alone was sent'),
  marks: Marks.optional().describe('where they are not one token each without a start, as in bundles made whole'),
})
export type Counts = z.infer<typeof Counts>

export const Quality = z.object({
  logPerplexity: z
    .number()
    .nullable()
    .describe(
      'mean NLL per token of the target, nats; null where the decoder is elsewhere, which cannot be made to score',
    ),
  exactMatch: z.boolean().nullable(),
  f1: z.number().nullable(),
})
export type Quality = z.infer<typeof Quality>

/** Where and with what a run was made. */
export const Manifest = z.object({
  version: z.string(),
  time: z.string(),
  bundle: z.object({
    name: z.string(),
    hash: z.string(),
    untrained: z.array(UntrainedPart).optional().describe('parts with random weights; none when left out'),
  }),
  device: z.string(),
  weights: WeightName.optional().describe('how the decoder held its matrices; runs of earlier versions: f32'),
  fellBack: z
    .object({ from: DeviceName, reason: z.string() })
    .optional()
    .describe('the device that was asked for, and why it was not used'),
  threads: z.number().int(),
  onnxruntime: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  memoryBytes: z.number().optional().describe('of the machine; runs of earlier versions do not say'),
  decoder: RunDecoder.optional().describe(
    'where the answer was decoded, if not here; device and threads are of the rest',
  ),
})
export type Manifest = z.infer<typeof Manifest>

/** A run: immutable and complete. */
export const Run = z.object({
  id: z.string(),
  plan: Plan,
  answer: z.string(),
  stopped: z.enum(['end', 'length', 'cancelled']),
  passages: z.array(RetrievedPassage),
  chunks: z.array(RunChunk),
  sensed: Sensed,
  tokens: z.array(Token),
  timings: Timings,
  counts: Counts,
  quality: Quality,
  manifest: Manifest,
})
export type Run = z.infer<typeof Run>

/** What a run says while it goes; each stage's data comes as soon as it is known. */
export const RunEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stage'), stage: StageName, state: z.enum(['start', 'done']), ms: z.number().nullable() }),
  z.object({ type: z.literal('retrieved'), passages: z.array(RetrievedPassage) }),
  z.object({ type: z.literal('compressed'), chunks: z.array(Chunk) }),
  z.object({ type: z.literal('sensed'), sensed: Sensed, decisions: z.array(Decision) }),
  z.object({ type: z.literal('tokens'), tokens: z.array(Token) }),
  z.object({ type: z.literal('done'), run: Run }),
])
export type RunEvent = z.infer<typeof RunEvent>

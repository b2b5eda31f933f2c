/**
 * Words of what-if: what flipping a chunk, or leaving it out, changes in a kept run. All else stays as the run has it: passages, chunks,
 * every other decision, and the target text. Log-probabilities and NLL in nats; flips are not additive.
 */
import * as z from 'zod'

const index = z.number().int().min(0)
const perToken = z.number().describe('nats a token')

/** The fixed text that is measured: the plan's gold answer with the end behind it, or the tokens of the run's own answer. */
export const Target = z.enum(['gold', 'answer'])
export type Target = z.infer<typeof Target>

const ofRun = {
  run: z.string().describe('id of a kept run, made with the loaded bundle'),
  target: Target.optional().describe('the gold answer where the plan has one, else the answer'),
}
const chunks = z.array(index).min(1).optional().describe('by index; all when left out')

/** What stands before anything is flipped. */
export const WhatIfBase = z.object({
  run: z.string(),
  target: Target,
  text: z.string().describe('of the target'),
  tokens: z.number().int().describe('of the target, its end included'),
  nll: perToken.describe('mean NLL of the target, nats a token'),
  answer: z.string().describe('the greedy answer; the run’s own where its temperature was 0'),
  positions: z.number().int().describe('fed to the decoder in the prefill'),
  prefill: z
    .object({ msPerPosition: z.number(), n: z.number().int() })
    .describe('what one more position costs at this length, from n whole prefills of it and of its first half'),
})
export type WhatIfBase = z.infer<typeof WhatIfBase>

/** How TTFT changes with a flip: nothing but layout, prefill and the first sample does. */
export const DeltaTtft = z.object({
  ms: z.number(),
  kind: z.enum(['measured', 'estimate']).describe('estimate: positions times what one more of them costs'),
  n: z.number().int().describe('pairs of whole prefills, run and flip in turn; of an estimate, the prefills behind it'),
  quartiles: z.tuple([z.number(), z.number()]).nullable().describe('of the differences; null for an estimate'),
})
export type DeltaTtft = z.infer<typeof DeltaTtft>

/** One chunk flipped, all other decisions as in the run. */
export const Flip = z.object({
  index,
  to: z.enum(['expand', 'compress']),
  nll: perToken,
  deltaNll: perToken.describe('NLL flipped less NLL of the run, nats a token: below 0 the target is likelier flipped'),
  deltaPpl: z.number().describe('the same for perplexity, exp(NLL)'),
  answer: z.string().describe('the greedy answer with the chunk flipped'),
  changes: z.boolean().describe('its tokens are not those of the greedy answer of the run'),
  positions: z.number().int(),
  deltaPositions: z.number().int(),
  deltaTtft: DeltaTtft,
  reused: z.number().int().describe('positions taken from the KV cache'),
  ms: z.number().describe('taken by this flip'),
})
export type Flip = z.infer<typeof Flip>

/** A chunk that could not be flipped. */
export const FlipLeft = z.object({ index, reason: z.string() })
export type FlipLeft = z.infer<typeof FlipLeft>

export const FlipsInput = z.object({
  ...ofRun,
  chunks,
  repeats: z.number().int().min(0).max(100).default(0).describe('pairs timed for each flip; 0 estimates TTFT'),
})
export type FlipsInput = z.infer<typeof FlipsInput>
export const FlipTold = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base'), base: WhatIfBase }),
  z.object({ type: z.literal('flip'), flip: Flip }),
  z.object({ type: z.literal('left'), left: FlipLeft }),
])
export type FlipTold = z.infer<typeof FlipTold>
export const FlipsResult = z.object({ base: WhatIfBase, flips: z.array(Flip), left: z.array(FlipLeft) })
export type FlipsResult = z.infer<typeof FlipsResult>

/** One flip of a greedy search, made on top of those before it. */
export const BestStep = z.object({
  index,
  to: z.enum(['expand', 'compress']),
  nll: perToken.describe('with this flip and all before it'),
  gain: perToken.describe('NLL before this flip less NLL after it'),
  deltaNll: perToken.describe('of all flips so far together, against the run'),
  answer: z.string().describe('the greedy answer with all flips so far'),
  positions: z.number().int(),
})
export type BestStep = z.infer<typeof BestStep>

export const BestInput = z.object({ ...ofRun, chunks, most: z.number().int().min(1).max(1000).describe('flips') })
export type BestInput = z.infer<typeof BestInput>
export const BestTold = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base'), base: WhatIfBase }),
  z.object({ type: z.literal('step'), step: BestStep }),
])
export type BestTold = z.infer<typeof BestTold>
export const BestResult = z.object({
  base: WhatIfBase,
  steps: z.array(BestStep),
  ended: z.enum(['most', 'no-gain']).describe('as many flips as asked for, or none of the others lowers the NLL'),
})
export type BestResult = z.infer<typeof BestResult>

/**
 * Shapley values of flipping, from permutations drawn so far: how much each chunk's flip changes the NLL on average when chunks are
 * flipped one after the other in random order. They add up to the change of flipping all at once.
 */
export const ShapleyRound = z.object({
  permutations: z.number().int(),
  together: perToken.describe('NLL with all of these chunks flipped less NLL of the run'),
  values: z.array(
    z.object({
      index,
      mean: perToken,
      ci: z.tuple([z.number(), z.number()]).nullable().describe("95 %, Student's t; null for one permutation"),
    }),
  ),
})
export type ShapleyRound = z.infer<typeof ShapleyRound>

export const ShapleyInput = z.object({
  ...ofRun,
  chunks,
  permutations: z.number().int().min(1).max(100_000),
  seed: z.number().int().default(7),
})
export type ShapleyInput = z.infer<typeof ShapleyInput>
export const ShapleyTold = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base'), base: WhatIfBase }),
  z.object({ type: z.literal('round'), round: ShapleyRound }),
])
export type ShapleyTold = z.infer<typeof ShapleyTold>
export const ShapleyResult = z.object({ base: WhatIfBase, round: ShapleyRound })
export type ShapleyResult = z.infer<typeof ShapleyResult>

/** The target's tokens as the run's context foretells them. */
export const ContributionBase = z.object({
  run: z.string(),
  target: Target,
  nll: perToken,
  tokens: z.array(z.object({ text: z.string(), logProb: z.number() })),
})
export type ContributionBase = z.infer<typeof ContributionBase>

/**
 * A chunk left out: its slots are taken from the decoder's input, and what comes after moves up. Its passage's opening token stays, and
 * so does every other decision.
 */
export const LeftOutChunk = z.object({
  index,
  change: z.array(z.number()).describe('of each token: log-probability with the chunk less without it, nats'),
  deltaNll: perToken.describe('NLL without the chunk less NLL with it: above 0 the target needs it'),
})
export type LeftOutChunk = z.infer<typeof LeftOutChunk>

/** Where one token's foretelling looks: attention from the position that gives its probability, adding up to 1. */
export const AttentionRow = z.object({
  chunks: z.array(z.number()).describe('mass on each chunk, by index: of one slot, or of all its tokens'),
  question: z.number(),
  answer: z.number().describe('on the target’s tokens before it'),
  marks: z.number().describe('on the template’s tokens: passage, question and answer openings'),
})
export type AttentionRow = z.infer<typeof AttentionRow>

export const AttentionMass = z.object({
  layers: z.array(z.number().int()).describe('averaged over'),
  heads: z.array(z.number().int()).describe('averaged over'),
  rows: z.array(AttentionRow).describe('one for each token of the target'),
})
export type AttentionMass = z.infer<typeof AttentionMass>

export const ContributionInput = z.object({
  ...ofRun,
  target: Target.default('answer'),
  chunks,
  layers: z.array(index).min(1).optional().describe('of the decoder, from 0; all when left out'),
  heads: z.array(index).min(1).optional().describe('of each layer, from 0; all when left out'),
})
export type ContributionInput = z.infer<typeof ContributionInput>
export const ContributionTold = z.discriminatedUnion('type', [
  z.object({ type: z.literal('base'), base: ContributionBase }),
  z.object({ type: z.literal('attention'), attention: AttentionMass }),
  z.object({ type: z.literal('leftOut'), leftOut: LeftOutChunk }),
])
export type ContributionTold = z.infer<typeof ContributionTold>
export const ContributionResult = z.object({
  base: ContributionBase,
  attention: AttentionMass,
  leftOut: z.array(LeftOutChunk),
})
export type ContributionResult = z.infer<typeof ContributionResult>

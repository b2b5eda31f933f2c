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

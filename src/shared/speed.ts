/** Speeds: how fast an imported model, or the parts of a bundle, run on a device of this machine. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
import { DeviceName, WeightName } from './devices.ts'
import { jobEvent } from './job.ts'
import { ModelName } from './models.ts'

/** What is timed: an imported model by its name, or a bundle by its folder. */
export const SpeedTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('model'), name: ModelName }),
  z.object({ kind: z.literal('bundle'), folder: z.string().min(1) }),
])
export type SpeedTarget = z.infer<typeof SpeedTarget>

export const SpeedInput = z.object({
  target: SpeedTarget,
  prompt: z
    .number()
    .int()
    .min(32)
    .max(131_072)
    .default(512)
    .describe('positions that a prefill reads, or tokens that an encoder does; at most what its window leaves'),
  tokens: z.number().int().min(2).max(4096).default(16).describe('that a decoder makes, the first included'),
  repeats: z.number().int().min(1).max(1000).default(5).describe('timed, after one that is dropped'),
  device: DeviceName.optional().describe('the one in use when left out'),
  weights: WeightName.optional().describe('how a decoder’s matrices are held; as in use when left out'),
  threads: z.number().int().min(1).max(1024).optional().describe('those in use when left out'),
  seed: z.number().int().default(7).describe('of the tokens, which are drawn at random'),
})
export type SpeedInput = z.input<typeof SpeedInput>

/** A rate a second over `n` repeats. */
export const Rate = z.object({
  median: z.number(),
  quartiles: z.tuple([z.number(), z.number()]),
  n: z.number().int(),
})
export type Rate = z.infer<typeof Rate>

/** What was found at one time, on one device. What a target has not is null. */
export const Speed = z.object({
  prefill: Rate.nullable().describe('tokens a second that a decoder reads'),
  decode: Rate.nullable().describe('tokens a second that it makes after the first'),
  encode: Rate.nullable().describe('chunks a second; of a bundle with the projector'),
  positions: z.number().int().nullable().describe('that a prefill read'),
  tokens: z.number().int().nullable().describe('made, the first included'),
  chunks: z
    .object({ count: z.number().int(), k: z.number().int().describe('tokens each') })
    .nullable()
    .describe('that were encoded together'),
  device: DeviceName,
  weights: WeightName,
  threads: z.number().int(),
  machine: z.string(),
  onnxruntime: z.string(),
  measured: z.string().describe('ISO time'),
  disturbed: z.array(z.string()).describe('what else was going on meanwhile; empty when nothing was seen'),
})
export type Speed = z.infer<typeof Speed>

/** A speed that was kept; `stale` says why it need not hold any more, and is null where nothing speaks against it. */
export const KeptSpeed = Speed.extend({ stale: z.string().nullable() })
export type KeptSpeed = z.infer<typeof KeptSpeed>

export const speedContract = {
  /**
   * Times a model or a bundle alone on the machine, and keeps what was found beside it once it is whole. Faults model-missing,
   * bundle-missing, device-failed, context-too-long, and bad-input where memory does not suffice.
   */
  bench: base.input(SpeedInput).output(eventIterator(jobEvent(z.never(), KeptSpeed))),
  /** What was kept of one, the latest first. */
  speeds: base.input(SpeedTarget).output(z.array(KeptSpeed)),
}

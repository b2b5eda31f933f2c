/** Bundles of this workbench: the one its door was opened with, and those made here; which is loaded, and which is to be. */
import * as z from 'zod'
import { base } from './calls.ts'
import { UntrainedPart } from './untrained.ts'

export const BundleInfo = z.object({
  folder: z.string(),
  name: z.string(),
  hash: z.string().describe('of its list of files; empty where that cannot be read'),
  own: z.boolean().describe('the one that the door was opened with'),
  chosen: z.boolean().describe('the one that the engine loads when it starts'),
  parameters: z.number().int(),
  ks: z.array(z.number().int()),
  window: z.number().int(),
  toy: z.boolean(),
  untrained: z.array(UntrainedPart).optional().describe('parts with random weights; none when left out'),
  decoderElsewhere: z.literal(true).optional().describe('its decoder has no layers here: a server decodes'),
  from: z.string().optional().describe('the imported decoder that it was paired from'),
  damaged: z.string().optional().describe('why it cannot be loaded; left out where nothing is known against it'),
})
export type BundleInfo = z.infer<typeof BundleInfo>

/** A bundle made of another without the layers of its decoder. */
export const LightBundle = z.object({
  name: z.string(),
  out: z.string(),
  hash: z.string(),
  bytes: z.number().int().describe('of its weights on disk'),
  before: z.number().int().describe('the same of the bundle that it was made of'),
})
export type LightBundle = z.infer<typeof LightBundle>

export const LightenBundle = z.object({
  folder: z.string().describe('of the bundle'),
  out: z.string().optional().describe('folder of the new one; in the workbench’s `bundles` when left out'),
  name: z.string().min(1).optional(),
})
export type LightenBundle = z.infer<typeof LightenBundle>

export const bundlesContract = {
  /** The door's own first, then those in the workbench's `bundles` by name. Files are not read through: a hash that differs shows when it is loaded. */
  list: base.output(z.array(BundleInfo)),
  /**
   * Lets the open bundle go out of memory, with the embedders and indexes that are held; what needs it opens it again. Gives the bytes that
   * the process gave back. Fault bad-input while a job runs.
   */
  unload: base.output(z.object({ freedBytes: z.number() })),
  /** Opens the bundle again. Faults bundle-missing and bundle-damaged. */
  load: base.output(z.void()),
  /**
   * Names the bundle that the engine loads from its next start on; null is the door's own. It is read through first: Faults bundle-missing
   * and bundle-damaged, and then nothing is changed. A door opened with another bundle of its own does not heed it.
   */
  choose: base.input(z.object({ folder: z.string().nullable() })).output(z.void()),
  /**
   * Writes a bundle anew with the token embeddings alone of its decoder: for asking where a server decodes. Faults bundle-missing,
   * bundle-damaged, and bad-input where something stands in its place or it has no layers.
   */
  lighten: base.input(LightenBundle).output(LightBundle),
}

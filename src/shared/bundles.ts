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
  from: z.string().optional().describe('the imported decoder that it was paired from'),
  damaged: z.string().optional().describe('why it cannot be loaded; left out where nothing is known against it'),
})
export type BundleInfo = z.infer<typeof BundleInfo>

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
}

/** One arm's memory against the context, run as a process of its own. */
import type { WeightName } from '../../../shared/deviceNames.ts'
import type { RunOn } from '../graph/run.ts'
import { openBundle } from '../store/bundle.ts'
import { openBundled, openRandom } from './arch.ts'
import { forgetPeak, resident } from './resident.ts'
import { drawTokens, prepare, timeOnce, type Arm } from './ttftRun.ts'

export type ArmCell = {
  /** Folder of a bundle; else `arch` names a shape of random weights. */
  readonly bundle: string | null
  readonly arch: string
  readonly arm: Arm | null
  /** Shortest first: memory that a run gave back may stay with the process. */
  readonly contexts: readonly number[]
  readonly batch: number
  readonly output: number
  readonly seed: number
  readonly on: RunOn
  readonly format: WeightName
}

/** Told after each context; memory in MiB. */
export type ArmWeighed = {
  readonly context: number
  readonly peakMiB: number
  readonly baseMiB: number
  readonly kvBytes: number
}

const { bundle, arch, arm, contexts, batch, output, seed, on, format } = JSON.parse(
  process.argv[2] as string,
) as ArmCell
const timed = await (bundle === null
  ? openRandom(arch, seed, { ...on, format, batch })
  : openBundled(await openBundle(bundle), { ...on, format, batch }))
let baseMiB: number | null = null
for (const context of contexts) {
  const tokens = drawTokens(timed.decoder.config.vocabulary, context, seed, batch)
  await prepare(timed, tokens, arm)
  // Only chunk embeddings made ahead belong to the base of a longer context; what a run left behind does not.
  if (baseMiB === null || arm?.cached) baseMiB = resident().now
  forgetPeak()
  await timeOnce(timed, tokens, arm, { seed, output })
  const weighed: ArmWeighed = { context, peakMiB: resident().peak, baseMiB, kvBytes: timed.decoder.cacheBytes() }
  process.send?.(weighed)
}
await timed.close()
process.disconnect?.()

/** What the engine says of itself: versions, device, memory, disk, and the loaded bundle. */
import { statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { deviceLabels } from '../../../shared/deviceNames.ts'
import { contractVersion } from '../../../shared/contract.ts'
import { type Health } from '../../../shared/workbenchContract.ts'
import { runtimeInfo } from '../graph/run.ts'
import { marksOf } from '../nets/template.ts'
import type { Parts } from '../parts.ts'
import { untrainedOf } from '../store/bundle.ts'

export const version = '0.1.0'
/** Threads of every session that is opened from now on. */
export let threads = availableParallelism()

/** Takes the number that the settings name; called once, before the first session. */
export function takeThreads(wanted: number | null): void {
  threads = wanted ?? availableParallelism()
}

/** Health with what is loaded. */
export async function readHealth(
  home: string,
  { bundle, ids, use, format }: Pick<Parts, 'bundle' | 'ids' | 'use' | 'format'>,
): Promise<Health> {
  return {
    contract: contractVersion,
    version,
    home,
    onnxruntime: runtimeInfo().version,
    device: use.label,
    fellBack: use.fellBack && `${deviceLabels[use.fellBack.from]} was asked for: ${use.fellBack.reason}`,
    weights: format,
    threads,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    residentBytes: process.memoryUsage.rss(),
    freeDiskBytes: await freeDisk(home),
    node: process.versions.node,
    bundle: {
      name: bundle.config.name,
      hash: bundle.hash,
      parameters: bundle.parameters,
      ks: bundle.config.ks,
      window: bundle.config.decoder.window,
      toy: bundle.config.toy,
      ...untrainedOf(bundle.config),
      ...marksOf(ids),
    },
  }
}

async function freeDisk(folder: string): Promise<number> {
  const disk = await statfs(folder)
  return disk.bavail * disk.bsize
}

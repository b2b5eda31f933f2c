/** What the engine says of itself: versions, device, memory, disk, and the loaded bundle. */
import { statfs } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { deviceLabels } from '../../../shared/deviceNames.ts'
import { contractVersion } from '../../../shared/contract.ts'
import { type Health } from '../../../shared/workbenchContract.ts'
import { runtimeInfo } from '../graph/run.ts'
import type { Parts } from '../parts.ts'

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
  { bundle, use, format }: Pick<Health, 'bundle'> & Pick<Parts, 'use' | 'format'>,
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
    ...(process.versions['electron'] === undefined ? {} : { bounded: true }),
    bundle,
  }
}

async function freeDisk(folder: string): Promise<number> {
  const disk = await statfs(folder)
  return disk.bavail * disk.bsize
}

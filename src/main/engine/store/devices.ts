/** What probing found, kept in the home until the machine, the runtime or the driver's settings are others. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import { DeviceProbe } from '../../../shared/devices.ts'
import { writeAtomic } from './files.ts'

/** What a finding holds for. */
const Basis = z.object({
  onnxruntime: z.string(),
  machine: z.string(),
  driver: z.record(z.string(), z.string()).describe('environment variables that choose a driver'),
})
export type Basis = z.infer<typeof Basis>

const Kept = z.object({ format: z.literal(1), basis: Basis, probed: z.string(), probes: z.array(DeviceProbe) })
export type KeptProbes = Pick<z.infer<typeof Kept>, 'probed' | 'probes'>

const fileOf = (home: string): string => join(home, 'devices.json')

/** Probes that hold for `basis`; null where there are none, or none that can be read. */
export function readProbes(home: string, basis: Basis): KeptProbes | null {
  try {
    const kept = Kept.parse(JSON.parse(readFileSync(fileOf(home), 'utf8')))
    return isDeepStrictEqual(kept.basis, basis) ? { probed: kept.probed, probes: kept.probes } : null
  } catch {
    // A damaged file is probed anew.
    return null
  }
}

/** Throws Fault disk-full. */
export async function writeProbes(home: string, basis: Basis, kept: KeptProbes): Promise<void> {
  await writeAtomic(fileOf(home), `${JSON.stringify({ format: 1, basis, ...kept }, null, 2)}\n`)
}

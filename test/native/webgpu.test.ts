/** WebGPU on SwiftShader: the numbers of the CPU to 1e-3, the KV cache on the device. Skipped, with the reason, where it cannot run. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DeviceProbe } from '../../src/shared/devices.ts'
import { listedDevices } from '../../src/main/engine/graph/devices.ts'
import { tinyConfig } from '../helpers/tinyBundle.ts'
import { softwareVulkan } from '../helpers/softwareVulkan.ts'

const driver = softwareVulkan()
const why = !listedDevices().includes('webgpu')
  ? 'this build of onnxruntime-node does not list WebGPU'
  : 'reason' in driver
    ? driver.reason
    : null

/** Runs a program under the driver and gives what it printed. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...('env' in driver ? driver.env : {}) }
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', program), ...args], { env })
  const out: Buffer[] = []
  const said: Buffer[] = []
  child.stdout.on('data', (data: Buffer) => out.push(data))
  child.stderr.on('data', (data: Buffer) => said.push(data))
  const ended = await new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)))
  if (ended !== 0) throw new Error(`${program} ended with ${String(ended)}: ${Buffer.concat(said).toString('utf8')}`)
  return Buffer.concat(out).toString('utf8')
}

test.skipIf(why !== null)(
  `the tiny model gives the same logits on WebGPU as on the CPU${why === null ? '' : ` (skipped: ${why})`}`,
  async () => {
    const { probed, gaps, stepBytes } = JSON.parse(await run('test/helpers/deviceLogits.ts', ['webgpu'])) as {
      readonly probed: Pick<DeviceProbe, 'maxAbsDiff' | 'block' | 'half'>
      readonly gaps: Readonly<Record<string, number>>
      readonly stepBytes: readonly number[]
    }
    expect(probed.maxAbsDiff).toBeLessThan(1e-4)
    // SwiftShader does not compute in f16; a GPU that does is held to its rounding.
    expect(Object.keys(gaps)).toHaveLength(probed.half ? 16 : 12)
    // On the CPU products with small weights round what they multiply to 8 bits too; WebGPU's do not.
    for (const [name, gap] of Object.entries(gaps)) {
      const allowed = name.startsWith('int') ? 0.03 : name.startsWith('f16') ? 5e-3 : 1e-3
      expect(gap, name).toBeLessThan(allowed)
    }
    // A row in, a row of logits out: the cache stays where it is.
    const { hidden, vocabulary } = tinyConfig.decoder
    expect(Math.max(...stepBytes)).toBeLessThan(4 * (hidden + vocabulary) + 64)
  },
  300_000,
)

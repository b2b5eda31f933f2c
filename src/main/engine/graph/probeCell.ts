/** One device probed, run as a process of its own: a driver that crashes or hangs takes nothing else with it. */
import type { DeviceName } from '../../../shared/deviceNames.ts'
import { probeDevice } from './probeRun.ts'

/** Electron's utility processes talk by a port, plain ones by a channel. */
const { parentPort } = process as { readonly parentPort?: { readonly postMessage: (message: unknown) => void } }
const asked = JSON.parse(process.argv[2] as string) as { readonly device: DeviceName; readonly threads: number }
await probeDevice(asked, (message) => {
  if (parentPort === undefined) process.send?.(message)
  else parentPort.postMessage(message)
})
process.disconnect?.()

/** Devices as the runtime knows them: which there are, and how a session is opened on each. */
import * as ort from 'onnxruntime-node'
import { deviceNames, type DeviceName } from '../../../shared/deviceNames.ts'

/** The devices that this build of the runtime knows, the CPU first. A listed one may still lack its driver or its libraries. */
export function listedDevices(): readonly DeviceName[] {
  const listed = new Set(ort.listSupportedBackends().map(({ name }) => name))
  return deviceNames.filter((name) => name === 'cpu' || listed.has(name))
}

/** What a session's options take from its device. */
export type DeviceTraits = {
  readonly executionProviders: readonly (string | { readonly name: string })[]
  /**
   * Where results that are fed again lie: `in place` is the host's own memory, written where it stands; `device` is memory of the
   * device, which the binding knows for WebGPU alone, a new buffer a run; `host` is copied to and fro at each run.
   */
  readonly carries: 'in place' | 'device' | 'host'
  /** The runtime's memory pattern, which DirectML cannot have. */
  readonly pattern: boolean
  /** Products that turn their operands are written apart, where the device has no operator for them. */
  readonly plain: boolean
  /** Positions that a prefill runs at a time: an abort is heard between two blocks, and memory stays bounded. */
  readonly block: number
}

const accelerated = (name: DeviceName, more: Partial<DeviceTraits> = {}): DeviceTraits => ({
  // What an operator lacks there runs on the CPU, so that every graph runs.
  executionProviders: [{ name }, 'cpu'],
  carries: 'host',
  pattern: true,
  plain: false,
  // Many small products leave a device idle.
  block: 2048,
  ...more,
})

export const deviceTraits: Readonly<Record<DeviceName, DeviceTraits>> = {
  cpu: { executionProviders: ['cpu'], carries: 'in place', pattern: true, plain: false, block: 512 },
  cuda: accelerated('cuda'),
  dml: accelerated('dml', { pattern: false }),
  coreml: accelerated('coreml', { plain: true }),
  webgpu: accelerated('webgpu', { carries: 'device', plain: true }),
}

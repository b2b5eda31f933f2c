/** The devices of the engine's machine: what probing found, and probing anew. */
import { createStore } from 'zustand/vanilla'
import { deviceLabels } from '../../shared/deviceNames.ts'
import type { DeviceProbe, Devices } from '../../shared/devices.ts'
import type { FaultData } from '../../shared/fault.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { say } from './view.ts'

export type DevicesState = {
  /** Null until the engine has told. */
  readonly known: Devices | null
  readonly probing: JobState
  readonly fault: FaultData | null
}

export const devices = createStore<DevicesState>()(() => ({ known: null, probing: idleJob, fault: null }))

let probing: AbortController | null = null

/** Asks what is known; nothing is probed. */
export async function readDevices(): Promise<void> {
  try {
    devices.setState({ known: await link().devices.read(), fault: null })
  } catch (error) {
    devices.setState({ fault: noteFault('read the devices', error) })
  }
}

/** Probes every device, one by one. */
export async function probeDevices(): Promise<void> {
  if (devices.getState().probing.phase === 'running') return
  const mine = (probing = new AbortController())
  const end = await follow<DeviceProbe, Devices>(
    'probe the devices',
    mine.signal,
    () => link().devices.probe(undefined, { signal: mine.signal }),
    (job) => devices.setState({ probing: job }),
    (probe) => say(`${deviceLabels[probe.device]}: ${probe.works ? 'works' : 'cannot be used'}.`),
  )
  if (end.phase === 'done') devices.setState({ known: end.result, fault: null })
}

export function cancelProbe(): void {
  probing?.abort()
}

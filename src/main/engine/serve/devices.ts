/** The device in use: asked for or the fastest that agrees with the CPU, probed first, and what was fallen back from. */
import { arch, availableParallelism, cpus, platform, release } from 'node:os'
import { deviceLabels, deviceNames, type DeviceName, type WeightName } from '../../../shared/deviceNames.ts'
import { cpuUse, type DeviceProbe, type Devices, type DeviceUse } from '../../../shared/devices.ts'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import { listedDevices } from '../graph/devices.ts'
import { probe, type StartProbe } from '../graph/probe.ts'
import { runtimeInfo } from '../graph/run.ts'
import { readProbes, writeProbes, type Basis, type KeptProbes } from '../store/devices.ts'
import type { KeptSettings } from '../store/settings.ts'
import { threads } from './health.ts'
import type { Lock } from './lock.ts'
import { streamOf } from './stream.ts'

/** What every session is opened with. */
export type Running = {
  readonly threads: number
  readonly arena: boolean
  readonly use: DeviceUse
  readonly format: WeightName
}

export type KeptDevices = {
  /**
   * Settled at first use and for good: sessions that share a cache share its device. A device that was never probed is probed
   * now. Throws Fault device-failed where the door named a device that fails; one that the settings name gives way to the CPU.
   */
  readonly running: () => Promise<Running>
  /** Takes the CPU in place of a device that could not be opened. Throws `fault` where the door named that device. */
  readonly fallBack: (fault: Fault) => Promise<Running>
  /**
   * What one measurement is opened with: as `running`, but for what is named. A device that was never probed is probed now; throws Fault
   * device-failed where it fails, whoever named it.
   */
  readonly runningOn: (
    wanted: Partial<Pick<Running, 'format' | 'threads'>> & { readonly device?: DeviceName },
  ) => Promise<Running>
  /** What findings of this machine hold for. */
  readonly basis: Pick<Basis, 'machine' | 'onnxruntime'>
  readonly read: () => Promise<Devices>
  /** Probes every listed device, one by one, alone on the machine; each finding comes as a partial result. */
  readonly probe: (lock: Lock, signal?: AbortSignal) => AsyncGenerator<JobEvent<DeviceProbe, Devices>>
}

export type DevicesOptions = {
  readonly settings: KeptSettings
  readonly log: (line: string) => void
  /** What the door names, over the settings. */
  readonly device?: string | undefined
  readonly weights?: WeightName | undefined
  readonly startProbe?: StartProbe | undefined
}

/** Environment variables by which a driver is chosen. */
const driverVariables = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES']
/** Tokens that a device is chosen to answer with: a prefill and so many steps. */
const answerTokens = 16

/** Opens what is known of this machine's devices. */
export function openDevices(home: string, options: DevicesOptions): KeptDevices {
  const basis = basisOf()
  const start = options.startProbe === undefined ? {} : { start: options.startProbe }
  let settled: Promise<Running> | null = null
  let use: DeviceUse | null = null

  const wanted = (): DeviceUse['wanted'] =>
    options.device === undefined ? options.settings.read().device : nameOf(options.device)
  const kept = (): KeptProbes | null => readProbes(home, basis)

  /** The finding about one device; it is probed where none is kept, and kept then. */
  async function known(device: DeviceName): Promise<DeviceProbe> {
    const before = kept()
    const found = before?.probes.find((each) => each.device === device)
    if (found) return found
    const made = await probe(device, { threads, ...start })
    await writeProbes(home, basis, { probed: new Date().toISOString(), probes: [...(before?.probes ?? []), made] })
    return made
  }

  /** The CPU in place of `from`; a fault where the door named it. */
  function refuse(from: DeviceName, reason: string): DeviceUse {
    const said = `${deviceLabels[from]} cannot be used: ${reason}`
    if (options.device !== undefined) throw new Fault('device-failed', said)
    options.log(`${said} The CPU is used.`)
    return { ...cpuUse, wanted: wanted(), fellBack: { from, reason } }
  }

  /** How a device holds the decoder: f16 gives way to f32 where nothing computes in it; a fault where the door named it. */
  function heldOn(device: DeviceName): WeightName {
    const asked = options.weights ?? options.settings.read().weights
    if (asked !== 'f16' || halves(device)) return asked
    const fault = noHalves(device)
    if (options.weights !== undefined) throw fault
    options.log(`${fault.message} The decoder is held in f32.`)
    return 'f32'
  }

  /** Whether a device was found to compute in f16. */
  function halves(device: DeviceName): boolean {
    return kept()?.probes.some((each) => each.device === device && each.half) === true
  }

  async function choose(): Promise<DeviceUse> {
    const name = wanted()
    if (name === 'automatic') {
      const probes = kept()?.probes ?? []
      return inUse(fastest(probes), name, probes)
    }
    if (name === 'cpu') return inUse(name, name)
    const found = await known(name)
    return found.works ? inUse(name, name, [found]) : refuse(name, found.reason ?? 'it does not work.')
  }

  /** A device that a measurement names. */
  async function takeOn(name: DeviceName): Promise<DeviceUse> {
    if (name === 'cpu') return inUse(name, name)
    const found = await known(name)
    if (found.works) return inUse(name, name, [found])
    throw new Fault('device-failed', `${deviceLabels[name]} cannot be used: ${found.reason ?? 'it does not work.'}`)
  }

  async function settle(): Promise<Running> {
    use = await choose()
    return { threads, arena: options.settings.read().arena, use, format: heldOn(use.device) }
  }

  function running(): Promise<Running> {
    if (settled === null) {
      const own = settle()
      settled = own
      own.catch(() => (settled = null))
    }
    return settled
  }

  async function read(): Promise<Devices> {
    const now = kept()
    const next = wanted()
    const works = next !== 'automatic' && now?.probes.find(({ device }) => device === next)?.works !== false
    return {
      use: use ?? (await running()).use,
      weights: heldOn((use ?? (await running()).use).device),
      next: next === 'automatic' ? fastest(now?.probes ?? []) : works ? next : 'cpu',
      probes: now === null ? [] : [...now.probes].toSorted((a, b) => orderOf(a) - orderOf(b)),
      probed: now?.probed ?? null,
      onnxruntime: basis.onnxruntime,
      machine: basis.machine,
    }
  }

  return {
    running,
    async fallBack(fault) {
      const before = await running()
      use = refuse(before.use.device, fault.message)
      settled = Promise.resolve({ ...before, use, format: heldOn(use.device) })
      return settled
    },
    runningOn: async ({ device, format: named, threads: wantedThreads }) => {
      const now = await running()
      const taken = device === undefined ? now.use : await takeOn(device)
      if (named === 'f16' && !halves(taken.device)) throw noHalves(taken.device)
      const usual = now.format === 'f16' && !halves(taken.device) ? 'f32' : now.format
      return { ...now, use: taken, format: named ?? usual, threads: wantedThreads ?? now.threads }
    },
    basis: { machine: basis.machine, onnxruntime: basis.onnxruntime },
    read,
    probe: (lock, signal) =>
      streamOf<JobEvent<DeviceProbe, Devices>, Devices>(
        async (emit, stop) => {
          const release = await lock.take(stop)
          try {
            const progress = meter('probe', 'devices', deviceNames.length)
            const probes: DeviceProbe[] = []
            for (const device of deviceNames) {
              emit(progress.at(probes.length, deviceLabels[device]))
              const made = await probe(device, { threads, ...start, signal: stop })
              probes.push(made)
              emit({ type: 'partial', partial: made })
            }
            await writeProbes(home, basis, { probed: new Date().toISOString(), probes })
          } finally {
            release()
          }
          return read()
        },
        (result) => ({ type: 'done', result }),
        signal,
      ),
  }
}

function noHalves(device: DeviceName): Fault {
  return new Fault('bad-input', `${deviceLabels[device]} does not compute in f16.`, {
    remedy: 'Hold the decoder in f32, int8 or int4, or name a device that does: refrag devices.',
  })
}

const orderOf = ({ device }: DeviceProbe): number => deviceNames.indexOf(device)

function inUse(device: DeviceName, wanted: DeviceUse['wanted'], probes: readonly DeviceProbe[] = []): DeviceUse {
  const block = probes.find((each) => each.device === device)?.block ?? null
  return { device, label: deviceLabels[device], block, wanted, fellBack: null }
}

/** The device that a word names. Throws Fault device-failed for a word that names none. */
function nameOf(word: string): DeviceUse['wanted'] {
  const name = [...deviceNames, 'automatic' as const].find((each) => each === word.toLowerCase())
  if (name !== undefined) return name
  throw new Fault('device-failed', `There is no device "${word}".`, {
    remedy: `Name one of ${[...deviceNames, 'automatic'].join(', ')}; this machine can list ${listedDevices().join(', ')}.`,
  })
}

/** Of the devices that agree with the CPU, the one that answers first; the CPU where none is faster, or none was probed. */
export function fastest(probes: readonly DeviceProbe[]): DeviceName {
  const answerMs = ({ times }: DeviceProbe): number =>
    times === null ? Infinity : times.prefillMs + answerTokens * times.stepMs
  const able = probes.filter(({ works }) => works).toSorted((a, b) => answerMs(a) - answerMs(b))
  // Without the CPU's own times there is nothing to be faster than.
  return able.some(({ device }) => device === 'cpu') ? (able[0]?.device ?? 'cpu') : 'cpu'
}

function basisOf(): Basis {
  const set = driverVariables.flatMap((name) => {
    const value = process.env[name]
    return value === undefined || value === '' ? [] : [[name, value] as const]
  })
  return {
    onnxruntime: runtimeInfo().version,
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads, ${platform()} ${release()} ${arch()}`,
    driver: Object.fromEntries(set),
  }
}

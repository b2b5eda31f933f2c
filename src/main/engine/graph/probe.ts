/** Probing devices one by one, each in a process of its own: what a crash, a hang or wrong numbers say of a device, in words. */
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceName } from '../../../shared/deviceNames.ts'
import type { DeviceProbe } from '../../../shared/devices.ts'
import { listedDevices } from './devices.ts'
import { agreement, type ProbeMessage } from './probeRun.ts'

/** A process that probes, whatever starts it. */
export type ProbeProcess = {
  readonly onMessage: (callback: (message: unknown) => void) => void
  /** Called once, with how it ended: an exit code, a signal, or why it could not be started. */
  readonly onExit: (callback: (ending: string) => void) => void
  readonly kill: () => void
}
/** Starts the probe's program; null where this process cannot start another. */
export type StartProbe = (asked: { readonly device: DeviceName; readonly threads: number }) => ProbeProcess | null

export type ProbeOptions = {
  readonly threads: number
  readonly start?: StartProbe
  /** A process that has said nothing for so long hangs. */
  readonly silenceMs?: number
  readonly signal?: AbortSignal
}

const silenceMs = 60_000

const nothing = { maxAbsDiff: null, block: null, half: false, times: null }

/** Probes one device. Never throws for what the device does; an abort throws. */
export function probe(device: DeviceName, options: ProbeOptions): Promise<DeviceProbe> {
  if (!listedDevices().includes(device))
    return Promise.resolve({
      device,
      listed: false,
      works: false,
      reason: 'This build of onnxruntime-node does not know it on this system.',
      ...nothing,
    })
  const child = (options.start ?? forkProbe)({ device, threads: options.threads })
  const failed = (reason: string): DeviceProbe => ({
    device,
    listed: true,
    works: false,
    reason: plain(reason),
    ...nothing,
  })
  if (child === null) return Promise.resolve(failed('No process can be started here to probe it in.'))
  return new Promise((resolve, reject) => {
    let stage = 'starting'
    let maxAbsDiff: number | null = null
    let block: number | null = null
    let half = false
    const settle = (found: DeviceProbe): void => {
      clearTimeout(silence)
      options.signal?.removeEventListener('abort', onAbort)
      resolve(found)
      child.kill()
    }
    const onAbort = (): void => {
      clearTimeout(silence)
      child.kill()
      reject(options.signal?.reason as Error)
    }
    const limit = options.silenceMs ?? silenceMs
    const late = (): void => settle(failed(`It hung: nothing was heard for ${limit / 1000} s while ${stage}.`))
    let silence = setTimeout(late, limit)
    child.onMessage((message) => {
      clearTimeout(silence)
      silence = setTimeout(late, limit)
      const told = message as ProbeMessage
      if (told.type === 'stage') stage = told.stage
      else if (told.type === 'failed') settle(failed(told.reason))
      else if (told.type === 'checked') {
        maxAbsDiff = told.maxAbsDiff
        block = told.block
        half = told.half
        if (maxAbsDiff === null || maxAbsDiff > agreement) settle({ ...failed(sayGap(maxAbsDiff)), maxAbsDiff })
      } else settle({ device, listed: true, works: true, reason: null, maxAbsDiff, block, half, times: told.times })
    })
    child.onExit((ending) => settle(failed(`Its process ended while ${stage}: ${ending}.`)))
    if (options.signal?.aborted === true) onAbort()
    else options.signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** The runtime's words without the place in its sources and the condition that it checked there, as a sentence. */
function plain(reason: string): string {
  const said = reason.trim().replace(/^(.*?: )?\/onnxruntime_src\/.*? was false\. /s, '$1')
  return /[.!?]$/.test(said) ? said : `${said}.`
}

function sayGap(gap: number | null): string {
  return gap === null
    ? 'It gives numbers that are none.'
    : `Its numbers are not the CPU's: logits differ by up to ${gap.toPrecision(2)}, ${agreement} is allowed.`
}

/** The program beside this file: as source, or as the build writes it. */
function findProgram(): string | null {
  const here = import.meta.dirname
  const places = [join(here, 'probeCell.ts'), join(here, 'probeCell.js'), join(here, '..', 'probeCell.js')]
  return places.find((each) => existsSync(each)) ?? null
}

/** Under plain Node. Electron's own binary starts no Node, so that its door does this. */
const forkProbe: StartProbe = (asked) => {
  const program = findProgram()
  if (program === null || process.versions['electron'] !== undefined) return null
  const child = fork(program, [JSON.stringify(asked)], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let said = ''
  child.stderr?.on('data', (text: Buffer) => (said = `${said}${String(text)}`.slice(-600)))
  return {
    onMessage: (callback) => child.on('message', callback),
    onExit: (callback) => {
      child.on('error', (error) => callback(error.message))
      child.on('close', (code, signal) =>
        callback(`${signal ?? `exit code ${code}`}${said === '' ? '' : ` (${said.trim()})`}`),
      )
    },
    kill: () => child.kill('SIGKILL'),
  }
}

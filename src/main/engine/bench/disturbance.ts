/** What else went on while something was timed: sleep, other work, battery. */
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The machine at one moment; times in milliseconds, processor times summed over all processors. */
export type Gauge = {
  readonly wall: number
  /** Stands still while the machine sleeps. */
  readonly monotonic: number
  readonly busy: number
  readonly idle: number
  /** Of `busy`, this process's own. */
  readonly own: number
  /** Null where the system does not say. */
  readonly onBattery: boolean | null
}

/** Reads the machine's state. */
export async function gauge(): Promise<Gauge> {
  const onBattery = await readBattery()
  const times = cpus().map((cpu) => cpu.times)
  const idle = times.reduce((sum, each) => sum + each.idle, 0)
  const all = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0)
  const { user, system } = process.cpuUsage()
  return { wall: Date.now(), monotonic: performance.now(), busy: all, idle, own: (user + system) / 1000, onBattery }
}

/** Others may use this much of the processors before it is told. */
const othersAllowed = 0.1
/** Processors count in steps of 10 ms: less than this many of them says nothing of load. */
const shortestMs = 300
const clockJumpMs = 1000

/** What happened between two moments, in words; empty when nothing was seen. */
export function disturbances(before: Gauge, after: Gauge): string[] {
  const found: string[] = []
  const jump = after.wall - before.wall - (after.monotonic - before.monotonic)
  if (Math.abs(jump) > clockJumpMs) found.push(`the machine slept or its clock was set: ${(jump / 1000).toFixed(0)} s`)
  const [busy, idle] = [after.busy - before.busy, after.idle - before.idle]
  const others = (busy - (after.own - before.own)) / (busy + idle)
  if (after.monotonic - before.monotonic >= shortestMs && others > othersAllowed)
    found.push(`load: other work took ${(100 * others).toFixed(0)} % of the processors`)
  if (before.onBattery === true || after.onBattery === true) found.push('on battery')
  return found
}

const linuxSupplies = '/sys/class/power_supply'

/** Each system's cheap way to say whether it runs on battery; Windows has none. */
async function readBattery(): Promise<boolean | null> {
  try {
    if (process.platform === 'linux') return await discharging(linuxSupplies)
    if (process.platform === 'darwin')
      return (await promisify(execFile)('pmset', ['-g', 'batt'])).stdout.includes("'Battery Power'")
  } catch {
    // A machine that cannot be asked is not said to be on battery.
  }
  return null
}

/** Whether a battery in Linux's folder of power supplies is being emptied; null without any battery. */
export async function discharging(folder: string): Promise<boolean | null> {
  const supplies = await readdir(folder)
  const read = async (supply: string, name: string): Promise<string> =>
    (await readFile(join(folder, supply, name), 'utf8').catch(() => '')).trim()
  const batteries: string[] = []
  for (const supply of supplies)
    if ((await read(supply, 'type')) === 'Battery') batteries.push(await read(supply, 'status'))
  return batteries.length === 0 ? null : batteries.includes('Discharging')
}

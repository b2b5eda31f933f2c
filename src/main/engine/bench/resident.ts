/** Memory of this process, as cells measure it. */
import { readFileSync, writeFileSync } from 'node:fs'

/** Resident memory now and at its peak, in MiB. Where the system does not say, the peak is what the runtime of Node counts. */
export function resident(): { readonly now: number; readonly peak: number } {
  const now = process.memoryUsage.rss() / 2 ** 20
  if (process.platform !== 'linux') return { now, peak: process.resourceUsage().maxRSS / 2 ** 10 }
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return { now, peak: Number(line?.[1]) / 2 ** 10 }
}

/** Lets the peak begin again from what is held now. Elsewhere than on Linux it stays that of the whole process. */
export function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5')
}

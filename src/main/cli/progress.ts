/** The progress bar: one line on stderr when it is a terminal, nothing in a pipe. */
import type { Progress } from '../../shared/job.ts'

type Output = { readonly isTTY?: boolean; readonly columns?: number; readonly write: (text: string) => unknown }

export type Bar = { readonly show: (progress: Progress) => void; readonly clear: () => void }

/** A bar on `output`. */
export function progressBar(output: Output): Bar {
  if (output.isTTY !== true) return { show: () => {}, clear: () => {} }
  let shown = false
  return {
    show: (progress) => {
      output.write(`\r\x1b[K${describeProgress(progress, (output.columns || 80) - 1)}`)
      shown = true
    },
    clear: () => {
      if (shown) output.write('\r\x1b[K')
      shown = false
    },
  }
}

/** One line of at most `width` characters. */
export function describeProgress(progress: Progress, width: number): string {
  const { stage, done, total, unit, perSecond, secondsLeft, note } = progress
  const share = total === null || total === 0 ? null : Math.min(1, done / total)
  const filled = share === null ? 0 : Math.round(share * 20)
  const parts = [
    share === null ? stage : `${stage} ${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${Math.floor(share * 100)} %`,
    total === null ? amount(done, unit) : `${amount(done, unit, total)}/${amount(total, unit)}`,
    ...(perSecond === null ? [] : [`${amount(Math.round(perSecond * 10) / 10, unit === 'bytes' ? unit : '')}/s`]),
    ...(secondsLeft === null ? [] : [`${describeSeconds(secondsLeft)} left`]),
    ...(note === undefined ? [] : [note]),
  ]
  return parts.join('  ').slice(0, width)
}

/** A count with its unit; bytes as megabytes. */
function amount(value: number, unit: string, of?: number): string {
  if (unit !== 'bytes') return of === undefined && unit !== '' ? `${group(value)} ${unit}` : group(value)
  const megabytes = (value / 1e6).toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  return of === undefined ? `${megabytes} MB` : megabytes
}

function group(value: number): string {
  return value.toLocaleString('en-US')
}

function describeSeconds(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** What a dry run found, in lines for a terminal. */
import type { DataReport, DryRun } from '../../shared/train.ts'

const count = (value: number): string => Math.round(value).toLocaleString('en-US')
const many = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`
const megabytes = (bytes: number): string => `${count(bytes / 1e6)} MB`

/** Seconds with the unit that suits their size. */
function time(seconds: number): string {
  if (seconds < 1) return `${(1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0)} ms`
  if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`
  return seconds < 5400 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** The data of a run, and its leak check. */
export function sayData({ about, unit, sides, repeated, leak }: DataReport): string[] {
  if (sides === null || leak === null) return [`data: ${about}`]
  const side = ({ items, characters }: typeof sides.train): string =>
    `${many(items, unit)}, ${many(characters, 'character')}`
  const checked = sides.valid.items - leak.short
  const lines = [
    `data: trains on ${side(sides.train)}; held out ${side(sides.valid)}; ${count(repeated)} repeated and left out`,
    `leaks: ${count(leak.shared)} of ${count(checked)} held-out ${unit}s share a run of ${leak.words} words with one that trains`,
  ]
  if (leak.short > 0) lines.push(`  ${many(leak.short, unit)} too short to check`)
  if (leak.first) lines.push(`  ${leak.first.held} with ${leak.first.trained}: "${leak.first.run}"`)
  return lines
}

/** What steps of the run take, and what the whole of it will. */
export function sayDry({ steps, stepSeconds, tokensPerSecond, residentBytes, run, scores }: DryRun): string[] {
  const { median, low, high } = stepSeconds
  const validations =
    run.validationSeconds === null
      ? 'it has no validations'
      : `${many(run.validations, 'validation')} of ${time(run.validationSeconds)} counted`
  return [
    `step: ${time(median)} (quartiles ${time(low)} and ${time(high)} of ${steps} spread over the run)`,
    `speed: ${count(tokensPerSecond)} tokens a second`,
    `memory: ${megabytes(residentBytes.peak)} at the peak, ${megabytes(residentBytes.before)} before`,
    `all ${many(run.steps, 'step')}: about ${time(run.seconds)}; ${validations}, ${many(run.checkpoints, 'checkpoint')} not`,
    ...scores.map(({ metric, value }) => `held out before the first step, ${metric} ${value.toFixed(4)}`),
  ]
}

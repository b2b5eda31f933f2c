/** Runs side by side as data: settings that differ, then every figure with its difference from the first. Pure. */
import type { RunSummary } from '../../../shared/runs.ts'
import { columnOf, type ColumnName } from './columns.ts'

export type BesideRow = {
  readonly label: string
  readonly values: readonly string[]
  /** Against the first run; null where either has no figure, or there is nothing to tell. */
  readonly differences: readonly (string | null)[]
}

const settings: readonly ColumnName[] = [
  'question',
  'gold',
  'index',
  'bundle',
  'passages',
  'k',
  'p',
  'policy',
  'overrides',
  'seed',
]
const figures: readonly ColumnName[] = ['expanded', 'positions', 'reusedPositions', 'ttft', 'ttit', 'ppl', 'em', 'f1']

/** Rows of settings in which the runs differ. */
export function settingRows(runs: readonly RunSummary[]): readonly BesideRow[] {
  return settings.map((name) => rowOf(name, runs)).filter(({ values }) => values.some((value) => value !== values[0]))
}

/** Rows of figures that at least one of the runs has. */
export function figureRows(runs: readonly RunSummary[]): readonly BesideRow[] {
  return figures
    .filter((name) => runs.some((run) => columnOf(name).of(run) !== null))
    .map((name) => ({
      ...rowOf(name, runs),
      differences: runs.map((run, at) => (at === 0 ? null : difference(name, runs[0], run))),
    }))
}

/** Whether figures can be compared at all: the same question put to the same index. */
export function sameCase(runs: readonly RunSummary[]): boolean {
  return runs.every(
    ({ question, index, gold }) => question === runs[0]?.question && index === runs[0]?.index && gold === runs[0]?.gold,
  )
}

function rowOf(name: ColumnName, runs: readonly RunSummary[]): BesideRow {
  const { label, say } = columnOf(name)
  return { label, values: runs.map(say), differences: runs.map(() => null) }
}

function difference(name: ColumnName, first: RunSummary | undefined, run: RunSummary): string | null {
  const [a, b] = [first === undefined ? null : columnOf(name).of(first), columnOf(name).of(run)]
  if (typeof a !== 'number' || typeof b !== 'number') return null
  if (a === b) return '±0'
  const by = b - a
  const share = a === 0 ? '' : ` (${by > 0 ? '+' : '−'}${Math.abs((by / a) * 100).toFixed(0)} %)`
  const size = Math.abs(by) >= 100 || Number.isInteger(by) ? Math.abs(by).toFixed(0) : Math.abs(by).toPrecision(3)
  return `${by > 0 ? '+' : '−'}${size}${share}`
}

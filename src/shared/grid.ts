/** The grid of a sweep as plain functions: its cells, their keys, presets, and how long it will take. */
import type { PolicyName } from './plan.ts'
import type { SweepAxes, SweepPoint, SweepProbe } from './sweep.ts'

/** Where every chunk is expanded: the baseline of every grid. */
export function isFull({ policy }: Pick<SweepPoint, 'policy'>): boolean {
  return policy === 'all'
}

/** Names a cell within its sweep; a file name on every system. */
export function keyOf({ set, bundle, device, retriever, passages, k, p, policy }: SweepPoint): string {
  const plan = k === null ? policy : `k${k}_p${p}_${policy}`
  return [plan, `${retriever}${passages}`, `q${set.slice(0, 8)}`, `b${bundle.slice(0, 8)}`, device].join('_')
}

/** The case of a cell: what it shares with the full context that it is compared with. */
export function caseOf({ set, bundle, device, retriever, passages }: SweepPoint): string {
  return [set, bundle, device, retriever, passages].join(' ')
}

/**
 * The cells of one or more grids, each once: for every case full context first, then every k, p and policy. Settings that lay
 * every chunk out alike are one cell: p = 0 and `none`, p = 1 and `all`.
 */
export function cellsOf(grids: readonly SweepAxes[]): readonly SweepPoint[] {
  const cells = new Map<string, SweepPoint>()
  const add = (point: SweepPoint): void => void (cells.has(keyOf(point)) || cells.set(keyOf(point), point))
  for (const axes of grids)
    for (const set of axes.sets)
      for (const bundle of axes.bundles)
        for (const device of axes.devices)
          for (const retriever of axes.retrievers)
            for (const passages of axes.passages) {
              const at = { set, bundle, device, retriever, passages }
              add({ ...at, k: null, p: 1, policy: 'all' })
              for (const k of axes.ks)
                for (const p of axes.ps) for (const policy of axes.policies) add({ ...at, ...planOf(k, p, policy) })
            }
  return [...cells.values()]
}

/** What a cell of the grid is measured as. */
export function planOf(k: number, p: number, policy: PolicyName): Pick<SweepPoint, 'k' | 'p' | 'policy'> {
  if (policy === 'none' || (p === 0 && policy !== 'all')) return { k, p: 0, policy: 'none' }
  return policy === 'all' || p === 1 ? { k: null, p: 1, policy: 'all' } : { k, p, policy }
}

/** How a sweep is set up in one stroke; k are those of the bundle. */
export type SweepPreset = {
  readonly ks: readonly number[]
  readonly ps: readonly number[]
  readonly repeats: number
  readonly limit: number
}
const tenths = Array.from({ length: 11 }, (_, i) => i / 10)
export const sweepPresets = {
  quick: (ks: readonly number[]): SweepPreset => ({ ks: ks.slice(0, 3), ps: [0, 0.25, 0.5, 1], repeats: 1, limit: 12 }),
  paper: (ks: readonly number[]): SweepPreset => ({
    ks: ks.filter((k) => [8, 16, 32].includes(k)),
    ps: tenths,
    repeats: 3,
    limit: 100,
  }),
} as const
export type SweepPresetName = keyof typeof sweepPresets

/** What measuring a cell costs beside others: positions of its own prefill and of full context, asked in turn. */
export function weightOf({ k, p, passages }: Pick<SweepPoint, 'k' | 'p' | 'passages'>): number {
  return passages * (1 + (k === null ? 1 : p + (1 - p) / k))
}

/** Seconds left by what finished cells took, weighed by what each costs; null before the first. */
export function secondsLeft(
  finished: readonly (SweepPoint & { readonly seconds: number })[],
  pending: readonly SweepPoint[],
): number | null {
  const spent = finished.reduce((sum, cell) => sum + cell.seconds, 0)
  const weight = finished.reduce((sum, cell) => sum + weightOf(cell), 0)
  if (weight === 0) return null
  return (spent / weight) * pending.reduce((sum, cell) => sum + weightOf(cell), 0)
}

export type SweepEstimate = {
  readonly cells: number
  /** Cells times cases times repeats, warm-ups and the asks of full context in turn left out. */
  readonly asks: number
  readonly seconds: number | null
}

/**
 * Cells x cases x repeats, and about how long: an ask lies between all compressed and full context as its p does, and each
 * has a first token of full context asked in turn. `cases` are those of all sets, spread over the cells alike.
 */
export function estimate(
  cells: readonly SweepPoint[],
  settings: { readonly cases: number; readonly repeats: number; readonly warmups: number },
  probe: SweepProbe | null,
): SweepEstimate {
  const sets = new Set(cells.map(({ set }) => set)).size
  const each = sets === 0 ? 0 : settings.cases / sets
  const asks = Math.round(cells.length * each * settings.repeats)
  if (probe === null) return { cells: cells.length, asks, seconds: null }
  const { fullMs, compressedMs, firstMs } = probe
  const perCell = each * settings.repeats + settings.warmups
  const ms = cells.reduce((sum, { p }) => sum + compressedMs + p * (fullMs - compressedMs) + firstMs, 0)
  return { cells: cells.length, asks, seconds: (ms * perCell) / 1000 }
}

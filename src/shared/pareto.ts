/** Which cells of a sweep are worth having: the Pareto front of TTFT and quality, and picks from it. Plain functions. */
import { caseOf, isFull } from './grid.ts'
import type { SweepCell } from './sweep.ts'

/** What a cell is judged by, and which way is better. */
export const qualities = {
  em: { label: 'exact match', unit: '', better: 'higher' },
  f1: { label: 'F1', unit: '', better: 'higher' },
  logPerplexity: { label: 'log-perplexity of the gold answer', unit: 'nats a token', better: 'lower' },
} as const
export type QualityName = keyof typeof qualities

/** A cell as a point: its TTFT in milliseconds, and its quality turned so that more is better. */
export type Judged = { readonly key: string; readonly ms: number; readonly worth: number }

/** The value turned so that more is better. */
export function worthOf(name: QualityName, value: number): number {
  return qualities[name].better === 'higher' ? value : -value
}

/** Cells that were measured whole, as points. */
export function judge(cells: readonly SweepCell[], name: QualityName): readonly Judged[] {
  return cells.flatMap(({ key, state, quality, timing }) => {
    const value = quality?.[name] ?? null
    return state !== 'done' || timing === null || value === null || !Number.isFinite(value)
      ? []
      : [{ key, ms: timing.ttft.median, worth: worthOf(name, value) }]
  })
}

/** Whether `a` is at least as fast and as good as `b`, and better in one of the two. */
export function dominates(a: Judged, b: Judged): boolean {
  return a.ms <= b.ms && a.worth >= b.worth && (a.ms < b.ms || a.worth > b.worth)
}

/** Those that nothing dominates, the fastest first. Of points that are alike in both all stay. */
export function paretoFront(points: readonly Judged[]): readonly Judged[] {
  const sorted = points.toSorted((a, b) => a.ms - b.ms || b.worth - a.worth)
  const front: Judged[] = []
  let best: Judged | null = null
  for (const point of sorted) {
    if (best !== null && point.worth <= best.worth && !(point.worth === best.worth && point.ms === best.ms)) continue
    front.push(point)
    best = point
  }
  return front
}

/** The front of each case by key: cells that read other passages, questions or bundles compete with their own. */
export function frontOf(cells: readonly SweepCell[], name: QualityName): ReadonlySet<string> {
  const cases = Map.groupBy(cells, caseOf)
  return new Set([...cases.values()].flatMap((own) => paretoFront(judge(own, name)).map(({ key }) => key)))
}

/** The best that begins to answer within `ms`; of those as good the fastest. Null where none is so fast. */
export function bestWithin(points: readonly Judged[], ms: number): Judged | null {
  return paretoFront(points.filter((point) => point.ms <= ms)).at(-1) ?? null
}

/** The fastest whose worth is at most `loss` under `reference`; of those as fast the best. Null where none is. */
export function fastestWithin(points: readonly Judged[], reference: number, loss: number): Judged | null {
  // Sums of decimals miss by a last bit: 0.9 - 0.1 is less than 0.8.
  const least = reference - loss - 1e-9
  return paretoFront(points.filter(({ worth }) => worth >= least))[0] ?? null
}

/** The full context of the cells, where it was measured. */
export function fullOf(cells: readonly SweepCell[]): SweepCell | null {
  return cells.find((cell) => isFull(cell) && cell.state === 'done') ?? null
}

/** The cells of one case and policy as a heat map: a row for each k, a column for each p. Pure. */
import { caseOf, keyOf, planOf } from '../../../shared/grid.ts'
import type { PolicyName } from '../../../shared/plan.ts'
import type { SweepCell, SweepPoint } from '../../../shared/sweep.ts'
import { diverging, sequential, type Paints } from '../../parts/colour.ts'
import type { HeatCell, HeatMapProps } from '../../parts/HeatMap.tsx'
import { planName, type Standing } from './cases.ts'
import { sayReading, titleOf, type Metric, type Reading } from './metrics.ts'

type Map = Pick<HeatMapProps, 'title' | 'rowTitle' | 'columnTitle' | 'columns' | 'rows' | 'legend' | 'legendTitle'>

/** A heat map of one metric; cells that are not measured stand in it as what they are. */
export function heatOf(
  standing: Standing,
  at: { readonly case: string; readonly policy: PolicyName; readonly metric: Metric },
  front: ReadonlySet<string>,
): Map {
  const { points, cells, running } = standing
  const { metric } = at
  const own = new Map(points.filter((point) => caseOf(point) === at.case).map((point) => [keyOf(point), point]))
  const some = [...own.values()][0]
  const ks = ascending([...own.values()].flatMap(({ k }) => (k === null ? [] : [k])))
  const ps = ascending(standing.info.grids.flatMap((grid) => grid.ps))
  // Full context has a column even where no p asks for it: everything is compared with it.
  const columns = ascending([...ps, 1])

  const placed = ks.map((k) =>
    columns.map((p): SweepPoint | null => (some === undefined ? null : { ...some, ...planOf(k, p, at.policy) })),
  )
  const readings = placed.flat().flatMap((point) => {
    const cell = point === null ? undefined : cells.get(keyOf(point))
    const reading = cell?.state === 'done' ? metric.of(cell) : null
    return reading === null ? [] : [reading.value]
  })
  const paint = painter(metric, readings)

  const cellAt = (point: SweepPoint | null): HeatCell => {
    const key = point === null ? '' : keyOf(point)
    const cell = cells.get(key)
    const nothing = { key, text: '', paint: null, marked: false }
    if (point === null || !own.has(key)) return { ...nothing, state: 'skipped', label: 'not in the grid' }
    const name = planName(point)
    if (running === key) return { ...nothing, state: 'running', label: `${name}: being measured` }
    if (cell === undefined) return { ...nothing, state: 'pending', label: `${name}: not measured yet` }
    if (cell.state !== 'done')
      return { ...nothing, state: cell.state, label: `${name}: ${cell.state}. ${cell.fault?.message ?? ''}` }
    return drawn(cell, name, metric, metric.of(cell), paint, front.has(key))
  }
  return {
    title: titleOf(metric),
    rowTitle: 'k',
    columnTitle: 'p',
    columns: columns.map((p) => (p === 1 ? 'full' : String(p))),
    rows: placed.map((row, i) => ({ name: String(ks[i]), cells: row.map(cellAt) })),
    legend: legendOf(metric, readings, paint),
    legendTitle: metric.diverging ? 'worse to better than full context' : 'worse to better',
  }
}

function drawn(
  cell: SweepCell,
  name: string,
  metric: Metric,
  reading: Reading | null,
  paint: (value: number) => Paints,
  marked: boolean,
): HeatCell {
  const title = titleOf(metric)
  // Full context is what the others are compared with: it has nothing to be compared with itself.
  if (reading === null)
    return { key: cell.key, state: 'done', text: '—', label: `${name}: no ${title}`, paint: null, marked }
  const label = `${name}: ${title} ${sayReading(metric, reading)}${marked ? '; on the front' : ''}`
  return {
    key: cell.key,
    state: 'done',
    text: metric.format(reading.value),
    label,
    paint: paint(reading.value),
    marked,
  }
}

/** Deeper is better, whichever way the metric runs. */
function painter({ diverging: around, better }: Metric, values: readonly number[]): (value: number) => Paints {
  const sign = better === 'higher' ? 1 : -1
  if (around) {
    const most = Math.max(...values.map(Math.abs), 0)
    return (value) => diverging(most === 0 ? 0 : (sign * value) / most)
  }
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return (value) => {
    const share = high === low ? 0.5 : (value - low) / (high - low)
    return sequential(better === 'higher' ? share : 1 - share)
  }
}

/** The ends and the middle of what is drawn, the worst first. */
function legendOf(metric: Metric, values: readonly number[], paint: (value: number) => Paints): HeatMapProps['legend'] {
  if (values.length === 0) return []
  const most = Math.max(...values.map(Math.abs))
  const [low, high] = metric.diverging ? [-most, most] : [Math.min(...values), Math.max(...values)]
  const ends = low === high ? [low] : [low, (low + high) / 2, high]
  const ordered = metric.better === 'higher' ? ends : ends.toReversed()
  return ordered.map((value) => ({ text: metric.format(value), paint: paint(value) }))
}

const ascending = (values: readonly number[]): readonly number[] => [...new Set(values)].toSorted((a, b) => a - b)

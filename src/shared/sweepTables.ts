/** The table of a sweep: a row for each cell that has ended. */
import { awayCaption, withNetwork } from './awayTables.ts'
import { frontOf } from './pareto.ts'
import type { SweepCell, SweepInfo } from './sweep.ts'
import { columnsFor, tableOf, type Table } from './table.ts'

/** A cell with what stands beside it: whether it lies on the front, and its bundle and question set by name. */
export type SweepRow = SweepCell & {
  readonly front: boolean
  readonly on: string
  /** The server that decoded, in words. */
  readonly decoder?: string | undefined
}

const ms = { unit: 'ms', better: 'lower', digits: 1 } as const
const cell = columnsFor<SweepRow>()
const columns = [
  cell.text('on', 'on'),
  cell.text('retriever', 'retriever'),
  cell.integer('passages', 'passages'),
  cell.integer('k', 'k'),
  cell.number('p', 'p', { digits: 2 }),
  cell.text('policy', 'policy'),
  cell.integer('n', 'n', {}, ({ quality }) => quality?.n ?? null),
  cell.number('ttft_ms', 'TTFT', ms, ({ timing }) => timing?.ttft.median ?? null),
  cell.interval('ttft_quartiles', 'quartiles', { digits: 1 }, ({ timing }) => timing?.ttft.quartiles ?? null),
  cell.number('ttit_ms', 'TTIT', ms, ({ timing }) => timing?.ttit?.median ?? null),
  cell.number(
    'speedup',
    'times faster',
    { better: 'higher', digits: 2 },
    ({ timing }) => timing?.speedup?.median ?? null,
  ),
  cell.number('em', 'EM', { better: 'higher' }, ({ quality }) => quality?.em ?? null),
  cell.number('format_failure', 'format failure', { better: 'lower' }, ({ quality }) => quality?.formatFailure ?? null),
  cell.number('f1', 'F1', { better: 'higher' }, ({ quality }) => quality?.f1 ?? null),
  cell.number('log_perplexity', 'nats/token', { better: 'lower' }, ({ quality }) => quality?.logPerplexity ?? null),
  cell.number('em_less_full', 'EM less full', {}, ({ against }) => against?.em.difference ?? null),
  cell.interval('em_less_full_ci', '95 %', {}, ({ against }) => against?.em.ci ?? null),
  cell.flag('front', 'front'),
  cell.text('state', 'state'),
]
const away = [
  cell.number('network_ms', 'network', ms, ({ timing }) => timing?.networkMs ?? null),
  cell.text('decoder', 'decoded by', {}, ({ decoder }) => decoder ?? null),
]
/** Said once, beside the table, where all cells share it. */
const shared: ReadonlySet<string> = new Set(['on', 'retriever'])

export function sweepTable(rows: readonly SweepRow[]): Table {
  const varies = ({ of }: (typeof columns)[number]): boolean => new Set(rows.map(of)).size > 1
  const told = columns.filter((column) => !shared.has(column.key) || varies(column))
  const caption = 'A sweep, cell by cell; full context in turn with each.'
  if (!rows.some(({ decoder }) => decoder !== undefined)) return tableOf('sweep', caption, told, rows)
  return tableOf('sweep', `${caption} ${awayCaption}`, [...told, ...away].map(withNetwork), rows)
}

/** The cells as rows: which lie on the front of TTFT and exact match, and what each was measured on. */
export function sweepRows(info: SweepInfo, cells: readonly SweepCell[]): readonly SweepRow[] {
  const front = frontOf(cells, 'em')
  const { decoder } = info.machine
  const away = decoder === undefined ? {} : { decoder }
  return cells.map((cell) => ({ ...cell, front: front.has(cell.key), on: placeOf(info, cell), ...away }))
}

/** Bundle and question set of a cell by name; of all of them without one. */
export function placeOf({ sets, bundles }: SweepInfo, cell: Pick<SweepCell, 'set' | 'bundle'> | undefined): string {
  const set = sets.find(({ hash }) => hash === cell?.set)?.name ?? sets.map(({ name }) => name).join(', ')
  const bundle = bundles.find(({ hash }) => hash === cell?.bundle)?.name ?? bundles.map(({ name }) => name).join(', ')
  return `${bundle}, ${set}`
}

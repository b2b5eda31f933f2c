/** The columns of the runs table, and the table as data: sorted, grouped, without columns that say nothing. Pure. */
import type { RunSummary } from '../../../shared/runs.ts'
import { baseName, formatMs, formatScore } from '../../parts/format.ts'

export type ColumnName = keyof typeof columns
export type Sort = { readonly column: ColumnName; readonly down: boolean }
export type Cell = number | string | boolean | null

export type RunColumn = {
  readonly label: string
  /** What the heading says when it is pointed at. */
  readonly about?: string
  readonly numeric: boolean
  /** What sorting goes by. */
  readonly of: (run: RunSummary) => Cell
  readonly say: (run: RunSummary) => string
  /** Columns of settings and figures that are the same in all runs shown can be hidden; words stay. */
  readonly constant: boolean
  /** Width in the table, as CSS takes it. */
  readonly width: string
}

const none = '—'
const number = (
  label: string,
  about: string,
  of: (run: RunSummary) => number | null,
  format: (value: number) => string = String,
): RunColumn => ({
  label,
  about,
  numeric: true,
  of,
  say: (run) => {
    const value = of(run)
    return value === null ? none : format(value)
  },
  constant: true,
  width: '62px',
})
const words = (label: string, of: (run: RunSummary) => string, width: string, constant = false): RunColumn => ({
  label,
  numeric: false,
  of,
  say: (run) => of(run) || none,
  constant,
  width,
})

/** A run that another decoder made says so before its bundle, where a narrow column still shows it. */
function madeWith({ bundle, decoder }: RunSummary): string {
  return (decoder ?? null) === null ? bundle : `by ${decoder}, ${bundle}`
}

/** In the order in which they stand. */
export const columns = {
  question: words('question', (run) => run.question, 'minmax(150px, 3fr)'),
  answer: words('answer', (run) => run.answer.trim(), 'minmax(96px, 2fr)'),
  gold: words('gold', (run) => run.gold ?? '', 'minmax(90px, 1fr)'),
  k: { ...number('k', 'Tokens a chunk', (run) => run.k), width: '34px' },
  p: number(
    'p',
    'Fraction of chunks expanded',
    (run) => run.p,
    (p) => String(Math.round(p * 1e4) / 1e4),
  ),
  policy: words('policy', (run) => run.policy, '136px', true),
  passages: number('K', 'Passages retrieved', (run) => run.passages),
  overrides: number('forced', 'Chunks forced by hand', (run) => run.overrides),
  expanded: number('expanded', 'Chunks expanded, of L', (run) => run.expanded),
  positions: number('positions', 'Positions fed to the decoder in the prefill', (run) => run.positions),
  reusedPositions: number(
    'reused',
    'Positions taken from the KV cache of the run before',
    (run) => run.reusedPositions,
  ),
  seed: number('seed', 'Seed of random choices', (run) => run.seed),
  bundle: words('bundle', madeWith, '78px', true),
  decoder: words('decoder', (run) => run.decoder ?? '', '110px', true),
  index: words('index', (run) => baseName(run.index), '110px', true),
  ttft: number('TTFT ↓', 'Time to first token; one run, not repeated', (run) => run.ttftMs, formatMs),
  ttit: number('TTIT ↓', 'Mean time a token after the first', (run) => run.ttitMs, formatMs),
  ppl: number('log-ppl ↓', 'Mean NLL a token of the gold answer, nats', (run) => run.logPerplexity, formatScore),
  em: {
    label: 'EM ↑',
    about: 'Exact match with the gold answer',
    numeric: true,
    of: (run) => run.exactMatch,
    say: (run) => (run.exactMatch === null ? none : run.exactMatch ? 'yes' : 'no'),
    constant: true,
    width: '42px',
  },
  f1: number(
    'F1 ↑',
    'F1 against the gold answer',
    (run) => run.f1,
    (value) => value.toFixed(2),
  ),
  time: {
    label: 'when',
    numeric: true,
    of: (run) => run.time,
    say: (run) => new Date(run.time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
    constant: false,
    width: '136px',
  },
  tags: words('tags', (run) => run.tags.join(', '), '78px', true),
  note: words('note', (run) => run.note, 'minmax(80px, 1fr)', true),
} as const satisfies Readonly<Record<string, RunColumn>>

export const columnNames = Object.keys(columns) as ColumnName[]
export const firstColumns: readonly ColumnName[] = [
  'question',
  'answer',
  'k',
  'p',
  'policy',
  'bundle',
  'ttft',
  'ttit',
  'ppl',
  'em',
  'time',
  'tags',
]

export const columnOf = (name: ColumnName): RunColumn => columns[name]

/** Runs in order of a column; those without a value come last either way, and ties keep their order. */
export function sortRuns(runs: readonly RunSummary[], { column, down }: Sort): readonly RunSummary[] {
  const { of } = columnOf(column)
  const sign = down ? -1 : 1
  return runs.toSorted((a, b) => {
    const [x, y] = [of(a), of(b)]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return sign * (typeof x === 'string' && typeof y === 'string' ? compareText(x, y) : Number(x) - Number(y))
  })
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
// A plain comparison first: a collator over ten thousand equal names is what makes sorting slow.
const compareText = (a: string, b: string): number => (a === b ? 0 : collator.compare(a, b))

/** Columns in which all runs say the same: hidden on request, and then said once. Of one run none is hidden. */
export function constantColumns(runs: readonly RunSummary[], names: readonly ColumnName[]): readonly ColumnName[] {
  const [first, ...rest] = runs
  if (first === undefined || rest.length === 0) return []
  return names.filter((name) => {
    const { constant, say } = columnOf(name)
    const text = constant ? say(first) : ''
    return constant && rest.every((run) => say(run) === text)
  })
}

export const groupings = ['none', 'k', 'p', 'policy', 'bundle', 'index'] as const
export type Grouping = (typeof groupings)[number]

/** A line of the table: a run, or the head of a group. */
export type Line =
  | { readonly type: 'run'; readonly run: RunSummary; readonly at: number }
  | { readonly type: 'group'; readonly key: string; readonly runs: readonly RunSummary[] }

/** The runs as lines: each group under its head, groups in the order of their value, runs in the order they come in. */
export function linesOf(runs: readonly RunSummary[], by: Grouping): readonly Line[] {
  if (by === 'none') return runs.map((run, at): Line => ({ type: 'run', run, at }))
  const groups = Map.groupBy(runs, (run) => columnOf(by).say(run))
  let at = 0
  return [...groups.entries()]
    .toSorted(([a], [b]) => collator.compare(a, b))
    .flatMap(([key, own]): Line[] => [
      { type: 'group', key: `${columnOf(by).label} ${key}`, runs: own },
      ...own.map((run): Line => ({ type: 'run', run, at: at++ })),
    ])
}

/** What a group comes to: medians with how many runs have the figure. */
export function groupFigures(runs: readonly RunSummary[]): string {
  const figure = (label: string, values: readonly (number | null)[], format: (value: number) => string): string[] => {
    const known = values.filter((value) => value !== null)
    return known.length === 0
      ? []
      : [`${label} ${format(medianOf(known))}${known.length < runs.length ? ` (n ${known.length})` : ''}`]
  }
  const matches = runs.flatMap(({ exactMatch }) => (exactMatch === null ? [] : [exactMatch]))
  return [
    ...figure(
      'median TTFT',
      runs.map(({ ttftMs }) => ttftMs),
      formatMs,
    ),
    ...figure(
      'median log-ppl',
      runs.map(({ logPerplexity }) => logPerplexity),
      formatScore,
    ),
    ...(matches.length === 0 ? [] : [`exact ${matches.filter(Boolean).length} of ${matches.length}`]),
  ].join(' · ')
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

/** The least width of a table of these columns in pixels: beyond it the table scrolls sideways. */
export function leastWidth(names: readonly ColumnName[]): number {
  const gap = 12
  return names.reduce((sum, name) => sum + gap + Number(/\d+/.exec(columnOf(name).width)?.[0] ?? 0), pickWidth + 32)
}

/** Width of what stands before the columns: the box and the star. */
export const pickWidth = 58

/** A comparison as tables: settings that differ, figures, answers, decisions, log-probabilities, rounds, votes. */
import { letterOf, settingOf, type ComparisonView, type Figure, type FigureCell } from './comparison.ts'
import { agreementOf, alignDecisions } from './decisionDiff.ts'
import { planRows } from './planDiff.ts'
import type { Run } from './run.ts'
import { columnsFor, tableOf, type ColumnOf, type Table, type Value } from './table.ts'

type Lettered = { readonly letter: string; readonly run: Run }

/** Every table that has a row; runs go by their letters. */
export function comparisonTables(view: ComparisonView): readonly Table[] {
  const { comparison, runs } = view
  const lettered = runs.map((run): Lettered => ({ letter: letterOf(comparison.runs.indexOf(run.id)), run }))
  return [
    plansTable(lettered),
    figuresTable(view, lettered),
    answersTable(lettered, comparison.baseline),
    decisionsTable(lettered, comparison.baseline),
    scoresTable(view, lettered),
    roundsTable(view, lettered),
    votesTable(view),
  ].filter(({ rows }) => rows.length > 0)
}

/** What a delta says, in words. */
export function verdictOf({ delta, n }: Pick<FigureCell, 'delta' | 'n'>, better: Figure['better']): string {
  if (delta === null) return ''
  if (delta.noise === null) return n === null ? 'not repeated' : 'too few to tell'
  if (delta.noise) return 'within noise'
  if (better === null) return 'differs'
  const lower = delta.value < (delta.kind === 'ratio' ? 1 : 0)
  return lower === (better === 'lower') ? 'better' : 'worse'
}

function plansTable(runs: readonly Lettered[]): Table {
  type Row = { readonly field: string; readonly values: readonly string[] }
  const column = columnsFor<Row>()
  const rows = planRows(runs.map(({ run }) => run.plan)).filter(({ differs }) => differs)
  return tableOf(
    'plans',
    'Settings in which the plans differ.',
    [
      column.text('field', 'setting'),
      ...runs.map(({ letter }, at) => column.text(letter, letter, {}, ({ values }) => values[at] ?? null)),
    ],
    rows,
  )
}

function figuresTable({ comparison, figures }: ComparisonView, runs: readonly Lettered[]): Table {
  type Row = { readonly figure: Figure; readonly letter: string; readonly run: Run; readonly cell: FigureCell }
  const column = columnsFor<Row>()
  const base = letterOf(comparison.runs.indexOf(comparison.baseline))
  const rows = figures.flatMap((figure) =>
    runs.flatMap(({ letter, run }): Row[] => {
      const cell = figure.cells.find((each) => each.run === run.id)
      return cell === undefined ? [] : [{ figure, letter, run, cell }]
    }),
  )
  const columns: readonly ColumnOf<Row>[] = [
    column.text('figure', 'figure', {}, ({ figure }) => figure.label),
    column.text('unit', 'unit', {}, ({ figure }) => figure.unit),
    column.text('better', 'better', {}, ({ figure }) => figure.better),
    column.text('run', 'run', {}, ({ letter }) => letter),
    column.text('setting', 'setting', {}, ({ run }) => settingOf(run)),
    column.number('value', 'value', {}, ({ cell }) => cell.value),
    column.interval('ci', '95 %', {}, ({ cell }) => cell.interval),
    column.interval('quartiles', 'quartiles', {}, ({ cell }) => cell.quartiles),
    column.integer('n', 'n', {}, ({ cell }) => cell.n),
    column.text('over', 'n counts', {}, ({ figure, cell }) => (cell.n === null ? null : figure.of)),
    column.text('kind', `against ${base}`, {}, ({ cell }) => cell.delta?.kind ?? null),
    column.number('delta', 'difference', {}, ({ cell }) => cell.delta?.value ?? null),
    column.interval('delta_ci', 'its 95 %', {}, ({ cell }) => cell.delta?.interval ?? null),
    column.text('says', 'says', {}, ({ cell, figure }) => verdictOf(cell, figure.better) || null),
  ]
  return tableOf(
    'figures',
    `Figures of every run against ${base}. Times are medians of interleaved rounds; a ratio is the run over ${base}. Within noise: the interval holds no difference.`,
    columns,
    rows,
  )
}

function answersTable(runs: readonly Lettered[], baseline: string): Table {
  const column = columnsFor<Lettered>()
  return tableOf(
    'answers',
    'Answers.',
    [
      column.text('run', 'run', {}, ({ letter, run }) => (run.id === baseline ? `${letter} (baseline)` : letter)),
      column.text('answer', 'answer', {}, ({ run }) => run.answer.trim()),
      column.flag('exact', 'exact match', { better: 'higher' }, ({ run }) => run.quality.exactMatch),
      column.text('id', 'id', {}, ({ run }) => run.id),
    ],
    runs,
  )
}

function decisionsTable(runs: readonly Lettered[], baseline: string): Table {
  const base = runs.findIndex(({ run }) => run.id === baseline)
  const first = runs[base]
  type Row = Lettered & { readonly at: number }
  const column = columnsFor<Row>()
  const bundles = new Set(runs.map(({ run }) => run.manifest.bundle.hash))
  const comparable = first !== undefined && bundles.size === 1
  const stretches = comparable ? alignDecisions(runs.map(({ run }) => run)) : []
  const count = (name: keyof ReturnType<typeof agreementOf>, label: string): ColumnOf<Row> =>
    column.integer(name, label, {}, ({ at }) => agreementOf(stretches, base, at)[name])
  return tableOf(
    'decisions',
    `Context tokens by who expands them, against ${first?.letter ?? ''}; runs of different k are aligned by token span.`,
    [
      column.text('run', 'run', {}, ({ letter }) => letter),
      count('both', 'both expand'),
      count('onlyFirst', `only ${first?.letter ?? ''}`),
      count('onlySecond', 'only this run'),
      count('neither', 'both compress'),
      count('unshared', 'read by one alone'),
    ],
    comparable ? runs.flatMap((each, at) => (at === base ? [] : [{ ...each, at }])) : [],
  )
}

function scoresTable({ comparison }: ComparisonView, runs: readonly Lettered[]): Table {
  type Row = { readonly text: string; readonly at: number; readonly token: string; readonly values: readonly Value[] }
  const column = columnsFor<Row>()
  const { texts = [], rows = [] } = comparison.scores ?? {}
  const told = texts.flatMap(({ of, tokens }, text) =>
    tokens.map((token, at): Row => ({
      text: of === null ? 'gold answer' : `answer of ${letterOf(comparison.runs.indexOf(of))}`,
      at,
      token: token.text,
      values: runs.map(({ run }) => rows.find((row) => row.run === run.id && row.text === text)?.logProbs[at] ?? null),
    })),
  )
  return tableOf(
    'scores',
    'Log-probability of every token, teacher-forced, in nats: each text under every plan.',
    [
      column.text('text', 'text'),
      column.integer('at', 'token', {}, ({ at }) => at),
      column.text('token', 'text of the token', {}, ({ token }) => token),
      ...runs.map(({ letter }, at) =>
        column.number(letter, letter, { better: 'higher', digits: 4 }, ({ values }) => values[at] ?? null),
      ),
    ],
    told,
  )
}

function roundsTable({ comparison }: ComparisonView, runs: readonly Lettered[]): Table {
  type Row = { readonly at: number; readonly round: ComparisonView['comparison']['rounds'][number] }
  const column = columnsFor<Row>()
  return tableOf(
    'rounds',
    'TTFT of every round, in turn; each plan reads the passages of its run, its chunk embeddings in the cache, nothing of the KV cache kept.',
    [
      column.integer('round', 'round', {}, ({ at }) => at + 1),
      column.integer('sitting', 'sitting', {}, ({ round }) => round.sitting + 1),
      ...runs.map(({ letter, run }) =>
        column.number(letter, letter, { unit: 'ms', better: 'lower', digits: 1 }, ({ round }) => {
          return round.asks.find((ask) => ask.run === run.id)?.timings.ttftMs ?? null
        }),
      ),
    ],
    comparison.rounds.map((round, at) => ({ at, round })),
  )
}

function votesTable({ comparison: { blind, runs } }: ComparisonView): Table {
  type Row = NonNullable<typeof blind>['ballots'][number]
  const column = columnsFor<Row>()
  const letter = (id: string): string => letterOf(runs.indexOf(id))
  const wins = { left: ({ left }: Row) => letter(left), right: ({ right }: Row) => letter(right), tie: () => 'tie' }
  return tableOf(
    'votes',
    `Blind votes, names hidden, order by seed ${blind?.seed ?? ''}.`,
    [
      column.text('left', 'left', {}, ({ left }) => letter(left)),
      column.text('right', 'right', {}, ({ right }) => letter(right)),
      column.text('vote', 'preferred', {}, (row) => (row.vote === null ? null : wins[row.vote](row))),
    ],
    // While names are hidden a table would show them.
    blind?.opened === true ? blind.ballots : [],
  )
}

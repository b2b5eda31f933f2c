/** The tables of `eval retrieval`: a row for each ranking, and the comparisons. */
import { rankingNames, type RetrievalPair, type RetrievalResult, type RetrievalRow } from './retrieval.ts'
import { columnsFor, tableOf, type ColumnOf, type Table } from './table.ts'

type Wide = { readonly ranking: string; readonly n: number; readonly measures: readonly RetrievalRow[] }

const nameOf = ({ measure, at }: Pick<RetrievalRow, 'measure' | 'at'>): string => `${measure}@${at}`

function wideColumns(measures: readonly RetrievalRow[]): readonly ColumnOf<Wide>[] {
  const { text, integer, number, interval } = columnsFor<Wide>()
  return [
    text('ranking', 'ranking'),
    integer('n', 'n'),
    ...measures.flatMap((measure, at) => {
      const key = `${measure.measure}_${measure.at}`
      return [
        number(key, nameOf(measure), { better: 'higher' }, (row) => row.measures[at]?.value ?? null),
        interval(`${key}_ci`, '95 %', {}, (row) => row.measures[at]?.ci ?? null),
      ]
    }),
  ]
}

const pair = columnsFor<RetrievalPair>()
const pairColumns = [
  pair.text('measure', 'measure', {}, nameOf),
  pair.text('ranking', 'ranking'),
  pair.text('against', 'less'),
  pair.integer('n', 'n'),
  pair.number('difference', 'difference', { better: 'higher' }),
  pair.interval('ci', '95 %'),
]

/** Means by ranking, and paired differences. */
export function retrievalTables({ set, rows, pairs }: RetrievalResult): readonly Table[] {
  const by = rankingNames.map((ranking) => rows.filter((row) => row.ranking === ranking))
  const wide = by.map((measures, at): Wide => ({ ranking: rankingNames[at] ?? '', n: measures[0]?.n ?? 0, measures }))
  return [
    tableOf('retrieval', `Retrieval on ${set.name}, judged by ${set.of}.`, wideColumns(by[0] ?? []), wide),
    tableOf('retrieval-pairs', `Rankings compared query by query on ${set.name}.`, pairColumns, pairs),
  ]
}

/** The tables that the judging commands print for people: intervals beside their means, comparisons below. */
import type { PolicyPair, PolicyRow, PplGap, PplPair, PplRow, QaCell, QaPair } from '../../shared/evaluate.ts'
import { table, type Cell } from './table.ts'

/** A heading, and what stands under it for a row. */
export type Column<Row> = readonly [heading: string, of: (row: Row) => Cell]

/** The table of `rows`, a column for each entry of `columns`. */
export function show<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return table(
    columns.map(([heading]) => heading),
    rows.map((row) => columns.map(([, of]) => of(row))),
  )
}

/** Three places, also where the value happens to be whole; nothing where it means nothing. */
export const places = (value: number | null): string => value?.toFixed(3) ?? ''
export const between = (ci: readonly [number, number] | null): string =>
  ci === null ? '' : `${places(ci[0])} to ${places(ci[1])}`

export const cellColumns: readonly Column<QaCell>[] = [
  ['retriever', ({ retriever }) => retriever],
  ['passages', ({ passages }) => passages],
  ['k', (cell) => cell.k],
  ['p', ({ p }) => p],
  ['policy', (cell) => cell.policy],
  ['n', ({ n }) => n],
  ['EM', ({ em }) => em],
  ['95 %', ({ emCi }) => between(emCi)],
  ['F1', ({ f1 }) => f1],
  ['recall@K', ({ recallAtK }) => recallAtK ?? 'unknown'],
  ['positions', ({ positions }) => positions],
  ['TTFT ms', ({ ttft }) => ttft],
]
export const againstFull: readonly Column<QaPair>[] = [
  ['retriever', ({ retriever }) => retriever],
  ['passages', ({ passages }) => passages],
  ['k', (pair) => pair.k],
  ['p', ({ p }) => p],
  ['policy', (pair) => pair.policy],
  ['equal', ({ equal }) => equal],
  ['full reads', ({ fullPassages }) => fullPassages],
  ['EM less full', ({ difference }) => places(difference)],
  ['95 %', ({ ci }) => between(ci)],
  ['positions : full', ({ positions, fullPositions }) => `${positions} : ${fullPositions}`],
  ['TTFT ms : full', ({ ttft, fullTtft }) => `${ttft.toFixed(1)} : ${fullTtft.toFixed(1)}`],
]
export const pplColumns: readonly Column<PplRow & Pick<PplGap, 'gapCi'>>[] = [
  ['set', ({ set }) => set],
  ['condition', ({ condition }) => condition],
  ['k', (row) => row.k ?? ''],
  ['p', ({ p }) => p ?? ''],
  ['policy', (row) => row.policy ?? ''],
  ['n', ({ n }) => n],
  ['nats/token', ({ logPpl }) => places(logPpl)],
  ['95 %', ({ ci }) => between(ci)],
  ['gap closed', ({ gapClosed }) => places(gapClosed)],
  ['95 %', ({ gapCi }) => between(gapCi)],
]
export const pplPairColumns: readonly Column<PplPair>[] = [
  ['set', ({ set }) => set],
  ['k', (pair) => pair.k ?? ''],
  ['p', ({ p }) => p ?? ''],
  ['policy', (pair) => pair.policy ?? ''],
  ['better', ({ better }) => better],
  ['worse', ({ worse }) => worse],
  ['n', ({ n }) => n],
  ['nats/token saved', ({ difference }) => places(difference)],
  ['95 %', ({ ci }) => between(ci)],
]
export const policyColumns: readonly Column<PolicyRow>[] = [
  ['k', (row) => row.k],
  ['p', ({ p }) => p],
  ['policy', (row) => row.policy],
  ['n', ({ n }) => n],
  ['gold', ({ gold }) => places(gold)],
  ['95 %', ({ goldCi }) => between(goldCi)],
  ['precision', ({ precision }) => places(precision)],
  ['95 %', ({ precisionCi }) => between(precisionCi)],
  ['reward', ({ reward }) => places(reward)],
  ['95 %', ({ rewardCi }) => between(rewardCi)],
  ['overlap', ({ overlap }) => places(overlap)],
  ['95 %', ({ overlapCi }) => between(overlapCi)],
  ['small', ({ regretN }) => regretN],
  ['regret', ({ regret }) => places(regret)],
  ['95 %', ({ regretCi }) => between(regretCi)],
]
export const policyPairColumns: readonly Column<PolicyPair>[] = [
  ['k', (pair) => pair.k],
  ['p', ({ p }) => p],
  ['measure', ({ measure }) => measure],
  ['policy', (pair) => pair.policy],
  ['less', ({ against }) => against],
  ['n', ({ n }) => n],
  ['difference', ({ difference }) => places(difference)],
  ['95 %', ({ ci }) => between(ci)],
]

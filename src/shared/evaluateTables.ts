/** The tables of the judging commands: intervals beside their means, comparisons behind. */
import type { PolicyPair, PolicyRow, PplCost, PplGap, PplPair, PplRow, QaCell, QaPair } from './evaluate.ts'
import { awayCaption, withNetwork } from './awayTables.ts'
import { columnsFor, tableOf, type ColumnOf, type Table } from './table.ts'

const share = { digits: 2 }
const ms = { unit: 'ms', better: 'lower', digits: 1 } as const
const higher = { better: 'higher' } as const
const lower = { better: 'lower' } as const

const cell = columnsFor<QaCell>()
const cellColumns = [
  cell.text('retriever', 'retriever'),
  cell.integer('passages', 'passages'),
  cell.integer('k', 'k'),
  cell.number('p', 'p', share),
  cell.text('policy', 'policy'),
  cell.integer('n', 'n'),
  cell.number('em', 'EM', higher),
  cell.interval('em_ci', '95 %', {}, ({ emCi }) => emCi),
  cell.number('wrong', 'wrong', lower),
  cell.number('format_failure', 'format failure', lower, ({ formatFailure }) => formatFailure),
  cell.number('f1', 'F1', higher),
  cell.interval('f1_ci', '95 %', {}, ({ f1Ci }) => f1Ci),
  cell.number('recall', 'recall@K', higher, ({ recallAtK }) => recallAtK),
  cell.number('log_perplexity', 'nats/token', lower, ({ logPerplexity }) => logPerplexity),
  cell.number('positions', 'positions', { better: 'lower', digits: 1 }),
  cell.number('ttft', 'TTFT', ms),
]

const full = columnsFor<QaPair>()
const pairColumns = [
  full.text('retriever', 'retriever'),
  full.integer('passages', 'passages'),
  full.integer('k', 'k'),
  full.number('p', 'p', share),
  full.text('policy', 'policy'),
  full.text('equal', 'equal'),
  full.integer('full_passages', 'full reads', {}, ({ fullPassages }) => fullPassages),
  full.integer('n', 'n'),
  full.number('difference', 'EM less full', higher),
  full.interval('ci', '95 %'),
  full.number('positions', 'positions', { digits: 1 }),
  full.number('full_positions', 'full', { digits: 1 }, ({ fullPositions }) => fullPositions),
  full.number('ttft', 'TTFT', ms),
  full.number('full_ttft', 'full', ms, ({ fullTtft }) => fullTtft),
]

/** A table whose rows may have been answered by a server: it says so then, and that times hold the way there. */
function awayTable<Row extends { readonly decoder?: string | undefined }>(
  name: string,
  caption: string,
  columns: readonly ColumnOf<Row>[],
  rows: readonly Row[],
): Table {
  if (!rows.some(({ decoder }) => decoder !== undefined)) return tableOf(name, caption, columns, rows)
  const by = columnsFor<Row>().text('decoder', 'decoded by', {}, ({ decoder }) => decoder ?? null)
  return tableOf(name, `${caption} ${awayCaption}`, [...columns, by].map(withNetwork), rows)
}

/** A row for each cell, and each compressed cell against full context. */
export function qaTables({
  cells,
  pairs,
}: {
  readonly cells: readonly QaCell[]
  readonly pairs: readonly QaPair[]
}): readonly Table[] {
  return [
    awayTable('qa', 'Question answering; 0 passages is the closed-book control.', cellColumns, cells),
    awayTable('qa-pairs', 'Compressed cells against full context, question by question.', pairColumns, pairs),
  ]
}

const ppl = columnsFor<PplRow & Pick<PplGap, 'gapCi'>>()
const pplColumns = [
  ppl.text('set', 'set'),
  ppl.text('condition', 'condition'),
  ppl.integer('k', 'k'),
  ppl.number('p', 'p', share),
  ppl.text('policy', 'policy'),
  ppl.integer('n', 'n'),
  ppl.number('log_ppl', 'nats/token', lower, ({ logPpl }) => logPpl),
  ppl.interval('ci', '95 %'),
  ppl.number('gap_closed', 'gap closed', higher, ({ gapClosed }) => gapClosed),
  ppl.interval('gap_ci', '95 %', {}, ({ gapCi }) => gapCi),
]

const pplPair = columnsFor<PplPair>()
const pplPairColumns = [
  pplPair.text('set', 'set'),
  pplPair.integer('k', 'k'),
  pplPair.number('p', 'p', share),
  pplPair.text('policy', 'policy'),
  pplPair.text('better', 'better'),
  pplPair.text('worse', 'worse'),
  pplPair.integer('n', 'n'),
  pplPair.number('difference', 'nats/token saved', higher),
  pplPair.interval('ci', '95 %'),
]

const cost = columnsFor<PplCost>()
const costColumns = [
  cost.text('set', 'set'),
  cost.text('condition', 'condition'),
  cost.integer('k', 'k'),
  cost.number('p', 'p', share),
  cost.text('policy', 'policy'),
  cost.text('weights', 'weights'),
  cost.integer('n', 'n'),
  cost.number('f32', 'f32', { ...lower, digits: 4 }),
  cost.number('log_ppl', 'nats/token', { ...lower, digits: 4 }, ({ logPpl }) => logPpl),
  cost.number('difference', 'cost', { ...lower, digits: 4 }),
  cost.interval('ci', '95 %', { digits: 4 }),
  cost.number('f32_mb', 'f32 MB', { ...lower, digits: 2 }, ({ f32Bytes }) => f32Bytes / 1e6),
  cost.number('mb', 'MB', { ...lower, digits: 2 }, ({ bytes }) => bytes / 1e6),
]

/** What smaller weights cost. */
export function costTable(costs: readonly PplCost[]): Table {
  return tableOf(
    'weights',
    'What smaller weights of the decoder cost, in nats a token, text by text.',
    costColumns,
    costs,
  )
}

/** A row for each condition with its share of the gap, and the comparisons text by text. */
export function pplTables({
  rows,
  gaps,
  pairs,
  costs = [],
}: {
  readonly rows: readonly PplRow[]
  readonly gaps: readonly PplGap[]
  readonly pairs: readonly PplPair[]
  readonly costs?: readonly PplCost[] | undefined
}): readonly Table[] {
  const told = rows.map((row, at) => ({ ...row, gapCi: gaps[at]?.gapCi ?? null }))
  return [
    tableOf('ppl', 'Log-perplexity of what follows a context.', pplColumns, told),
    tableOf('ppl-pairs', 'Conditions compared text by text.', pplPairColumns, pairs),
    ...(costs.length === 0 ? [] : [costTable(costs)]),
  ]
}

const policy = columnsFor<PolicyRow>()
const policyColumns = [
  policy.integer('k', 'k'),
  policy.number('p', 'p', share),
  policy.text('policy', 'policy'),
  policy.integer('n', 'n'),
  policy.number('gold', 'gold', higher),
  policy.interval('gold_ci', '95 %', {}, ({ goldCi }) => goldCi),
  policy.number('precision', 'precision', higher),
  policy.interval('precision_ci', '95 %', {}, ({ precisionCi }) => precisionCi),
  policy.number('reward', 'reward', higher),
  policy.interval('reward_ci', '95 %', {}, ({ rewardCi }) => rewardCi),
  policy.number('overlap', 'overlap', higher),
  policy.interval('overlap_ci', '95 %', {}, ({ overlapCi }) => overlapCi),
  policy.integer('regret_n', 'small', {}, ({ regretN }) => regretN),
  policy.number('regret', 'regret', lower),
  policy.interval('regret_ci', '95 %', {}, ({ regretCi }) => regretCi),
]

const policyPair = columnsFor<PolicyPair>()
const policyPairColumns = [
  policyPair.integer('k', 'k'),
  policyPair.number('p', 'p', share),
  policyPair.text('measure', 'measure'),
  policyPair.text('policy', 'policy'),
  policyPair.text('against', 'less'),
  policyPair.integer('n', 'n'),
  policyPair.number('difference', 'difference', higher),
  policyPair.interval('ci', '95 %'),
]

/** A row for each policy, and policies compared context by context. */
export function policyTables({
  rows,
  pairs,
}: {
  readonly rows: readonly PolicyRow[]
  readonly pairs: readonly PolicyPair[]
}): readonly Table[] {
  return [
    tableOf('policy', 'What policies choose on unseen contexts.', policyColumns, rows),
    tableOf('policy-pairs', 'Policies compared context by context.', policyPairColumns, pairs),
  ]
}

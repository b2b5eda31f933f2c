/** The tables of what-if, the chunks that help the target most first. */
import { columnsFor, tableOf, type Table } from './table.ts'
import type {
  BestResult,
  BestStep,
  ContributionResult,
  Flip,
  LeftOutChunk,
  ShapleyResult,
  ShapleyRound,
} from './whatif.ts'

/** The words of a chunk, by its index. */
export type TextOf = (index: number) => string
type Worded<Row> = Row & { readonly words: string }
const worded = <Row extends { readonly index: number }>(rows: readonly Row[], textOf: TextOf): readonly Worded<Row>[] =>
  rows.map((row) => ({ ...row, words: textOf(row.index) }))

const nats = { unit: 'nats/token', digits: 4 } as const
const ms = { unit: 'ms', digits: 2 } as const

const flip = columnsFor<Worded<Flip>>()
const flipColumns = [
  flip.integer('chunk', 'chunk', {}, ({ index }) => index),
  flip.text('to', 'to'),
  flip.number('delta_nll', 'delta NLL', { ...nats, better: 'lower' }, ({ deltaNll }) => deltaNll),
  flip.number('delta_ppl', 'delta PPL', { better: 'lower', digits: 4 }, ({ deltaPpl }) => deltaPpl),
  flip.flag('changes', 'answer changes'),
  flip.text('answer', 'answer'),
  flip.integer('delta_positions', 'delta positions', { better: 'lower' }, ({ deltaPositions }) => deltaPositions),
  flip.number('delta_ttft_ms', 'delta TTFT', { ...ms, better: 'lower' }, ({ deltaTtft }) => deltaTtft.ms),
  flip.interval('delta_ttft_quartiles', 'quartiles', { digits: 2 }, ({ deltaTtft }) => deltaTtft.quartiles),
  flip.text('delta_ttft_kind', 'TTFT is', {}, ({ deltaTtft: { kind, n } }) => `${kind}, n ${n}`),
  flip.text('text', 'text', {}, ({ words }) => words),
]

/** Most helpful flips first: those that lower the NLL most. */
export function flipTable(flips: readonly Flip[], textOf: TextOf): Table {
  const sorted = flips.toSorted((a, b) => a.deltaNll - b.deltaNll || a.index - b.index)
  return tableOf('flips', 'Each chunk flipped alone; flips are not additive.', flipColumns, worded(sorted, textOf))
}

const step = columnsFor<Worded<BestStep>>()
const stepColumns = [
  step.integer('chunk', 'chunk', {}, ({ index }) => index),
  step.text('to', 'to'),
  step.number('gain', 'gain', { ...nats, better: 'higher' }),
  step.number('delta_nll', 'delta NLL so far', { ...nats, better: 'lower' }, ({ deltaNll }) => deltaNll),
  step.text('answer', 'answer'),
  step.integer('positions', 'positions', { better: 'lower' }),
  step.text('text', 'text', {}, ({ words }) => words),
]

/** The flips of a greedy search, in the order in which they were made. */
export function bestTable({ steps, ended }: Pick<BestResult, 'steps' | 'ended'>, textOf: TextOf): Table {
  const why = ended === 'most' ? 'as many as asked for' : 'no other flip lowers the NLL'
  const caption = `Greedy best set, each flip on top of those before; ended: ${why}.`
  return tableOf('best', caption, stepColumns, worded(steps, textOf))
}

const value = columnsFor<Worded<ShapleyRound['values'][number]>>()
const valueColumns = [
  value.integer('chunk', 'chunk', {}, ({ index }) => index),
  value.number('shapley', 'Shapley delta NLL', { ...nats, better: 'lower' }, ({ mean }) => mean),
  value.interval('ci', '95 %', { digits: 4 }),
  value.text('text', 'text', {}, ({ words }) => words),
]

/** Shapley values of flips, most helpful first. */
export function shapleyTable({ round }: Pick<ShapleyResult, 'round'>, textOf: TextOf): Table {
  const { permutations, together, values } = round
  const caption = `Shapley values of flipping, n ${permutations} permutations; all flipped together ${together.toFixed(4)} nats/token.`
  const sorted = values.toSorted((a, b) => a.mean - b.mean || a.index - b.index)
  return tableOf('shapley', caption, valueColumns, worded(sorted, textOf))
}

type Contributed = LeftOutChunk & { readonly mass: number }
const given = columnsFor<Worded<Contributed>>()

/** What each chunk gives to the target, most needed first: left out, a column a token, and its share of the attention. */
export function contributionTable({ base, attention, leftOut }: ContributionResult, textOf: TextOf): Table {
  const rows = leftOut
    .map((row): Contributed => ({ ...row, mass: massOf(attention, row.index) }))
    .toSorted((a, b) => b.deltaNll - a.deltaNll || a.index - b.index)
  const columns = [
    given.integer('chunk', 'chunk', {}, ({ index }) => index),
    given.number('delta_nll', 'NLL without it', { ...nats, better: 'higher' }, ({ deltaNll }) => deltaNll),
    given.number('attention', 'attention', { better: 'higher' }, ({ mass }) => mass),
    ...base.tokens.map(({ text }, i) =>
      given.number(`token_${i}`, text === '' ? '∅' : text.trim(), { digits: 3 }, ({ change }) => change[i] ?? null),
    ),
    given.text('text', 'text', {}, ({ words }) => words),
  ]
  const caption =
    'Each chunk left out: log-probability of each token with it less without it, nats; attention averaged over tokens.'
  return tableOf('contribution', caption, columns, worded(rows, textOf))
}

/** Attention on a chunk, averaged over the target's tokens. */
export function massOf({ rows }: Pick<ContributionResult['attention'], 'rows'>, index: number): number {
  return rows.reduce((sum, row) => sum + (row.chunks[index] ?? 0), 0) / rows.length
}

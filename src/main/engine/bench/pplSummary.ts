/** From the nats a token of every text under every cell to rows, gaps closed and paired comparisons. */
import type { PplGap, PplPair, PplRow } from '../../../shared/evaluate.ts'
import type { PolicyName } from '../../../shared/plan.ts'
import { random } from '../../../shared/random.ts'
import { bootstrap, mean, meanInterval, meanOf, pairedBootstrap } from '../measure/statistics.ts'

/** One condition of the evaluation. */
export type PplCell = Pick<PplRow, 'condition' | 'k' | 'p' | 'policy'>
/** Nats a token of each text of a set under each cell, the texts in one order. */
export type PplFound = ReadonlyMap<PplCell, readonly number[]>

/** What a set gave: a row and a gap for each cell, and the comparisons. */
export type PplSummary = {
  readonly rows: readonly PplRow[]
  readonly gaps: readonly PplGap[]
  readonly pairs: readonly PplPair[]
}

/** Sums a set up; intervals are seeded, and drawn alike for every cell. `output` is how many tokens each text foretold. */
export function summarizePpl(
  set: string,
  found: PplFound,
  { output, seed }: { readonly output: number; readonly seed: number },
): PplSummary {
  const gaps = [...found].map(([cell, values]) => ({ set, ...cell, ...gapOf(values, found, seed) }))
  const rows = [...found].map(([cell, values], at): PplRow => ({
    set,
    ...cell,
    n: values.length,
    tokens: values.length * output,
    logPpl: mean(values),
    ci: meanInterval(values, { random: random(seed) }),
    gapClosed: gaps[at]?.gapClosed ?? null,
  }))
  return { rows, gaps, pairs: pairsOf(set, found, seed) }
}

/**
 * The share of the gap that is closed, as in the paper's second footnote: the floor is the better of the two full contexts,
 * that of the bundle's own decoder and that of the baseline continued without compression, where there is one.
 *
 * Null where the context helps neither, for then there is no gap; a gap whose own interval reaches 0 bounds no share of it.
 */
function gapOf(values: readonly number[], found: PplFound, seed: number): Pick<PplGap, 'gapClosed' | 'gapCi'> {
  const of = (condition: PplRow['condition']): readonly number[] | undefined =>
    [...found].find(([cell]) => cell.condition === condition)?.[1]
  const none = meanOf(of('none') ?? values)
  const floors = [of('full'), of('matched')].flatMap((each) => (each ? [meanOf(each)] : []))
  const own = meanOf(values)
  const gap = (drawn: readonly number[]): number => none(drawn) - Math.min(...floors.map((floor) => floor(drawn)))
  const closed = (drawn: readonly number[]): number => (none(drawn) - own(drawn)) / gap(drawn)
  const interval = (statistic: typeof gap): [number, number] =>
    bootstrap(values.length, statistic, { random: random(seed) })
  const all = values.map((_, i) => i)
  if (gap(all) <= 0) return { gapClosed: null, gapCi: null }
  return { gapClosed: closed(all), gapCi: interval(gap)[0] > 0 ? interval(closed) : null }
}

/** What the paper finds of policies at an equal rate (Table 13, Figure 3): the first is expected to cost less. */
const policyOrder: readonly (readonly [PolicyName, PolicyName])[] = [
  ['learned', 'perplexity-descending'],
  ['learned', 'random'],
  ['perplexity-descending', 'random'],
  ['random', 'perplexity-ascending'],
]
/** Chunks alone against contexts that were read, whole or as many tokens as there are chunks (Table 1). */
const conditionOrder: readonly (readonly [PplRow['condition'], PplRow['condition']])[] = [
  ['full', 'refrag'],
  ['matched', 'refrag'],
  ['refrag', 'truncated'],
]

type Shared = Pick<PplPair, 'k' | 'p' | 'policy'>

function pairsOf(set: string, found: PplFound, seed: number): PplPair[] {
  const cells = [...found.keys()]
  const refrag = cells.filter(({ condition }) => condition === 'refrag')
  const pair = (
    shared: Shared,
    [better, first]: readonly [string, PplCell | undefined],
    [worse, second]: readonly [string, PplCell | undefined],
  ): PplPair[] => {
    const [low, high] = [first && found.get(first), second && found.get(second)]
    if (!low || !high) return []
    const { difference, ...ci } = pairedBootstrap(high, low, { random: random(seed) })
    return [{ set, ...shared, better, worse, n: low.length, difference, ci: [ci.low, ci.high] }]
  }

  const rates = [...new Map(refrag.map(({ k, p }) => [`${k} ${p}`, { k, p }])).values()]
  const byPolicy = rates.flatMap(({ k, p }) => {
    const of = (policy: PolicyName): PplCell | undefined =>
      refrag.find((cell) => cell.k === k && cell.p === p && cell.policy === policy)
    return policyOrder.flatMap(([better, worse]) =>
      pair({ k, p, policy: null }, [better, of(better)], [worse, of(worse)]),
    )
  })

  const ks = [...new Set(refrag.map(({ k }) => k ?? 0))].toSorted((a, b) => a - b)
  const byK = refrag
    .filter(({ policy }) => policy !== 'all')
    .flatMap((cell) => {
      const { k, p, policy } = cell
      const next = ks[ks.indexOf(k ?? 0) + 1]
      const coarser = refrag.find((other) => other.k === next && other.p === p && other.policy === policy)
      return pair({ k: null, p, policy }, [`k ${k}`, cell], [`k ${next}`, coarser])
    })

  const byCondition = refrag
    .filter(({ p }) => p === 0)
    .flatMap(({ k, p, policy }) => {
      const of = (condition: PplRow['condition']): PplCell | undefined =>
        cells.find((cell) => cell.condition === condition && (cell.k === null || cell.k === k) && (cell.p ?? p) === p)
      return conditionOrder.flatMap(([better, worse]) =>
        pair({ k, p, policy }, [better, of(better)], [worse, of(worse)]),
      )
    })

  return [...byPolicy, ...byK, ...byCondition]
}

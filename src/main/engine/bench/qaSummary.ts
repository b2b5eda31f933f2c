/** From the outcomes of every question to cells and paired comparisons with full context. */
import type { QaCell, QaPair } from '../../../shared/evaluate.ts'
import { random } from '../../../shared/random.ts'
import { mean, meanInterval, median, pairedBootstrap } from '../measure/statistics.ts'

/** What is held fixed while the questions are asked. */
export type QaArm = Pick<QaCell, 'retriever' | 'passages' | 'k' | 'p' | 'policy'>

/** What one question came to. */
export type QaOutcome = {
  readonly em: number
  readonly f1: number
  readonly logPerplexity: number
  /** The share of its passages that were read, and whether any was; null where the question names none. */
  readonly recall: number | null
  readonly gold: boolean | null
  readonly positions: number
  readonly ttft: number
}

const read = (outcomes: readonly QaOutcome[], field: 'em' | 'f1' | 'logPerplexity' | 'positions' | 'ttft'): number[] =>
  outcomes.map((outcome) => outcome[field])

/** Means and medians of an arm; the interval of EM is seeded. */
export function cellOf(arm: QaArm, outcomes: readonly QaOutcome[], seed: number): QaCell {
  const withGold = outcomes.filter((outcome) => outcome.gold)
  const recalls = outcomes.map((outcome) => outcome.recall).filter((value) => value !== null)
  return {
    ...arm,
    n: outcomes.length,
    em: mean(read(outcomes, 'em')),
    emCi: meanInterval(read(outcomes, 'em'), { random: random(seed) }),
    f1: mean(read(outcomes, 'f1')),
    emGoldRetrieved: withGold.length > 0 ? mean(read(withGold, 'em')) : null,
    logPerplexity: mean(read(outcomes, 'logPerplexity')),
    recallAtK: recalls.length > 0 ? mean(recalls) : null,
    positions: median(read(outcomes, 'positions')),
    ttft: median(read(outcomes, 'ttft')),
  }
}

type Measured = { readonly arm: QaArm; readonly outcomes: readonly QaOutcome[] }

/** A compressed arm less full context, question by question. */
export function pairOf(own: Measured, full: Measured, equal: QaPair['equal'], seed: number): QaPair {
  const { difference, low, high } = pairedBootstrap(read(own.outcomes, 'em'), read(full.outcomes, 'em'), {
    random: random(seed),
  })
  const middle = ({ outcomes }: Measured, field: 'positions' | 'ttft'): number => median(read(outcomes, field))
  return {
    ...own.arm,
    n: own.outcomes.length,
    equal,
    fullPassages: full.arm.passages,
    difference,
    ci: [low, high],
    positions: middle(own, 'positions'),
    fullPositions: middle(full, 'positions'),
    ttft: middle(own, 'ttft'),
    fullTtft: middle(full, 'ttft'),
  }
}

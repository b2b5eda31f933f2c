/** From the outcomes of every question to cells and paired comparisons with full context. */
import type { QaCell, QaPair } from '../../../shared/evaluate.ts'
import { random } from '../../../shared/random.ts'
import type { AnswerVerdict } from '../measure/score.ts'
import { mean, meanInterval, median, pairedBootstrap } from '../measure/statistics.ts'

/** What is held fixed while the questions are asked. */
export type QaArm = Pick<QaCell, 'retriever' | 'passages' | 'k' | 'p' | 'policy'>

/** What one question came to. */
export type QaOutcome = {
  readonly verdict: AnswerVerdict
  readonly f1: number
  /** Null where a server decoded. */
  readonly logPerplexity: number | null
  /** The server that answered, in words; null for the bundle's own decoder. */
  readonly decoder: string | null
  /** The share of its passages that were read, and whether any was; null where the question names none. */
  readonly recall: number | null
  readonly gold: boolean | null
  readonly positions: number
  readonly ttft: number
}

const read = (outcomes: readonly QaOutcome[], field: 'f1' | 'positions' | 'ttft'): number[] =>
  outcomes.map((outcome) => outcome[field])

/** 1 for each answer of this verdict, 0 for the others: their mean is its rate, and exact match that of `right`. */
const ones = (outcomes: readonly QaOutcome[], verdict: AnswerVerdict): number[] =>
  outcomes.map((outcome) => (outcome.verdict === verdict ? 1 : 0))

/** The mean of what is known of every outcome; null where it is not known of one. */
function meanKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length < values.length ? null : mean(known)
}

function awayOf(outcomes: readonly QaOutcome[]): Pick<QaCell, 'decoder'> {
  const decoder = outcomes.find((outcome) => outcome.decoder !== null)?.decoder ?? null
  return decoder === null ? {} : { decoder }
}

/** Means and medians of an arm; the intervals of EM and F1 are seeded. */
export function cellOf(arm: QaArm, outcomes: readonly QaOutcome[], seed: number): QaCell {
  const withGold = outcomes.filter((outcome) => outcome.gold)
  const recalls = outcomes.map((outcome) => outcome.recall).filter((value) => value !== null)
  return {
    ...arm,
    n: outcomes.length,
    em: mean(ones(outcomes, 'right')),
    emCi: meanInterval(ones(outcomes, 'right'), { random: random(seed) }),
    wrong: mean(ones(outcomes, 'wrong')),
    formatFailure: mean(ones(outcomes, 'format-failure')),
    f1: mean(read(outcomes, 'f1')),
    f1Ci: meanInterval(read(outcomes, 'f1'), { random: random(seed) }),
    emGoldRetrieved: withGold.length > 0 ? mean(ones(withGold, 'right')) : null,
    logPerplexity: meanKnown(outcomes.map((outcome) => outcome.logPerplexity)),
    recallAtK: recalls.length > 0 ? mean(recalls) : null,
    positions: median(read(outcomes, 'positions')),
    ttft: median(read(outcomes, 'ttft')),
    ...awayOf(outcomes),
  }
}

type Measured = { readonly arm: QaArm; readonly outcomes: readonly QaOutcome[] }

/** A compressed arm less full context, question by question. */
export function pairOf(own: Measured, full: Measured, equal: QaPair['equal'], seed: number): QaPair {
  const { difference, low, high } = pairedBootstrap(ones(own.outcomes, 'right'), ones(full.outcomes, 'right'), {
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
    ...awayOf(own.outcomes),
  }
}

/** The strip as data: each chunk with its decision as it stands now, the hand's wishes included. Pure. */
import type { RetrievedPassage } from '../../shared/corpus.ts'
import type { Chunk, Decision, Sensed } from '../../shared/run.ts'
import { arrow, formatScore } from '../parts/format.ts'
import { nextForce, sameChunks, type Draft, type Force, type ForcedChunks } from './plan.ts'
import type { Shown } from './ask.ts'

/** A chunk as drawn. `rank` counts from 1 in the order in which the policy picks; null without a score. */
export type Mark = {
  readonly chunk: Chunk
  readonly chosen: boolean
  readonly forced: 'expand' | 'compress' | null
  readonly expanded: boolean
  readonly score: number | null
  readonly probability: number | null
  readonly rank: number | null
  /** 0 to 1, tallest is picked first; -1 to 1 of a signed measure (`colourBy`), the better way up. */
  readonly fill: number | null
  readonly signed: boolean
  readonly label: string
}

/** Chunks of one passage, side by side. */
export type Group = {
  readonly passage: string
  readonly title: string
  readonly rank: number
  readonly marks: readonly Mark[]
}

/** The hand's wishes that apply to the shown chunks: the draft's while it cuts the same chunks, else the run's own. */
export function wishesOn(draft: Draft, shown: Shown): ForcedChunks {
  return sameChunks(draft, shown.plan) ? draft.forced : shown.plan.forced
}

/** Every chunk with its decision under `forced`. */
export function marksOf(
  chunks: readonly Chunk[],
  decisions: readonly Decision[],
  sensed: Sensed | null,
  forced: ForcedChunks,
): readonly Mark[] {
  return withHand(policyMarks(chunks, decisions, sensed), sensed, forced)
}

/** Every chunk as the policy alone decided. */
export function policyMarks(
  chunks: readonly Chunk[],
  decisions: readonly Decision[],
  sensed: Sensed | null,
): readonly Mark[] {
  const ranks = rankOf(decisions, sensed)
  const scores = decisions.flatMap(({ score }) => (score === null ? [] : [score]))
  // Spread arguments would overflow the stack on very long strips.
  const low = scores.reduce((least, score) => Math.min(least, score), Infinity)
  const high = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  return chunks.map((chunk) => {
    const decision = decisions[chunk.index]
    const score = decision?.score ?? null
    const share = score === null ? null : high > low ? (score - low) / (high - low) : 1
    const chosen = decision?.chosen ?? false
    const mark = {
      chunk,
      chosen,
      forced: null,
      expanded: chosen,
      score,
      probability: decision?.probability ?? null,
      rank: ranks[chunk.index] ?? null,
      fill: share === null ? null : 0.04 + 0.92 * (sensed?.better === 'lower' ? 1 - share : share),
      signed: false,
    }
    return { ...mark, label: labelOf(mark, sensed) }
  })
}

/** The same marks with the hand's wishes on them; marks that no hand touches stay the very same objects. */
export function withHand(marks: readonly Mark[], sensed: Sensed | null, forced: ForcedChunks): readonly Mark[] {
  const byHand = new Map<number, 'expand' | 'compress'>()
  for (const index of forced.expand) byHand.set(index, 'expand')
  for (const index of forced.compress) byHand.set(index, 'compress')
  return marks.map((mark) => {
    const hand = byHand.get(mark.chunk.index)
    if (hand === undefined) return mark
    const touched = { ...mark, forced: hand, expanded: hand === 'expand' }
    return { ...touched, label: labelOf(touched, sensed) }
  })
}

/** Ranks by chunk index, 1 is picked first; ties by index. */
function rankOf(decisions: readonly Decision[], sensed: Sensed | null): readonly (number | null)[] {
  const ranks = decisions.map((): number | null => null)
  for (const [at, decision] of inPickOrder(decisions, sensed).entries()) ranks[decision.index] = at + 1
  return ranks
}

/** Decisions that have a score, in the order in which the policy picks them. */
export function inPickOrder(decisions: readonly Decision[], sensed: Sensed | null): readonly Decision[] {
  const sign = sensed?.better === 'lower' ? 1 : -1
  return decisions
    .filter(({ score }) => score !== null)
    .toSorted((a, b) => sign * ((a.score ?? 0) - (b.score ?? 0)) || a.index - b.index)
}

function labelOf(mark: Omit<Mark, 'label'>, sensed: Sensed | null): string {
  const state = mark.expanded ? 'expanded' : 'compressed'
  const score =
    mark.score === null || sensed === null
      ? ''
      : `, ${sensed.metric} ${arrow(sensed.better)} ${formatScore(mark.score)}`
  return `Chunk ${mark.chunk.index}, ${state} ${mark.forced === null ? 'by policy' : 'by hand'}${score}`
}

/** What to call a passage: its title, or, where others carry the same title, its first words. */
export function nameOf(passage: RetrievedPassage, passages: readonly RetrievedPassage[]): string {
  const shared = passages.some((other) => other.id !== passage.id && other.title === passage.title)
  return shared || passage.title === '' ? passage.text.trim().slice(0, 80) : passage.title
}

/** Neighbouring chunks of the same passage as groups, in context order. */
export function groupsOf(marks: readonly Mark[], passages: Shown['passages']): readonly Group[] {
  const known = new Map(passages.map((passage) => [passage.id, passage]))
  const groups: { passage: string; title: string; rank: number; marks: Mark[] }[] = []
  for (const mark of marks) {
    const last = groups.at(-1)
    if (last?.passage === mark.chunk.passage) last.marks.push(mark)
    else {
      const passage = known.get(mark.chunk.passage)
      groups.push({
        passage: mark.chunk.passage,
        title: passage === undefined ? mark.chunk.passage : nameOf(passage, passages),
        rank: passage?.rank ?? groups.length + 1,
        marks: [mark],
      })
    }
  }
  return groups
}

/** Who expanded what: n = policy + forced − vetoed, and the context positions that the decoder is fed. */
export function countMarks(marks: readonly Mark[]) {
  const of = (test: (mark: Mark) => boolean) => marks.filter(test).length
  return {
    chosen: of((mark) => mark.chosen),
    added: of((mark) => mark.forced === 'expand' && !mark.chosen),
    vetoed: of((mark) => mark.forced === 'compress' && mark.chosen),
    expanded: of((mark) => mark.expanded),
    tokens: marks.reduce((sum, mark) => sum + mark.chunk.tokens, 0),
    positions: marks.reduce((sum, mark) => sum + (mark.expanded ? mark.chunk.tokens : 1), 0),
  }
}

/** The wish that a press of Space or a click makes on a chunk. */
export function toggleOf(mark: Mark): Force {
  return nextForce(mark.chosen, mark.forced)
}

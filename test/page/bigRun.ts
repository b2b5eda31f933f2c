/** A run of many chunks for the strip: passages of 25 chunks of k 8, scores and lengths from a seed. */
import { random } from '../../src/shared/random.ts'
import type { Run } from '../../src/shared/run.ts'
import { passages, run } from './sample.ts'

const perPassage = 25

/** A whole run of `count` chunks, p 0.25. */
export function bigRun(count: number, seed = 7): Run {
  const draws = random(seed)
  const ids = Array.from({ length: Math.ceil(count / perPassage) }, (_, at) => `p${at}`)
  const scores = Array.from({ length: count }, () => 6 * draws.float() - 3)
  const budget = Math.floor(count / 4)
  const edge = scores.toSorted((a, b) => b - a)[budget - 1] ?? Infinity
  const [first] = passages
  if (first === undefined) throw new Error('the sample has passages')
  return {
    ...run,
    id: `big${count}`,
    plan: { ...run.plan, p: 0.25 },
    passages: ids.map((id, at) => ({ ...first, id, title: `Passage ${at}`, rank: at + 1 })),
    chunks: scores.map((score, index) => ({
      index,
      passage: `p${Math.floor(index / perPassage)}`,
      tokens: index % perPassage === perPassage - 1 ? 5 : 8,
      text: `words of chunk ${index}, as they stand in the document`,
      span: first.span,
      cached: true,
      score,
      probability: null,
      chosen: score >= edge,
      forced: null,
      expanded: score >= edge,
    })),
    sensed: { ...run.sensed, budget },
    counts: { ...run.counts, chunks: count, expanded: budget },
  }
}

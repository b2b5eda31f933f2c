/** The curriculum (paper B.2, Table 8): short contexts first, longer ones more and more, as data. */
import { Fault } from '../../../../shared/fault.ts'
import type { Random } from '../../../../shared/random.ts'

/** One row: contexts of `chunks` chunks of k tokens, and how many of them each stage draws. */
export type CurriculumRow = { readonly chunks: number; readonly samples: readonly number[] }
export type Curriculum = { readonly k: number; readonly rows: readonly CurriculumRow[] }

/** What a curriculum is made from; the defaults, with k 8, are the paper's own. */
export type CurriculumSizes = {
  readonly k: number
  readonly stages?: number
  /** Longest context in tokens. */
  readonly longest?: number
  /** Samples over all rows and stages, before rounding. */
  readonly total?: number
}

/** Each third of the rows counts twice the third before it: 2,000, 4,000 and 8,000 samples a row in Table 8. */
const rowWeight = (row: number, rows: number): number => 2 ** Math.floor((3 * row) / rows)

/** The ratio of a geometric sequence of `count` terms that starts with `first` and adds up to `sum`. */
function ratioOf(first: number, sum: number, count: number): number {
  let [low, high] = [0, 1 + sum]
  for (let round = 0; round < 200; round++) {
    const middle = (low + high) / 2
    let [term, added] = [first, 0]
    for (let i = 0; i < count; i++) {
      added += term
      term *= middle
    }
    if (added < sum) low = middle
    else high = middle
  }
  return low
}

/**
 * Rows of 1, 2, 4 … chunks up to `longest` tokens, each a geometric sequence over the stages. The shortest row starts
 * with two thirds of its samples and each next row with a quarter of that, at least one; what the rest of a row adds up
 * to gives its ratio. For k 8 this is Table 8, cell for cell. Fault bad-input where a size makes no curriculum.
 */
export function curriculum({ k, stages = 9, longest = 2048, total = 42_000 }: CurriculumSizes): Curriculum {
  if (![k, stages].every((size) => Number.isInteger(size) && size >= 1) || longest < k || total < stages)
    throw new Fault(
      'bad-input',
      `No curriculum of ${stages} stages and ${total} samples for contexts of ${k} to ${longest} tokens.`,
    )
  const rows = Math.floor(Math.log2(longest / k)) + 1
  const weights = Array.from({ length: rows }, (_, row) => rowWeight(row, rows))
  const unit = total / weights.reduce((a, b) => a + b, 0)
  return {
    k,
    rows: weights.map((weight, row) => {
      // A single stage has no sequence to begin: it draws the row whole.
      const first = stages === 1 ? unit * weight : Math.max(1, Math.floor((unit * 2) / 3 / 4 ** row))
      const ratio = ratioOf(first, unit * weight, stages)
      return { chunks: 2 ** row, samples: Array.from({ length: stages }, (_, i) => Math.round(first * ratio ** i)) }
    }),
  }
}

/** The longest row alone: what training without a curriculum draws from its first step (paper Table 11). */
export function longestAlone(sizes: CurriculumSizes): Curriculum {
  const { k, rows } = curriculum({ ...sizes, stages: 1 })
  return { k, rows: rows.slice(-1) }
}

/** Samples of a stage (from 0), over all rows. */
export function stageSamples({ rows }: Curriculum, stage: number): number {
  return rows.reduce((sum, row) => sum + (row.samples[stage] ?? 0), 0)
}

/** Chunks of one context drawn as the stage (from 0) has them. */
export function drawChunks(random: Random, table: Curriculum, stage: number): number {
  let left = random.float() * stageSamples(table, stage)
  for (const row of table.rows) {
    left -= row.samples[stage] ?? 0
    if (left < 0) return row.chunks
  }
  return table.rows.at(-1)?.chunks ?? 1
}

/** The stage (from 0) of `step` (from 1) of a run of `steps`: stages last as long as they have samples. */
export function stageOf(table: Curriculum, step: number, steps: number): number {
  const stages = table.rows[0]?.samples.length ?? 1
  const sizes = Array.from({ length: stages }, (_, stage) => stageSamples(table, stage))
  let left = ((step - 0.5) / steps) * sizes.reduce((a, b) => a + b, 0)
  return Math.max(
    0,
    sizes.findIndex((size) => (left -= size) < 0),
  )
}

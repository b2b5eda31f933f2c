/** What fills the tiles of the strip: one measure a chunk, with its metric, unit and direction. Pure, but for the choice. */
import { createStore } from 'zustand/vanilla'
import type { RetrievedPassage } from '../../shared/corpus.ts'
import type { AttentionMass, Flip, LeftOutChunk } from '../../shared/whatif.ts'
import { arrow, formatScore } from '../parts/format.ts'
import { keep, recall } from './memory.ts'
import type { Mark } from './strip.ts'

/** The measures by their names in the menu. */
export const colourings = {
  score: 'policy score',
  probability: 'probability',
  retrieval: 'retrieval',
  deltaNll: 'delta NLL',
  contribution: 'contribution',
  attention: 'attention',
} as const
export type ColourBy = keyof typeof colourings

export const colourBy = createStore<{ readonly by: ColourBy }>()(() => ({ by: recall<ColourBy>('colourBy', 'score') }))

export function setColourBy(by: ColourBy): void {
  keep('colourBy', by)
  colourBy.setState({ by })
}

/** Values by chunk index, null where there is none. A signed measure is drawn from the middle, the better way up. */
export type Measure = {
  readonly metric: string
  readonly unit: string | null
  readonly better: 'higher' | 'lower'
  readonly signed: boolean
  readonly values: readonly (number | null)[]
  /** What stands where no value is. */
  readonly missing: string
}

/** What the measures are made from; results of another run are not among it. */
export type Sources = {
  readonly marks: readonly Mark[]
  readonly passages: readonly RetrievedPassage[]
  readonly flips: ReadonlyMap<number, Flip>
  readonly leftOut: ReadonlyMap<number, LeftOutChunk>
  readonly attention: AttentionMass | null
  /** Tokens of the answer looked at; none stands for all. */
  readonly tokens: readonly number[]
}

type Row = Omit<Measure, 'values'> & { readonly of: (mark: Mark, from: Sources) => number | null }

const rows: Readonly<Record<Exclude<ColourBy, 'score'>, Row>> = {
  probability: {
    metric: 'first-pick probability',
    unit: null,
    better: 'higher',
    signed: false,
    missing: 'this policy gives no probability',
    of: (mark) => mark.probability,
  },
  retrieval: {
    metric: 'fused score of its passage',
    unit: null,
    better: 'higher',
    signed: false,
    missing: 'no passage was retrieved',
    of: (mark, { passages }) => passages.find(({ id }) => id === mark.chunk.passage)?.score ?? null,
  },
  deltaNll: {
    metric: 'delta NLL if flipped',
    unit: 'nats/token',
    better: 'lower',
    signed: true,
    missing: 'press W on a chunk, or Shift+W for all',
    of: (mark, { flips }) => flips.get(mark.chunk.index)?.deltaNll ?? null,
  },
  contribution: {
    metric: 'log-probability with the chunk less without it',
    unit: 'nats/token',
    better: 'higher',
    signed: true,
    missing: 'compute the contribution first',
    of: (mark, { leftOut, tokens }) => {
      const change = leftOut.get(mark.chunk.index)?.change
      return change === undefined ? null : meanAt(change, tokens)
    },
  },
  attention: {
    metric: 'attention mass',
    unit: null,
    better: 'higher',
    signed: false,
    missing: 'compute the contribution first',
    of: (mark, { attention, tokens }) =>
      attention === null
        ? null
        : meanAt(
            attention.rows.map((row) => row.chunks[mark.chunk.index] ?? 0),
            tokens,
          ),
  },
}

/** The measure of every chunk; null for the policy's own score, which the marks carry. */
export function measureBy(by: ColourBy, from: Sources): Measure | null {
  if (by === 'score') return null
  const { of, ...meaning } = rows[by]
  return { ...meaning, values: from.marks.map((mark) => of(mark, from)) }
}

/** The marks with the measure in place of the policy's score: height, direction and label. */
export function drawnBy(marks: readonly Mark[], measure: Measure | null): readonly Mark[] {
  if (measure === null) return marks
  const { metric, unit, better, signed, values } = measure
  const most = values.reduce<number>((top, value) => Math.max(top, Math.abs(value ?? 0)), 0)
  const way = signed && better === 'lower' ? -1 : 1
  return marks.map((mark, at) => {
    const value = values[at] ?? null
    const told =
      value === null ? '' : `, ${metric} ${arrow(better)} ${formatScore(value)}${unit === null ? '' : ` ${unit}`}`
    const label = `${mark.label.split(', ').slice(0, 2).join(', ')}${told}`
    return { ...mark, fill: value === null ? null : most === 0 ? 0 : (way * value) / most, signed, label }
  })
}

/** The legend: metric, unit, direction and the range of raw values. */
export function legendOf({ metric, unit, better, signed, values, missing }: Measure): string {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return `${metric} ${arrow(better)}: ${missing}`
  const [low, high] = known.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity])
  const range = `${formatScore(low)} to ${formatScore(high)}${unit === null ? '' : ` ${unit}`}`
  const left = values.length - known.length
  return [
    `${metric} ${arrow(better)}, ${range}`,
    signed ? `up from the middle is ${better}, the better way` : 'taller is more',
    ...(left > 0 ? [`${left} of ${values.length} not known`] : []),
  ].join('; ')
}

function meanAt(values: readonly number[], at: readonly number[]): number {
  const taken = at.length === 0 ? values : values.filter((_, i) => at.includes(i))
  return taken.length === 0 ? 0 : taken.reduce((sum, value) => sum + value, 0) / taken.length
}

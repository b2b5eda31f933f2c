/** How a policy's scores lay at each validation: the columns of a figure, and the names of its bins. */
import type { Histogram } from '../../../shared/train.ts'
import type { Bins } from '../../parts/Histograms.tsx'
import { formatCount } from '../../parts/format.ts'
import type { ValidEvent } from './series.ts'

/** Validations drawn side by side; of more, as many spread evenly, the first and the last among them. */
const drawn = 14

export type Laid = ValidEvent & { readonly histogram: Histogram }

/** Validations that told how scores lay. */
export function laidOf(valids: readonly ValidEvent[]): readonly Laid[] {
  return valids.flatMap((event) => (event.histogram === undefined ? [] : [{ ...event, histogram: event.histogram }]))
}

export function countsOf({ histogram }: Laid, name: string): readonly number[] {
  return histogram.groups.find((group) => group.name === name)?.counts ?? []
}

/** Those that are drawn. */
export function spread<T>(all: readonly T[]): readonly T[] {
  if (all.length <= drawn) return all
  const places = Array.from({ length: drawn }, (_, i) => Math.round((i * (all.length - 1)) / (drawn - 1)))
  return all.filter((_, at) => places.includes(at))
}

export function columnsOf(laid: readonly Laid[]): readonly Bins[] {
  return laid.map((event) => ({
    name: `step ${formatCount(event.step)}`,
    left: countsOf(event, 'compressed'),
    right: countsOf(event, 'expanded'),
  }))
}

/** So many times, down to parts of one: 8×, 1/4×. */
function times(value: number): string {
  return value >= 0.95 ? `${Number(value.toPrecision(2))}×` : `1/${Number((1 / value).toPrecision(2))}×`
}

/** A bin by its middle, the first and the last by their edge. */
export function binNames({ edges }: Pick<Histogram, 'edges'>): readonly string[] {
  const middles = edges.slice(1).map((edge, i) => times(Math.sqrt(edge * (edges[i] ?? edge))))
  const [first, last] = [edges[0], edges.at(-1)]
  return first === undefined || last === undefined
    ? ['all']
    : [`under ${times(first)}`, ...middles, `over ${times(last)}`]
}

/** The bin that holds chance itself. */
export function chanceBin({ edges }: Pick<Histogram, 'edges'>): number {
  return edges.filter((edge) => edge <= 1).length
}

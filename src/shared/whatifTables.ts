/** The tables of what-if, the chunks that help the target most first. */
import { columnsFor, tableOf, type Table } from './table.ts'
import type { Flip } from './whatif.ts'

/** A chunk's flip with the words of the chunk. */
export type FlipRow = Flip & { readonly chunkText: string }

const nats = { unit: 'nats/token', digits: 4 } as const
const ms = { unit: 'ms', digits: 2 } as const

const flip = columnsFor<FlipRow>()
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
  flip.text('text', 'text', {}, ({ chunkText }) => chunkText),
]

/** Most helpful flips first: those that lower the NLL most. */
export function flipTable(rows: readonly FlipRow[]): Table {
  const sorted = rows.toSorted((a, b) => a.deltaNll - b.deltaNll || a.index - b.index)
  return tableOf('flips', 'Each chunk flipped alone; flips are not additive.', flipColumns, sorted)
}

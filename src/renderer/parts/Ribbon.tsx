/** What the decoder is fed: one slot for a compressed chunk, one for each token of an expanded one; separators and question where they stand. */
export type Slot = {
  /** Of its chunk; null for what is of no chunk. */
  readonly index: number | null
  readonly kind?: 'start' | 'passage' | 'chunk' | 'ask' | 'question' | 'answer'
  readonly positions: number
  readonly expanded: boolean
  readonly forced: boolean
  readonly first: boolean
}

export function Ribbon({
  slots,
  selected,
  label,
}: {
  readonly slots: readonly Slot[]
  readonly selected: number | null
  readonly label: string
}) {
  const total = slots.reduce((sum, slot) => sum + slot.positions, 0)
  const placed = place(slots)
  const pathOf = (test: (slot: Slot) => boolean) =>
    placed.map((slot) => (test(slot) ? `M${slot.from} 0h${slot.positions}v10h-${slot.positions}z` : '')).join('')
  // Edges that lie closer than a pixel say nothing, and are dear to draw.
  const crowded = placed.length > 600
  const mine = selected === null ? undefined : placed.find((slot) => slot.index === selected)
  return (
    <svg
      className="ribbon"
      viewBox={`0 0 ${Math.max(1, total)} 10`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className="ribbon-compressed" d={pathOf((slot) => isChunk(slot) && !slot.expanded)} />
      <path className="ribbon-expanded" d={pathOf((slot) => isChunk(slot) && slot.expanded && !slot.forced)} />
      <path className="ribbon-forced" d={pathOf((slot) => isChunk(slot) && slot.expanded && slot.forced)} />
      <path className="ribbon-question" d={pathOf(({ kind }) => kind === 'question')} />
      <path className="ribbon-mark" d={pathOf(({ kind = 'chunk' }) => kind !== 'chunk' && kind !== 'question')} />
      <path
        className="ribbon-edges"
        d={placed
          .map((slot) =>
            slot.from === 0 || (crowded && !slot.first)
              ? ''
              : `M${slot.from} ${slot.first ? 0 : 3}v${slot.first ? 10 : 4}`,
          )
          .join('')}
      />
      {mine !== undefined && (
        <rect className="ribbon-selected" x={mine.from} y={0} width={mine.positions} height={10} />
      )}
    </svg>
  )
}

const isChunk = ({ kind = 'chunk' }: Slot): boolean => kind === 'chunk'

function place(slots: readonly Slot[]): readonly (Slot & { readonly from: number })[] {
  let at = 0
  return slots.map((slot) => {
    const from = at
    at += slot.positions
    return { ...slot, from }
  })
}

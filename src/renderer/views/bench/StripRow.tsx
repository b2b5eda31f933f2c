/** One row of the strip: its stretch of each passage under the passage's name. */
import { memo } from 'react'
import { useStore } from 'zustand'
import { Tile } from '../../parts/Tile.tsx'
import type { Row, Shape, Zoom } from '../../state/rows.ts'
import type { Group } from '../../state/strip.ts'
import { selectPassage, view } from '../../state/view.ts'

/** The chunks, by index, that carry each mark of a person. */
export type Marked = Readonly<Record<'locked' | 'pinned' | 'noted', ReadonlySet<number>>>

export type StripRowProps = {
  readonly row: Row
  readonly groups: readonly Group[]
  readonly shape: Shape
  readonly level: Zoom
  readonly lead: number | null
  /** The one tile that Tab comes to. */
  readonly stop: number
  readonly k: number
  /** Those selected where they are several. */
  readonly chosen: ReadonlySet<number>
  readonly marked: Marked
}

/** What a card has room for. */
const cardWords = 90

export const StripRow = memo(function StripRow(props: StripRowProps) {
  const { row, groups, shape, level, lead, stop, k, chosen, marked } = props
  return (
    <div className="strip-row" style={{ top: row.top }}>
      {row.parts.map(({ group: place, from, to, left }) => {
        const group = groups[place]
        if (group === undefined) return null
        const own = group.marks.slice(from, to)
        const width = shape.width === null ? '100%' : own.length * (shape.width + shape.gap) - shape.gap
        return (
          <div
            key={place}
            className="passage"
            role="group"
            aria-label={`Passage ${group.rank}, ${group.title}`}
            style={{ left, width }}
          >
            {row.headed && <Bracket group={group} continued={from > 0} />}
            <div className="tiles" style={{ gap: shape.gap }}>
              {own.map((mark) => {
                const { index, tokens, text } = mark.chunk
                return (
                  <Tile
                    key={index}
                    index={index}
                    expanded={mark.expanded}
                    forced={mark.forced !== null}
                    fill={mark.fill}
                    signed={mark.signed}
                    selected={index === lead}
                    among={chosen.has(index)}
                    stop={index === stop}
                    locked={marked.locked.has(index)}
                    pinned={marked.pinned.has(index)}
                    noted={marked.noted.has(index)}
                    partial={tokens < k}
                    label={mark.label}
                    words={level === 'tiles' ? null : level === 'cards' ? text.trim().slice(0, cardWords) : text.trim()}
                  />
                )
              })}
            </div>
          </div>
        )
      })}
    </div>
  )
})

function Bracket({ group, continued }: { readonly group: Group; readonly continued: boolean }) {
  const on = useStore(view, (state) => state.passage === group.passage)
  return (
    <button
      type="button"
      className="bracket"
      tabIndex={-1}
      aria-pressed={on}
      title={`Passage ${group.rank}: ${group.title}`}
      onClick={() => selectPassage(on ? null : group.passage)}
    >
      {group.rank} {continued ? '… ' : ''}
      {group.title}
    </button>
  )
}

/** One chunk of the strip: state by pattern, score by height, a hand where a person decided. */
import { memo } from 'react'
import { Icon } from './Icon.tsx'

export type TileProps = {
  readonly index: number
  readonly expanded: boolean
  readonly forced: boolean
  /** Height of the fill, 0 to 1; signed from the middle, -1 to 1; null where there is no value. */
  readonly fill: number | null
  readonly signed: boolean
  readonly selected: boolean
  readonly stop: boolean
  readonly label: string
}

/** Events are taken by the strip around it, which knows the chunk by `data-chunk`. */
export const Tile = memo(function Tile({ index, expanded, forced, fill, signed, selected, stop, label }: TileProps) {
  return (
    <button
      type="button"
      className={`tile ${expanded ? 'tile-expanded' : 'tile-compressed'}${forced ? ' tile-forced' : ''}`}
      data-chunk={index}
      aria-pressed={expanded}
      aria-label={label}
      aria-current={selected || undefined}
      tabIndex={stop ? 0 : -1}
    >
      {fill !== null && !signed && <span className="tile-fill" style={{ height: `${fill * 100}%` }} />}
      {fill !== null && signed && (
        <span
          className={`tile-fill tile-signed ${fill < 0 ? 'tile-worse' : 'tile-better'}`}
          style={{ [fill < 0 ? 'top' : 'bottom']: '50%', height: `max(1px, ${Math.abs(fill) * 50}%)` }}
        />
      )}
      <span className="tile-glyph" />
      {forced && (
        <span className="tile-hand">
          <Icon name="hand" />
        </span>
      )}
      <span className="tile-index">{index}</span>
    </button>
  )
})
